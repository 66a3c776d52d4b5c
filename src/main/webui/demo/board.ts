import { isForbidden, parseSnapshot, type PresenceSelf, type PresenceSnapshot } from '../src/core/protocol.js'
import { colour, initials } from '../src/ui/people.js'
import type { Presence } from '../src/index.js'
import { h } from './dom.js'
import { pages } from './pages.js'
import { nameOf } from './words.js'

const pollEveryMs = 5_000
const namesShown = 6
/* What is not open to the user is asked for less often. */
const closedForMs = 60_000

/** What the service says of a page: who is there, or that it is not open to the user; undefined when it says nothing. */
type Answer = PresenceSnapshot | 'forbidden' | undefined

/**
 * "Who is where": the people on each of the demo's pages. It only asks, and is on none of them itself. While
 * nothing changes, the browser's cache turns each question into a `304 Not Modified`.
 */
export function board(presence: Presence): HTMLElement {
  const rows = pages.map(({ path, title }) => {
    const isHere = path === presence.getSnapshot().pagePath
    const people = h('ul', { role: 'list' })
    const link = h('a', { href: path, ...(isHere && { 'aria-current': 'page' }) }, title)
    return { path, people, row: h('li', {}, link, people), drawn: '', closedUntil: 0 }
  })
  const note = h('p', { class: 'small' }, 'Asked every 5 seconds, while you look.')
  let isAsking = false
  let isDue = false
  let seen = ''
  let wasClosed = false

  async function poll() {
    isDue = isAsking
    if (isAsking || document.visibilityState === 'hidden') return
    if (!navigator.onLine || presence.getSnapshot().status === 'signed-out') return
    isAsking = true
    const now = performance.now()
    const answers = await Promise.all(
      rows.map(({ path, closedUntil }) => (now < closedUntil ? 'forbidden' : list(path))),
    )
    isAsking = false
    rows.forEach((row, index) => draw(row, answers[index]))
    note.textContent = answers.includes(undefined)
      ? 'No answer just now: this may be out of date.'
      : 'Asked every 5 seconds, while you look.'
    if (isDue) void poll()
  }

  function draw(row: (typeof rows)[number], answer: Answer) {
    if (!answer) return
    const now = performance.now()
    if (answer !== 'forbidden') row.closedUntil = 0
    else if (row.closedUntil <= now) row.closedUntil = now + closedForMs
    const { self } = presence.getSnapshot()
    const drawn = JSON.stringify([answer, self])
    if (drawn === row.drawn) return
    row.drawn = drawn
    row.people.replaceChildren(...people(answer, self))
  }

  setInterval(poll, pollEveryMs)
  document.addEventListener('visibilitychange', poll)
  // What this page's own presence has heard is news for the board too.
  presence.subscribe(() => {
    const { status, self, viewers, viewerCount, isEdited, editorUserId, sections } = presence.getSnapshot()
    const now = JSON.stringify([self, viewers, viewerCount, isEdited, editorUserId, sections])
    const isClosed = status === 'forbidden'
    if (now === seen && isClosed === wasClosed) return
    // Whatever has changed for this page may have for the others.
    if (isClosed !== wasClosed) for (const row of rows) row.closedUntil = 0
    wasClosed = isClosed
    seen = now
    void poll()
  })
  void poll()

  return h(
    'section',
    { class: 'board', 'aria-labelledby': 'board' },
    h('h2', { id: 'board' }, 'Who is where'),
    h('ul', { role: 'list' }, ...rows.map(({ row }) => row)),
    note,
  )
}

async function list(path: string): Promise<Answer> {
  try {
    const answer = await fetch(`/api/presence/list?pagePath=${encodeURIComponent(path)}`, {
      cache: 'no-cache',
      signal: AbortSignal.timeout(pollEveryMs),
    })
    const body: unknown = await answer.json()
    if (isForbidden(body)) return 'forbidden'
    return answer.ok ? parseSnapshot(body) : undefined
  } catch {
    return undefined
  }
}

function people(answer: Exclude<Answer, undefined>, self: PresenceSelf | undefined): HTMLElement[] {
  if (answer === 'forbidden') return [h('li', { class: 'nobody' }, 'Not open to you')]
  const { level, viewerCount } = answer
  if (level === 'none') return [h('li', { class: 'nobody' }, 'Not told')]
  if (level === 'count' && viewerCount > 0) return [count(viewerCount, answer.isEdited)]
  return named(answer, self?.viewerId ?? self?.id)
}

function count(viewerCount: number, isEdited: boolean): HTMLElement {
  const item = h('li', {}, viewerCount === 1 ? '1 person' : `${viewerCount} people`)
  if (isEdited) item.append(' ', h('span', { class: 'detail' }, 'being edited'))
  return item
}

function named(snapshot: PresenceSnapshot, selfId: string | undefined): HTMLElement[] {
  const { viewers, viewerCount } = snapshot
  const editors = [snapshot.editorUserId, ...(snapshot.sections ?? []).map((one) => one.editorUserId)]
  const isEditor = (id: string) => editors.includes(id)
  if (viewers.length === 0) return [h('li', { class: 'nobody' }, 'Nobody')]
  // Whoever edits stands first: that is what a colleague looks for.
  const sorted = [...viewers].sort((a, b) => Number(isEditor(b.id)) - Number(isEditor(a.id)))
  const shown = sorted.slice(0, namesShown).map((viewer) => {
    const name = nameOf(viewer)
    const letters = viewer.name || !viewer.initials ? initials(name) : viewer.initials
    const face = h('span', { class: 'face', 'aria-hidden': 'true' }, letters)
    face.style.setProperty('--colour', colour(viewer.id))
    const item = h('li', {}, face, viewer.id === selfId ? 'You' : name)
    const details = [isEditor(viewer.id) && 'editing', viewer.away && 'away'].filter(Boolean)
    if (details.length > 0) item.append(' ', h('span', { class: 'detail' }, details.join(', ')))
    return item
  })
  const more = viewerCount - shown.length
  return more > 0 ? [...shown, h('li', {}, `and ${more} more`)] : shown
}
