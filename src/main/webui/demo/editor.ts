import type { LeaseToOpen, Presence, PresenceState } from '../src/index.js'
import type { LeaseAction } from '../src/lease.js'
import type { createRescue } from '../src/rescue.js'
import type { SaveReply } from './backend.js'
import { openDesk, type Desk } from './desk.js'
import type { DeskUser } from './desk-form.js'
import { button, h, setText } from './dom.js'
import { sectionHeads, type SectionHeads } from './heads.js'
import { noticeOf, type TextActions } from './notices.js'
import { toNodes, toText } from './prose.js'
import { rescuer } from './rescued.js'
import { merged } from './sections.js'
import { pageText } from './texts.js'
import { excerpt, hintOf, isEditedByOther, leaseTexts, mayNotEdit, refusalOf, signIn } from './words.js'

/** The editing of a page, and its part in what the presence does about a lease. */
export interface Editor {
  /** What is shown of it above the text. */
  readonly element: HTMLElement
  /** Opens the text under a lease, and rejects when that was not done. */
  open(lease: LeaseToOpen): Promise<void>
  /** Saves what is typed, and rejects when that was not done. */
  beforeLoss(): Promise<void>
}

/**
 * Editing a page, or a section of it, under its lease: Edit claims it, the text area opens when the claim is
 * granted and the text was opened, now or later. Whatever happens to the lease, what was typed stays: in the text area,
 * and as a draft in this tab. Saving is the backend's word, which compares fence and revision.
 */
