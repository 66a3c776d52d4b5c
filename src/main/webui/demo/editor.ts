import type { PresenceProblem, Presence, PresenceState } from '../src/index.js'
import { bannerOf, timeLeft, type Action, type Banner } from './banner.js'
import { button, h } from './dom.js'
import { sectionHeads, type SectionHeads } from './heads.js'
import { toNodes, toText } from './prose.js'
import { sectionsOf } from './sections.js'
import { pageText, type Draft } from './texts.js'

const outageShownAfterMs = 5_000
const rereadAfterMs = 2_000

/* An open text area, with the draft that it began with and under which fence it was last held. */
interface Desk {
  readonly form: HTMLFormElement
  readonly area: HTMLTextAreaElement
  base: Omit<Draft, 'text' | 'isOpen'>
  fence: number
  /* The user has seen that others have saved this text, and wants their own in its place. */
  overrules?: string
}

const labels: Record<Action, string> = {
  ask: 'Ask for the page',
  claim: 'Continue',
  conclude: 'Close, and keep a draft',
  discard: 'Discard',
  giveUp: 'Stop waiting',
  handOver: 'Hand over',
  keep: 'Keep',
  saveAndHandOver: 'Save and hand over',
  saveMine: 'Save mine instead',
  signIn: 'Sign in again',
  takeOver: 'Take over',
  useTheirs: 'Use theirs',
}
const quiet = new Set<Action>(['conclude', 'discard', 'giveUp', 'takeOver'])

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
  const banner = h('div', { class: 'banner' })
  const notice = h('p', { class: 'notice', role: 'status' })
  const said = h('p', { class: 'said', role: 'status' })
  const changed = h('p', { class: 'small changed' })
  const root = h('div', { class: 'editor' }, edit, banner, notice, said)
  const heads: SectionHeads = sectionHeads(prose, claim)
  let desk: Desk | undefined
  let isOpening = false
  let isSaving = false
  /* The lease came back under another fence, and the text may be another too. */
  let isReading = false
  let bannerKey = ''
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
    desk = { ...form(draft?.text ?? now!, title), base, fence }
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

  function form(text: string, title: string | undefined): Pick<Desk, 'form' | 'area'> {
    const area = h('textarea', {
      id: 'area',
      rows: title === undefined ? '18' : '8',
      spellcheck: 'true',
      'aria-describedby': 'hint',
    })
    area.value = text
    const check = h('input', { type: 'checkbox', id: 'check' })
    check.checked = true
    check.addEventListener('change', draw)
    const made = h(
      'form',
      { class: 'desk' },
      h('label', { for: 'area' }, title === undefined ? 'The text of this page' : `The section “${title}”`),
      area,
      h('p', { id: 'hint', class: 'small' }),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'submit', class: 'primary' }, 'Save'),
        button('Cancel', giveUp),
        h('label', { class: 'check' }, check, 'The backend checks the fence'),
      ),
    )
    area.addEventListener('input', () => {
      if (presence.getSnapshot().lease.status === 'held') presence.typing()
      keepDraft()
      draw()
    })
    made.addEventListener('submit', (event) => {
      event.preventDefault()
      void save()
    })
    made.addEventListener('keydown', (event) => {
      if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      void save()
    })
    return { form: made, area }
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
    drawBanner(bannerOf(state, deskOf(state)))
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

  function drawBanner(next: Banner | undefined) {
    if ((next?.key ?? '') !== bannerKey) {
      bannerKey = next?.key ?? ''
      banner.classList.toggle('urgent', next?.isUrgent === true)
      setText(said, next?.isSaid ? next.words : '')
      banner.replaceChildren()
      if (!next) return
      const count = h('span', { class: 'count', role: 'timer' })
      banner.append(
        h('p', {}, next.words, count),
        ...next.actions.map((action) =>
          button(labelOf(action), () => run(action), quiet.has(action) ? 'quiet' : ''),
        ),
      )
    }
    const until = next?.until
    const count = banner.querySelector('.count')
    if (count) setText(count, until === undefined ? '' : ` in ${timeLeft(until, Date.now())}.`)
  }

  function labelOf(action: Action): string {
    const { section } = presence.getSnapshot()
    return action === 'ask' && section !== undefined ? 'Ask for the section' : labels[action]
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
  setInterval(() => banner.querySelector('.count')?.textContent && draw(), 1_000)
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

function wordsFor({ reason, editor, title }: PresenceProblem): string {
  const who = editor?.name || 'The editor'
  switch (reason) {
    case 'editor-keeps':
      return `${who} keeps it for now.`
    case 'requested-by-other':
      return 'Somebody else has asked before you.'
    case 'not-requested':
      return 'Nobody asks any more.'
    default:
      return `That was not possible: ${title}.`
  }
}

/* Right after giving the page up, a state may still name the user; with one tab that is old news. */
function isLeavingSelf({ viewers, self, editorUserId }: PresenceState): boolean {
  return (
    self !== undefined &&
    self.id === editorUserId &&
    !viewers.some(({ id, tabCount }) => id === self.id && tabCount > 1)
  )
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

function excerpt(text: string): string {
  const words = text.replace(/\s+/g, ' ').trim()
  return words.length > 80 ? `${words.slice(0, 79)}…` : words
}

function setText(node: Element, text: string) {
  if (node.textContent !== text) node.textContent = text
}

/** Where to sign in and come back to this page. */
export function signIn(): string {
  return `/login?to=${location.pathname}`
}
