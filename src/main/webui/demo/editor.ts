import type { LeaseToOpen, PresenceProblem, Presence, PresenceState } from '../src/index.js'
import type { SaveReply } from './backend.js'
import { bannerOf, type Action } from './banner.js'
import { bannerView } from './banner-view.js'
import { deskForm, type DeskForm, type DeskUser } from './desk-form.js'
import { button, h, setText } from './dom.js'
import { sectionHeads, type SectionHeads } from './heads.js'
import { createOutage } from './outage.js'
import { toNodes, toText } from './prose.js'
import { sectionsOf } from './sections.js'
import { pageText, type Draft } from './texts.js'
import { excerpt, hintOf, isEditedByOther, mayNotEdit, refusalOf, wordsFor } from './words.js'

/** The editing of a page, and its part in what the presence does about a lease. */
export interface Editor {
  /** What is shown of it above the text. */
  readonly element: HTMLElement
  /** Opens the text under a lease, and rejects when that was not done. */
  open(lease: LeaseToOpen): Promise<void>
  /** Saves what is typed, and rejects when that was not done. */
  beforeLoss(): Promise<void>
}

/* An open text area, with the draft that it began with and under which fence it was last held. */
interface Desk extends DeskForm {
  base: Omit<Draft, 'text' | 'isOpen'>
  fence: number
  /* The user has seen that others have saved this text, and wants their own in its place. */
  overrules?: string
}

/**
 * Editing a page, or a section of it, under its lease: Edit claims it, the text area opens when the claim is
 * granted and the text was opened, now or later. Whatever happens to the lease, what was typed stays: in the text area,
 * and as a draft in this tab. Saving is the backend's word, which compares fence and revision.
 */