export function editor(presence: Presence, prose: HTMLElement, create: typeof createRescue): Editor {
  /*
   * Everything is drawn from four things: the presence's state, the saved text, the open desk, and the draft.
   * Whoever changes one of them calls `draw`.
   */
  const texts = pageText(location.pathname, toText(prose))
  const edit = button('Edit', () => claim(undefined), 'primary')
  const banner = h('page-lease', { readers: '', 'sign-in': signIn() })
  const notice = h('p', { class: 'notice', role: 'status' })
  const changed = h('p', { class: 'small changed' })
  const root = h('div', { class: 'editor' }, edit, h('div', { class: 'sticky' }, banner, notice))
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
  /* The revision that the notice says was saved. */
  let told: number | undefined
  const userId = () => presence.getSnapshot().self?.id
  const rescue = rescuer(create, location.pathname, userId, (problem) => {
    notice.textContent = problem?.message ?? ''
  })
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
  function open(fence: number) {
    const { section } = presence.getSnapshot()
    desk = openDesk(texts, section, fence, user)
    if (!desk) {
      giveUp()
      notice.textContent = 'That section is not there any more.'
      return
    }
    void seekRescued(desk)
    keepDraft()
    const { activeElement } = document
    const isIdle = activeElement === document.body || root.contains(activeElement) || heads.hasFocus()
    heads.replace(section, desk.form)
    // Promoted while the user is busy elsewhere on the page, we don't take the focus from them.
    if (isIdle) desk.area.focus({ preventScroll: section === undefined })
  }

  /* A draft of this tab is newer than what the browser has kept. */
  async function seekRescued(mine: Desk) {
    const { section } = mine.base
    const found = await rescue.open(section, savedText(section))
    if (desk !== mine || mine.isDirty()) return
    mine.rescued = found
    draw()
  }

  function savedText(section: string | undefined) {
    return { text: texts.part(section) ?? '', revision: texts.revision(section), by: texts.lastWriter() }
  }

  function close() {
    if (!desk) return
    rescue.close()
    if (desk.isDirty()) texts.keepDraft(desk.draft(false))
    else texts.dropDraft(desk.base.section)
    heads.replace(undefined, undefined)
    desk = undefined
  }

  function keepDraft() {
    if (!desk) return
    texts.keepDraft(desk.draft(true))
    if (desk.isDirty()) rescue.keep(desk.area.value, desk.base.revision)
  }

  function canSave(): boolean {
    if (!desk || saving) return false
    return !desk.isChecked() || (presence.getSnapshot().lease.status === 'held' && !desk.isChanged())
  }

  /* Sends what is typed now; whatever comes of it, the text area stays as it is. */
  async function send(mine: Desk): Promise<SaveReply> {
    const { lease } = presence.getSnapshot()
    if (lease.status === 'held') mine.fence = lease.fence
    const typed = mine.area.value
    const draft = mine.draft(true)
    // What was saved by others without changing this text is no reason to refuse ours.
    const isBase = texts.part(draft.section) === draft.base || mine.overrules !== undefined
    const revision = isBase ? texts.revision(draft.section) : draft.revision
    saving = texts.save({ ...draft, revision }, mine.fence, mine.isChecked())
    draw()
    const reply = await saving
    saving = undefined
    if (reply.kind === 'saved') {
      mine.base = { ...mine.base, base: typed, revision: texts.revision(draft.section) }
      rescue.saved(typed, mine.base.revision)
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
    if (desk === mine && !mine.isDirty()) giveUp()
    const lost = reply.overwrote
    notice.textContent = lost
      ? `Saved without the check, over what ${lost.by.name || 'somebody'} had saved: ` +
        `“${excerpt(lost.text, mine.base.base)}” That text is lost. With the check, this save is refused.`
      : `Saved under fence ${mine.fence}, for everybody who reads this page.`
    told = texts.revision(undefined)
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
    if (desk?.isDirty()) {
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
    if (!desk || desk.isDirty()) return
    giveUp()
    notice.textContent = `Your text was saved, and then handed over to ${lease.successor?.name || 'somebody else'}.`
  }

  async function handOver(section = presence.getSnapshot().section) {
    const { lease } = presence.getSnapshot()
    const to = lease.status === 'held' ? lease.requestedBy?.name || 'them' : 'them'
    const isSaved = !desk?.isDirty()
    const problem = await presence.handOver()
    if (problem) {
      notice.textContent = `It was not handed over: ${problem.title}.`
    } else if (isSaved && presence.getSnapshot().section === section) {
      // What was saved is done with; what was not stays open.
      giveUp()
      notice.textContent = `Handed over to ${to}. Thank you.`
    }
    draw()
  }

  /* What a button of the banner does here; all others do what they always do. */
  const own: Partial<Record<LeaseAction, () => unknown>> = {
    edit: claimHere,
    close: giveUp,
    giveUp,
    handOver: () => handOver(),
    saveAndHandOver,
  }

  function claimHere() {
    if (!desk) presence.setSection(texts.draft()?.section)
    presence.setIsEditing(true)
  }

  const textActions: TextActions = {
    claim: claimHere,
    discard() {
      const section = texts.draft()?.section
      rescue.discard(section, savedText(section))
      texts.dropDraft(section)
      draw()
    },
    discardMine() {
      if (desk) desk.rescued = undefined
      rescue.discard(desk?.base.section, savedText(desk?.base.section))
      draw()
    },
    useMine: () => resume(desk?.rescued?.text, false),
    useTheirs: () => resume(desk && texts.part(desk.base.section), true),
    saveMine() {
      if (desk) desk.overrules = texts.part(desk.base.section)!
      void save()
    },
    useBoth: () => resume(both(), true),
  }

  /* What each has changed, where that are different sections. */
  function both(): string | undefined {
    const theirs = desk && texts.part(desk.base.section)
    return desk && theirs !== undefined ? merged(desk.base.base, desk.area.value, theirs) : undefined
  }

  /* The text area has another text, with which the user goes on; over what is saved now, if they have seen that. */
  function resume(text: string | undefined, isSeen: boolean) {
    if (!desk) return
    const { section } = desk.base
    if (text !== undefined) desk.area.value = text
    if (isSeen) desk.base = { ...desk.base, base: texts.part(section)!, revision: texts.revision(section) }
    desk.rescued = undefined
    keepDraft()
    if (desk.isDirty()) presence.typing()
    desk.area.focus()
    draw()
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
    if (state.lease.status === 'held') {
      isSavedForLoss &&= (state.lease.yieldAt ?? state.lease.deadline) !== undefined
      if (desk) desk.fence = state.lease.fence
      else open(state.lease.fence)
    }
    const hadFocus = root.contains(document.activeElement)
    drawEdit(state)
    drawDesk(state)
    const isBusy = desk !== undefined || state.isEditing || mayNotEdit(state)
    heads.draw(state, isBusy || texts.isKept() === false)
    drawBanner(state)
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

  function drawBanner({ lease, isEditing }: PresenceState) {
    const draft = texts.draft()
    const isChanged = desk?.isChanged() === true
    const notice = noticeOf(
      {
        isHeld: lease.status === 'held',
        hasDraft: !desk && !isEditing && draft !== undefined && draft.text !== draft.base,
        changedBy: isChanged ? texts.lastWriter() || 'Somebody' : undefined,
        canMerge: isChanged && both() !== undefined,
        rescued: desk?.rescued,
        now: Date.now(),
      },
      textActions,
    )
    banner.update({
      texts: leaseTexts(desk !== undefined),
      isDirty: desk?.isDirty() ?? false,
      // A text that others have changed is not saved over theirs.
      save: isChanged ? undefined : saveAndHandOver,
      notice,
    })
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
    const words = hintOf(state, desk)
    setText(desk.form.querySelector('#hint')!, words)
  }

  presence.subscribe(() => {
    concludeAfterLoss()
    draw()
  })
  // After us, who tell it what is typed before it looks at the same news.
  banner.presence = presence
  banner.addEventListener('leaseaction', (event) => {
    const { action } = (event as CustomEvent<{ action: LeaseAction }>).detail
    notice.textContent = ''
    if (!own[action]) return
    event.preventDefault()
    void own[action]()
  })
  texts.onChange(() => {
    show()
    // What the notice says is not what readers see any more.
    if (told !== undefined && told < texts.revision(undefined)) notice.textContent = ''
    draw()
  })
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
