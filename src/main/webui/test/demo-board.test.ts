import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { board } from '../demo/board.js'
import { pages } from '../demo/pages.js'
import { idleState, type PresenceState } from '../src/core/presence.js'
import type { Presence } from '../src/index.js'
import { pass, settled } from './browser.js'
import { forbidden, json } from './fake-service.js'

/* The demo's board, on pages of which the user may not see all. */

let state: PresenceState
let listeners: (() => void)[]
let answers: Record<string, () => Response>
let asked: string[]
let element: HTMLElement

const presence = {
  getSnapshot: () => state,
  subscribe: (listener: () => void) => {
    listeners.push(listener)
    return () => undefined
  },
} as unknown as Presence

const ana = { id: 'ana', name: 'Ana Reis', tabCount: 1 }
const bob = { id: 'bob', name: 'Bob Stone', tabCount: 1 }
const [first, second, third, fourth] = pages.map(({ path }) => path) as [string, string, string, string]

beforeEach(() => {
  vi.useFakeTimers()
  state = { ...idleState(first), status: 'live', self: ana }
  listeners = []
  asked = []
  answers = {}
  vi.stubGlobal('fetch', (url: string) => {
    const path = new URL(url, 'https://a.example').searchParams.get('pagePath')!
    asked.push(path)
    return Promise.resolve((answers[path] ?? nobody)())
  })
})

afterEach(() => {
  element.remove()
  vi.useRealTimers()
})

const nobody = () => json(200, { pagePath: '/', viewers: [], viewerCount: 0, tabCount: 0 })

async function show(): Promise<void> {
  element = board(presence)
  document.body.append(element)
  await settled()
}

function hear(change: Partial<PresenceState>): Promise<void> {
  state = { ...state, ...change }
  for (const listener of listeners) listener()
  return settled()
}

const rows = () => [...element.querySelectorAll('.board > ul > li, :scope > ul > li')]
const textOf = (path: string) =>
  rows()[pages.findIndex((page) => page.path === path)]!.querySelector('ul')!.textContent

// A7: a row shows as much as is told.
test('each row shows what the service tells of its page', async () => {
  answers[first] = () =>
    json(200, { pagePath: first, viewers: [ana, bob], viewerCount: 2, tabCount: 2, editorUserId: 'bob' })
  answers[second] = () => json(200, { pagePath: second, level: 'count', viewerCount: 7, isEdited: true })
  answers[third] = () => json(200, { pagePath: third, level: 'none' })
  answers[fourth] = () =>
    json(200, {
      pagePath: fourth,
      level: 'initials',
      viewers: [{ id: 'k1', initials: 'BS' }],
      viewerCount: 1,
    })
  await show()

  expect(textOf(first)).toBe('BSBob Stone editingARYou')
  expect(textOf(second)).toBe('7 people being edited')
  expect(textOf(third)).toBe('Not told')
  expect(textOf(fourth)).toBe('BSSomeone (BS)')
  expect(textOf('/docs/head-count/')).toBe('Nobody')
})

// A3: one page that is closed says nothing of the others.
test('a page that is not open is said to be that, is asked for once a minute, and harms no other', async () => {
  answers[second] = forbidden
  await show()
  expect(textOf(second)).toBe('Not open to you')
  expect(element.textContent).not.toContain('No answer')
  await pass(55_000)

  expect(asked.filter((path) => path === second)).toHaveLength(1)
  expect(asked.filter((path) => path === first)).toHaveLength(12)
  delete answers[second]
  await pass(10_000)
  expect(textOf(second)).toBe('Nobody')
})

test('what changes for this page is asked for at the others too', async () => {
  answers[first] = answers[second] = forbidden
  await show()
  answers = {}
  await hear({ status: 'forbidden' })
  await hear({ status: 'live' })

  expect(textOf(second)).toBe('Nobody')
})

test('a row without an answer stays as it was', async () => {
  answers[second] = () => json(200, { pagePath: second, level: 'count', viewerCount: 1 })
  await show()
  expect(textOf(second)).toBe('1 person')
  answers[second] = () => json(503, {})
  await pass(5_000)

  expect(textOf(second)).toBe('1 person')
  expect(element.textContent).toContain('No answer just now')
})
