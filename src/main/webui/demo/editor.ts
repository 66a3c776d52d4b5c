import type { PresenceProblem, Presence, PresenceState } from '../src/index.js'
import { bannerOf, type Action } from './banner.js'
import { bannerView } from './banner-view.js'
import { deskForm, type DeskForm, type DeskUser } from './desk-form.js'
import { button, h, setText } from './dom.js'
import { sectionHeads, type SectionHeads } from './heads.js'
import { toNodes, toText } from './prose.js'
import { sectionsOf } from './sections.js'
import { pageText, type Draft } from './texts.js'
import { excerpt, isLeavingSelf, wordsFor } from './words.js'

const outageShownAfterMs = 5_000
const rereadAfterMs = 2_000

/* An open text area, with the draft that it began with and under which fence it was last held. */
interface Desk extends DeskForm {
  base: Omit<Draft, 'text' | 'isOpen'>
  fence: number
  /* The user has seen that others have saved this text, and wants their own in its place. */
  overrules?: string
}

/**
 * Editing a page, or a section of it, under its lease: Edit claims it, the text area opens when the claim is
 * granted, now or later. Whatever happens to the lease, what was typed stays: in the text area, and as a draft in
 * this tab. Saving is the backend's word, which asks about the fence.
 */
export function editor(presence: Presence, prose: HTMLElement): HTMLElement {
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
  let isOpening = false
  let isSaving = false
  /* The lease came back under another fence, and the text may be another too. */
  let isReading = false
  let outage: ReturnType<typeof setTimeout> | undefined
  let isOutage = false
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

  /* The lease is ours, so nobody changes the text from now on: it is read again before anybody types. */
  async function open(fence: number) {
    if (isOpening) return
    isOpening = true
    const isFresh = await texts.refresh()
    isOpening = false
    const { section, lease } = presence.getSnapshot()
    if (desk || lease.status !== 'held') return draw()
    if (!isFresh) {
      giveUp()
      notice.textContent = 'The text could not be read just now, so it was not opened.'
      return
    }
    const now = texts.part(section)
    const draft = texts.draftOf(section)
    if (now === undefined && !draft) {
      giveUp()
      notice.textContent = 'That section is not there any more.'
      return
    }
    const where = section === undefined ? {} : { section }
    const base = draft ?? { ...where, base: now!, version: texts.version() }
    const title = sectionsOf(texts.current()).find(({ id }) => id === section)?.title
    desk = { ...deskForm(draft?.text ?? now!, title, user), base, fence }
    keepDraft()
    const { activeElement } = document
    const isIdle = activeElement === document.body || root.contains(activeElement) || heads.hasFocus()
    heads.replace(section, desk.form)
    // Promoted while the user is busy elsewhere on the page, we don't take the focus from them.
    if (isIdle) desk.area.focus({ preventScroll: section === undefined })
    draw()
  }

  async function reread(mine: Desk, fence: number) {
    mine.fence = fence
    isReading = true
    while (desk === mine && mine.fence === fence && !(await texts.refresh())) await pause(rereadAfterMs)
    if (mine.fence !== fence) return
    isReading = false
    draw()
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
    if (!desk || isSaving) return false
    if (!isChecked()) return true
    return !isReading && presence.getSnapshot().lease.status === 'held' && !isChanged()
  }

  function isChecked(): boolean {
    return desk?.form.querySelector<HTMLInputElement>('#check')!.checked ?? true
  }

  async function save() {
    if (!desk || !canSave()) return
    const mine = desk
    const { lease } = presence.getSnapshot()
    const fence = lease.status === 'held' ? lease.fence : mine.fence
    isSaving = true
    draw()
    const draft = { ...mine.base, text: mine.area.value, isOpen: true }
    // What was saved by others without changing this text is no reason to refuse ours.
    const isBase = texts.part(draft.section) === draft.base || mine.overrules !== undefined
    const version = isBase ? texts.version() : draft.version
    const typed = mine.area.value
    const reply = await texts.save({ ...draft, version }, fence, isChecked())
    isSaving = false
    switch (reply.kind) {
      case 'saved': {
        if (desk === mine) mine.base = { ...mine.base, base: typed, version: reply.page.version }
        // After a save the page is for the next one; but what was typed while it was under way is not saved yet.
        if (desk === mine && mine.area.value === typed) giveUp()
        else draw()
        const lost = reply.overwrote
        notice.textContent = lost
          ? `Saved without the check, over what ${lost.by.name || 'somebody'} had saved: “${excerpt(lost.text)}” ` +
            'That text is lost. With the check, this save is refused.'
          : `Saved under fence ${fence}, for everybody who reads this page.`
        return
      }
      case 'refused':
        notice.textContent =
          `Not saved: ${reply.by?.name ?? 'nobody'} has it now, so the backend refused your fence ${fence}. ` +
          'Your text stays as it is.'
        break
      case 'changed':
        notice.textContent = `Not saved: ${reply.by?.name || 'somebody'} has saved this text meanwhile. Yours stays as it is.`
        break
      case 'failed':
        notice.textContent = `Not saved: ${reply.why} Your text stays as it is.`
    }
    await texts.refresh()
    draw()
  }

  async function saveAndHandOver() {
    const mine = desk
    if (!mine || !canSave()) return
    const { lease, section } = presence.getSnapshot()
    if (lease.status !== 'held') return
    isSaving = true
    draw()
    const typed = mine.area.value
    const draft = { ...mine.base, text: typed, isOpen: true, version: texts.version() }
    const reply = await texts.save(draft, lease.fence, true)
    isSaving = false
    if (reply.kind !== 'saved') {
      notice.textContent = 'Not saved, and not handed over.'
      await texts.refresh()
      return draw()
    }
    mine.base = { ...mine.base, base: typed, version: reply.page.version }
    await handOver(section)
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
      case 'takeOver':
        return void isRefused(presence.takeOver())
      case 'useTheirs':
        if (!desk) return
        desk.area.value = texts.part(desk.base.section)!
        desk.base = { ...desk.base, base: desk.area.value, version: texts.version() }
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
    watchOutage(state)
    if (state.lease.status === 'held') {
      if (!desk) void open(state.lease.fence)
      else if (desk.fence !== state.lease.fence) void reread(desk, state.lease.fence)
    }
    const hadFocus = root.contains(document.activeElement)
    drawEdit(state)
    drawDesk(state)
    heads.draw(state, desk !== undefined || state.isEditing || texts.isKept() === false)
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
      isOutage,
      mayNotTakeOver,
      now: Date.now(),
    }
  }

  function drawEdit(state: PresenceState) {
    const { status, isEditing, lease } = state
    const isAsking = isEditing && lease.status === 'idle'
    // A button that goes away or is disabled takes the focus with it, so it stays until there is an answer.
    edit.hidden =
      desk !== undefined ||
      (lease.status !== 'idle' && !isOpening) ||
      status === 'signed-out' ||
      status === 'refused' ||
      texts.isKept() === false
    edit.setAttribute('aria-disabled', String(isAsking))
    const isHeld = state.editorUserId !== undefined && !isLeavingSelf(state)
    setText(edit, isAsking || isOpening ? 'Asking…' : isHeld ? 'Wait to edit' : 'Edit')
  }

  function focusFirst() {
    root.querySelector<HTMLElement>('button:not([hidden]), a')?.focus()
  }

  function drawDesk({ lease }: PresenceState) {
    if (!desk) return
    const submit = desk.form.querySelector<HTMLButtonElement>('[type=submit]')!
    submit.disabled = !canSave()
    setText(submit, isSaving ? 'Saving…' : 'Save')
    const what = desk.base.section === undefined ? 'page' : 'section'
    const words = [
      lease.status === 'held'
        ? `The ${what} is yours, under fence ${lease.fence}.`
        : `You can go on typing. Saving waits until the ${what} is yours.`,
      isChecked()
        ? 'A blank line parts paragraphs, - starts a list.'
        : 'Without the check a save goes through, whoever has saved meanwhile.',
    ].join(' ')
    setText(desk.form.querySelector('#hint')!, words)
  }

  /* A short break is none: it heals before anybody needs to know. */
  function watchOutage({ status }: PresenceState) {
    if (status === 'reconnecting') {
      outage ??= setTimeout(() => {
        isOutage = true
        draw()
      }, outageShownAfterMs)
      return
    }
    clearTimeout(outage)
    outage = undefined
    isOutage = false
  }

  presence.subscribe(draw)
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

  return root
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

/** Where to sign in and come back to this page. */
export function signIn(): string {
  return `/login?to=${location.pathname}`
}