export function editor(presence: Presence, prose: HTMLElement): Editor {
  /*
   * Everything is drawn from four things: the presence's state, the saved text, the open desk, and the draft.
   * Whoever changes one of them calls `draw`.
   */
  const texts = pageText(location.pathname, toText(prose))
  const edit = button('Edit', () => claim(undefined), 'primary')
  const banner = bannerView(run)
  const notice = h('p', { class: 'notice', role: 'status' })
  const changed = h('p', { class: 'small changed' })
  const root = h('div', { class: 'editor' }, edit, banner.element, notice, banner.said)
  const user: DeskUser = {
    onInput() {
      if (presence.getSnapshot().lease.status === 'held') presence.typing()
      keepDraft()
      draw()
    },
    onSave: () => void save(),
    onCancel: giveUp,
    onCheck: draw,
  }
  const heads: SectionHeads = sectionHeads(prose, claim)
  let desk: Desk | undefined
  let saving: Promise<SaveReply> | undefined
  /* All was saved because the lease goes to somebody else. */
  let isSavedForLoss = false
  let isTakingOver = false
  const outage = createOutage(draw)
  let mayNotTakeOver = false
  let seenEditors = ''

  function claim(section: string | undefined) {
    const { isEditing } = presence.getSnapshot()
    if (isEditing || desk) return
    notice.textContent = ''
    presence.setSection(section)
    presence.setIsEditing(true)
  }

  function giveUp() {
    close()
    presence.setIsEditing(false)
    presence.setSection(undefined)
    draw()
    focusFirst()
  }

  /* The lease is ours and the text was opened: nobody changes it from now on. */
  function openDesk(fence: number) {
    const { section } = presence.getSnapshot()
    const now = texts.part(section)
    const draft = texts.draftOf(section)
    if (now === undefined && !draft) {
      giveUp()
      notice.textContent = 'That section is not there any more.'
      return
    }
    const where = section === undefined ? {} : { section }
    const base = draft ?? { ...where, base: now!, revision: texts.revision(section) }
    const title = sectionsOf(texts.current()).find(({ id }) => id === section)?.title
    desk = { ...deskForm(draft?.text ?? now!, title, user), base, fence }
    keepDraft()
    const { activeElement } = document
    const isIdle = activeElement === document.body || root.contains(activeElement) || heads.hasFocus()
    heads.replace(section, desk.form)
    // Promoted while the user is busy elsewhere on the page, we don't take the focus from them.
    if (isIdle) desk.area.focus({ preventScroll: section === undefined })
  }

  function close() {
    if (!desk) return
    if (isDirty()) texts.keepDraft({ ...desk.base, text: desk.area.value, isOpen: false })
    else texts.dropDraft(desk.base.section)
    heads.replace(undefined, undefined)
    desk = undefined
  }

  function keepDraft() {
    if (desk) texts.keepDraft({ ...desk.base, text: desk.area.value, isOpen: true })
  }

  function isDirty(): boolean {
    return desk !== undefined && desk.area.value !== desk.base.base
  }

  /* Somebody has saved another text since the one that this one began with, and the user has not said what to do. */
  function isChanged(): boolean {
    if (!desk) return false
    const now = texts.part(desk.base.section)
    return now !== undefined && now !== desk.base.base && now !== desk.overrules
  }

  function canSave(): boolean {
    if (!desk || saving) return false
    return !isChecked() || (presence.getSnapshot().lease.status === 'held' && !isChanged())
  }

  function isChecked(): boolean {
    return desk?.form.querySelector<HTMLInputElement>('#check')!.checked ?? true
  }

  /* Sends what is typed now; whatever comes of it, the text area stays as it is. */
  async function send(mine: Desk): Promise<SaveReply> {
    const { lease } = presence.getSnapshot()
    if (lease.status === 'held') mine.fence = lease.fence
    const typed = mine.area.value
    const draft = { ...mine.base, text: typed, isOpen: true }
    // What was saved by others without changing this text is no reason to refuse ours.
    const isBase = texts.part(draft.section) === draft.base || mine.overrules !== undefined
    const revision = isBase ? texts.revision(draft.section) : draft.revision
    saving = texts.save({ ...draft, revision }, mine.fence, isChecked())
    draw()
    const reply = await saving
    saving = undefined
    if (reply.kind === 'saved') {
      mine.base = { ...mine.base, base: typed, revision: texts.revision(draft.section) }
      if (mine.area.value === typed) presence.saved()
    } else {
      notice.textContent = refusalOf(reply, mine.fence)
      await texts.refresh()
    }
    draw()
    return reply
  }

  async function save() {
    if (!desk || !canSave()) return
    const mine = desk
    const reply = await send(mine)
    if (reply.kind === 'refused') return claimAnew()
    if (reply.kind !== 'saved') return
    // After a save the page is for the next one; but what was typed while it was under way is not saved yet.
    if (desk === mine && !isDirty()) giveUp()
    const lost = reply.overwrote
    notice.textContent = lost
      ? `Saved without the check, over what ${lost.by.name || 'somebody'} had saved: ` +
        `“${excerpt(lost.text, mine.base.base)}” That text is lost. With the check, this save is refused.`
      : `Saved under fence ${mine.fence}, for everybody who reads this page.`
  }

  /* Somebody has opened a part of what we hold, after us. Under a new fence we read what they have saved. */
  function claimAnew() {
    if (presence.getSnapshot().lease.status !== 'held') return
    presence.setIsEditing(false)
    presence.setIsEditing(true)
  }

  async function saveAndHandOver() {
    if (!desk || !canSave()) return
    const { section } = presence.getSnapshot()
    const reply = await send(desk)
    if (reply.kind === 'saved') await handOver(section)
    else notice.textContent += ' And it was not handed over.'
  }

  async function beforeLoss() {
    if (saving) await saving
    if (desk && isDirty()) {
      const reply = canSave() ? await send(desk) : undefined
      if (reply?.kind !== 'saved') throw new Error('What is typed was not saved')
    }
    isSavedForLoss = true
  }

  /* What was saved before the lease went is done with; what was typed since stays open. */
  function concludeAfterLoss() {
    const { lease, isEditing } = presence.getSnapshot()
    if (!isSavedForLoss || lease.status !== 'lost' || isEditing) return
    isSavedForLoss = false
    if (!desk || isDirty()) return
    giveUp()
    notice.textContent = `Your text was saved, and then handed over to ${lease.successor?.name || 'somebody else'}.`
  }

  async function handOver(section = presence.getSnapshot().section) {
    const { lease } = presence.getSnapshot()
    const to = lease.status === 'held' ? lease.requestedBy?.name || 'them' : 'them'
    const isSaved = !isDirty()
    if (await isRefused(presence.handOver())) return
    // What was saved is done with; what was not stays open.
    if (isSaved && presence.getSnapshot().section === section) {
      giveUp()
      notice.textContent = `Handed over to ${to}. Thank you.`
    }
    draw()
  }

  /** Whether a call was refused, which is said. */
  async function isRefused(call: Promise<PresenceProblem | undefined>): Promise<boolean> {
    const problem = await call
    if (!problem) return false
    // The banner says so.
    if (mayNotEdit(presence.getSnapshot())) return true
    if (problem.status === 403) mayNotTakeOver = true
    notice.textContent =
      problem.status === 403 ? 'Your account is not allowed to take over.' : wordsFor(problem)
    draw()
    return true
  }

  function run(action: Action) {
    notice.textContent = ''
    switch (action) {
      case 'ask':
        return void isRefused(presence.requestEdit())
      case 'claim':
        if (!desk) presence.setSection(texts.draft()?.section)
        return presence.setIsEditing(true)
      case 'conclude':
      case 'giveUp':
        return giveUp()
      case 'discard':
        texts.dropDraft(texts.draft()?.section)
        return draw()
      case 'handOver':
        return void handOver()
      case 'keep':
        return void isRefused(presence.keep())
      case 'saveAndHandOver':
        return void saveAndHandOver()
      case 'saveMine':
        if (desk) desk.overrules = texts.part(desk.base.section)!
        return void save()
      case 'signIn':
        return location.assign(signIn())
      case 'stay':
      case 'takeOver':
        isTakingOver = action === 'takeOver'
        return draw()
      case 'takeOverNow':
        isTakingOver = false
        return void isRefused(presence.takeOver()).then(draw)
      case 'useTheirs':
        if (!desk) return
        desk.area.value = texts.part(desk.base.section)!
        desk.base = { ...desk.base, base: desk.area.value, revision: texts.revision(desk.base.section) }
        keepDraft()
        desk.area.focus()
        return draw()
    }
  }

  function show() {
    heads.show(toNodes(texts.current()))
    if (desk) heads.replace(desk.base.section, desk.form)
    const by = texts.lastWriter()
    changed.textContent =
      by === undefined ? '' : `Last saved by ${by || 'somebody'}. Saved texts last until the service stops.`
  }

  function draw() {
    const state = presence.getSnapshot()
    outage.watch(state)
    if (state.lease.status === 'held') {
      if (desk) desk.fence = state.lease.fence
      else openDesk(state.lease.fence)
    }
    if (state.lease.status !== 'waiting') isTakingOver = false
    const hadFocus = root.contains(document.activeElement)
    drawEdit(state)
    drawDesk(state)
    const isBusy = desk !== undefined || state.isEditing || mayNotEdit(state)
    heads.draw(state, isBusy || texts.isKept() === false)
    banner.draw(bannerOf(state, deskOf(state)), state.section)
    if (hadFocus && !root.contains(document.activeElement)) focusFirst()
    refreshAfterOthers(state)
  }

  /* Whoever stops editing may have saved. */
  function refreshAfterOthers({ editorUserId, sections, status }: PresenceState) {
    const editors = JSON.stringify([editorUserId, sections.map((one) => [one.section, one.editorUserId])])
    if (status !== 'live' || editors === seenEditors) return
    seenEditors = editors
    void texts.refresh().then((isAnswered) => {
      if (!isAnswered) seenEditors = ''
      draw()
    })
  }

  function deskOf({ section }: PresenceState) {
    const { title } = sectionsOf(texts.current()).find(({ id }) => id === section) ?? {}
    const draft = texts.draft()
    return {
      isOpen: desk !== undefined,
      isDirty: isDirty(),
      changedBy: isChanged() ? texts.lastWriter() || 'Somebody' : undefined,
      hasDraft: draft !== undefined && draft.text !== draft.base,
      place: title === undefined ? 'this page' : `the section “${title}”`,
      isOutage: outage.isShown(),
      isTakingOver,
      mayNotTakeOver,
      now: Date.now(),
    }
  }

  function drawEdit(state: PresenceState) {
    const { status, isEditing, lease } = state
    const isAsking = isEditing && (lease.status === 'idle' || lease.status === 'opening')
    // A button that goes away or is disabled takes the focus with it, so it stays until there is an answer.
    edit.hidden =
      desk !== undefined ||
      (lease.status !== 'idle' && lease.status !== 'opening') ||
      status === 'signed-out' ||
      status === 'refused' ||
      mayNotEdit(state) ||
      texts.isKept() === false
    edit.setAttribute('aria-disabled', String(isAsking))
    setText(edit, isAsking ? 'Asking…' : isEditedByOther(state) ? 'Wait to edit' : 'Edit')
  }

  function focusFirst() {
    root.querySelector<HTMLElement>('button:not([hidden]), a')?.focus()
  }

  function drawDesk(state: PresenceState) {
    if (!desk) return
    const submit = desk.form.querySelector<HTMLButtonElement>('[type=submit]')!
    submit.disabled = !canSave()
    setText(submit, saving ? 'Saving…' : 'Save')
    const words = hintOf(state, desk.base.section, isChecked())
    setText(desk.form.querySelector('#hint')!, words)
  }

  presence.subscribe(() => {
    concludeAfterLoss()
    draw()
  })
  texts.onChange(() => {
    show()
    draw()
  })
  setInterval(() => banner.isCounting() && draw(), 1_000)
  prose.after(changed)
  show()
  draw()
  void texts.refresh().then(() => {
    if (texts.isKept() === false)
      notice.textContent =
        'This service keeps no demo texts (copresence.demo is off), so nothing can be edited here.'
    draw()
  })

  return { element: root, open: texts.open, beforeLoss }
}

/** Where to sign in and come back to this page. */
export function signIn(): string {
  return `/login?to=${location.pathname}`
}
