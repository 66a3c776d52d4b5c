import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { board } from '../demo/board.js'
import { pages } from '../demo/pages.js'
import { idleState, type PresenceState } from '../src/core/presence.js'
import type { Presence } from '../src/index.js'
import { freshDocument, pass, settled } from './browser.js'
import { json } from './fake-service.js'

/* The demo's board, on pages of which the user may not see all. */

let state: PresenceState
let listeners: (() => void)[]
let told: object[]
let status: number
let asked: string[][]
let element: HTMLElement

const presence = {
  getSnapshot: () => state,
  subscribe: (listener: () => void) => {
    listeners.push(listener)
    return () => undefined
  },
} as unknown as Presence

const ana = { id: 'ana', name: 'Ana Reis' }
const bob = { id: 'bob', name: 'Bob Stone' }
const [first, second, third, fourth] = pages.map(({ path }) => path) as [string, string, string, string]

beforeEach(() => {
  vi.useFakeTimers()
  freshDocument()
  state = { ...idleState(first), status: 'live', self: ana }
  listeners = []
  asked = []
  told = []
  status = 200
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    const { pages } = JSON.parse(String(init.body)) as { pages: string[] }
    asked.push(pages)
    return Promise.resolve(json(status, { etag: 'e', pages: told, nextLookupMs: 15_000 }))
  })
})

afterEach(() => {
  element.remove()
  vi.useRealTimers()
})

async function show(): Promise<void> {
  element = board(presence)
  document.body.append(element)
  await pass(1)
}

function hear(change: Partial<PresenceState>): Promise<void> {
  state = { ...state, ...change }
  for (const listener of listeners) listener()
  return settled()
}

const rows = () => [...element.querySelectorAll('.board > ul > li, :scope > ul > li')]
const textOf = (path: string) =>
  rows()[pages.findIndex((page) => page.path === path)]!.querySelector('ul')!.textContent

// A7, B1: a row shows as much as is told.
test('each row shows what the service tells of its page, by one call for all', async () => {
  told = [
    { pagePath: first, viewerCount: 5, editorUserId: 'bob', viewers: [bob, ana] },
    { pagePath: second, level: 'count', viewerCount: 7, isEdited: true },
    { pagePath: third, level: 'initials', viewerCount: 1, viewers: [{ id: 'k1', initials: 'BS' }] },
    { pagePath: fourth, viewerCount: 1, isEdited: true, viewers: [ana] },
  ].map((row) => ({ ...row, pagePath: row.pagePath.replace(/\/$/, '') }))
  const spellings = Object.fromEntries(pages.map(({ path }) => [path, path.replace(/\/$/, '')]))
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    asked.push((JSON.parse(String(init.body)) as { pages: string[] }).pages)
    return Promise.resolve(json(200, { etag: 'e', pages: told, spellings, nextLookupMs: 15_000 }))
  })
  await show()

  expect(asked).toEqual([pages.map(({ path }) => path)])
  expect(textOf(first)).toBe('BSBob Stone editingARYouand 3 more')
  expect(textOf(second)).toBe('7 people being edited')
  expect(textOf(third)).toBe('BSSomeone (BS)')
  expect(textOf(fourth)).toBe('ARYoua section is being edited')
  expect(textOf('/docs/head-count/')).toBe('Nobody')
})

test('what changes for this page is looked up at the others too', async () => {
  await show()
  told = [{ pagePath: second, level: 'count', viewerCount: 1 }]
  await hear({ viewerCount: 2 })
  await pass(1_000)

  expect(textOf(second)).toBe('1 person')
})

test('a row without an answer stays as it was', async () => {
  told = [{ pagePath: second, level: 'count', viewerCount: 1 }]
  await show()
  expect(textOf(second)).toBe('1 person')
  status = 503
  await pass(15_000)

  expect(textOf(second)).toBe('1 person')
  expect(element.textContent).toContain('No answer just now')
})
