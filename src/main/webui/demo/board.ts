import { colour, initials, watchPages, type PageRow } from '../src/watch.js'
import type { Presence } from '../src/index.js'
import { h, setText } from './dom.js'
import { pages } from './pages.js'
import { nameOf } from './words.js'

/**
 * "Who is where": the people on each of the demo's pages. It only asks, by one lookup for all of them, and is on none of
 * them itself.
 */
export function board(presence: Presence): HTMLElement {
  const rows = pages.map(({ path, title }) => {
    const isHere = path === presence.getSnapshot().pagePath
    const people = h('ul', { role: 'list' })
    const link = h('a', { href: path, ...(isHere && { 'aria-current': 'page' }) }, title)
    return { path, people, row: h('li', {}, link, people), drawn: '' }
  })
  const note = h('p', { class: 'small' })
  const watch = watchPages({ pages: pages.map(({ path }) => path) })
  let seen = ''

  function draw() {
    const { status, rows: told } = watch.getSnapshot()
    const { self } = presence.getSnapshot()
    setText(note, noteOf(status))
    // Nothing was told yet, or may be told now; what was told before is still the best that is known.
    if (status !== 'live' && status !== 'reconnecting') return
    for (const row of rows) {
      const page = told.get(row.path)
      const drawn = JSON.stringify([page ?? null, self])
      if (drawn === row.drawn) continue
      row.drawn = drawn
      row.people.replaceChildren(...people(page, self?.viewerId ?? self?.id))
    }
  }

  watch.subscribe(draw)
  // What this page's own presence has heard is news for the board too.
  presence.subscribe(() => {
    const { status, self, viewers, viewerCount, isEdited, editorUserId, sections } = presence.getSnapshot()
    const now = JSON.stringify([status, self, viewers, viewerCount, isEdited, editorUserId, sections])
    if (now === seen) return
    seen = now
    draw()
    watch.refresh()
  })
  draw()

  return h(
    'section',
    { class: 'board', 'aria-labelledby': 'board' },
    h('h2', { id: 'board' }, 'Who is where'),
    h('ul', { role: 'list' }, ...rows.map(({ row }) => row)),
    note,
  )
}

function noteOf(status: string): string {
  return status === 'reconnecting'
    ? 'No answer just now: this may be out of date.'
    : 'Looked up in one call, while you look. A page that is not open to you looks like one where nobody is.'
}

function people(row: PageRow | undefined, selfId: string | undefined): HTMLElement[] {
  if (!row) return [h('li', { class: 'nobody' }, 'Nobody')]
  const { viewers, viewerCount, editorUserId, isEdited } = row
  if (row.level === 'count') return [count(viewerCount, isEdited)]
  const shown = viewers.map((viewer) => {
    const name = nameOf(viewer)
    const letters = viewer.name || !viewer.initials ? initials(name) : viewer.initials
    const face = h('span', { class: 'face', 'aria-hidden': 'true' }, letters)
    face.style.setProperty('--colour', colour(viewer.id))
    const item = h('li', {}, face, viewer.id === selfId ? 'You' : name)
    if (viewer.id === editorUserId) item.append(' ', detail('editing'))
    return item
  })
  const more = viewerCount - shown.length
  if (more > 0) shown.push(h('li', {}, `and ${more} more`))
  if (isEdited && editorUserId === undefined) shown.push(h('li', {}, detail('a section is being edited')))
  return shown
}

function count(viewerCount: number, isEdited: boolean): HTMLElement {
  const item = h('li', {}, viewerCount === 1 ? '1 person' : `${viewerCount} people`)
  if (isEdited) item.append(' ', detail('being edited'))
  return item
}

function detail(words: string): HTMLElement {
  return h('span', { class: 'detail' }, words)
}
