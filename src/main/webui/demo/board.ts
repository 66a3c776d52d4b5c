import { parseSnapshot, type PresenceSnapshot } from '../src/core/protocol.js'
import { colour, initials } from '../src/ui/people.js'
import type { Presence } from '../src/index.js'
import { h } from './dom.js'
import { pages } from './pages.js'

const pollEveryMs = 5_000
const namesShown = 6

/**
 * "Who is where": the people on each of the demo's pages. It only asks, and is on none of them itself. While
 * nothing changes, the browser's cache turns each question into a `304 Not Modified`.
 */
export function board(presence: Presence): HTMLElement {
  const rows = pages.map(({ path, title }) => {
    const isHere = path === presence.getSnapshot().pagePath
    const people = h('ul', { role: 'list' })
    const link = h('a', { href: path, ...(isHere && { 'aria-current': 'page' }) }, title)
    return { path, people, row: h('li', {}, link, people), drawn: '' }
  })
  const note = h('p', { class: 'small' }, 'Asked every 5 seconds, while you look.')
  let isAsking = false
  let isDue = false
  let seen = ''

  async function poll() {
    isDue = isAsking
    if (isAsking || document.visibilityState === 'hidden') return
    if (!navigator.onLine || presence.getSnapshot().status === 'signed-out') return
    isAsking = true
    const answers = await Promise.all(rows.map(({ path }) => list(path)))
    isAsking = false
    rows.forEach((row, index) => draw(row, answers[index]))
    note.textContent = answers.includes(undefined)
      ? 'No answer just now: this may be out of date.'
      : 'Asked every 5 seconds, while you look.'
    if (isDue) void poll()
  }

  function draw(row: (typeof rows)[number], snapshot: PresenceSnapshot | undefined) {
    if (!snapshot) return
    const { self } = presence.getSnapshot()
    const drawn = JSON.stringify([snapshot, self])
    if (drawn === row.drawn) return
    row.drawn = drawn
    row.people.replaceChildren(...people(snapshot, self?.id))
  }

  setInterval(poll, pollEveryMs)
  document.addEventListener('visibilitychange', poll)
  // What this page's own presence has heard is news for the board too.
  presence.subscribe(() => {
    const { self, viewers, editorUserId, sections } = presence.getSnapshot()
    const now = JSON.stringify([self, viewers, editorUserId, sections])
    if (now === seen) return
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

async function list(path: string): Promise<PresenceSnapshot | undefined> {
  try {
    const answer = await fetch(`/api/presence/list?pagePath=${encodeURIComponent(path)}`, {
      cache: 'no-cache',
      signal: AbortSignal.timeout(pollEveryMs),
    })
    return answer.ok ? parseSnapshot(await answer.json()) : undefined
  } catch {
    return undefined
  }
}

function people(snapshot: PresenceSnapshot, selfId: string | undefined): HTMLElement[] {
  const { viewers, viewerCount } = snapshot
  const editors = [snapshot.editorUserId, ...(snapshot.sections ?? []).map((one) => one.editorUserId)]
  const isEditor = (id: string) => editors.includes(id)
  if (viewers.length === 0) return [h('li', { class: 'nobody' }, 'Nobody')]
  // Whoever edits stands first: that is what a colleague looks for.
  const sorted = [...viewers].sort((a, b) => Number(isEditor(b.id)) - Number(isEditor(a.id)))
  const shown = sorted.slice(0, namesShown).map((viewer) => {
    const name = viewer.name || 'Someone'
    const face = h('span', { class: 'face', 'aria-hidden': 'true' }, initials(name))
    face.style.setProperty('--colour', colour(viewer.id))
    const item = h('li', {}, face, viewer.id === selfId ? 'You' : name)
    const details = [isEditor(viewer.id) && 'editing', viewer.away && 'away'].filter(Boolean)
    if (details.length > 0) item.append(' ', h('span', { class: 'detail' }, details.join(', ')))
    return item
  })
  const more = viewerCount - shown.length
  return more > 0 ? [...shown, h('li', {}, `and ${more} more`)] : shown
}
