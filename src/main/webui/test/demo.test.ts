/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { editor } from '../demo/editor.js'
import { pages } from '../demo/pages.js'
import { toNodes, toText } from '../demo/prose.js'
import { idleState, type Presence, type PresenceState } from '../src/presence.js'

const alice = { id: 'a', name: 'Alice', tabCount: 1 }
const bob = { id: 'b', name: 'Bob', tabCount: 1 }

function proseOf(...nodes: (Node | string)[]): HTMLElement {
  const prose = document.createElement('div')
  prose.append(...nodes)
  return prose
}

describe('the text of a page', () => {
  test.each(pages)('$path survives being edited without a change', ({ path }) => {
    const html = readFileSync(`demo${path}index.html`, 'utf8')
    const page = document.createElement('div')
    page.innerHTML = html.slice(html.indexOf('<article>'), html.indexOf('</article>'))
    const prose = page.querySelector('.prose')!
    const text = toText(prose)

    expect(text.length).toBeGreaterThan(200)
    expect(toText(proseOf(...toNodes(text)))).toBe(text)
  })

  test('shows markup and foreign links as what was typed', () => {
    const prose = proseOf(...toNodes('<img src=x onerror=alert(1)> [a](javascript:b) [c](//d) [e](/f)'))

    expect(prose.querySelectorAll('img').length).toBe(0)
    expect([...prose.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual(['/f'])
    expect(prose.textContent).toContain('<img src=x onerror=alert(1)> [a](javascript:b) [c](//d) e')
  })

  test('may be anything', () => {
    for (const text of ['', '```', '```\nopen', '##', '- ', '## \n- \n\n\n', 'a\r\nb'])
      expect(() => toNodes(text)).not.toThrow()
  })
})

describe('the editor', () => {
  let state: PresenceState
  let listeners: (() => void)[]
  let presence: Presence

  /* What the service would answer; the wish alone is the page's own. */
  function hear(change: Partial<PresenceState>) {
    state = { ...state, status: 'live', self: alice, viewers: [alice, bob], ...change }
    state = { ...state, editor: state.viewers.find(({ id }) => id === state.editorUserId) }
    for (const listener of listeners) listener()
  }

  function granted(fence: number) {
    hear({ isEditing: true, editorUserId: 'a', editing: { granted: true, fence } })
  }

  function waiting(position = 1) {
    hear({ isEditing: true, editorUserId: 'b', editing: { granted: false, position } })
  }

  function openPage() {
    listeners = []
    state = idleState(location.pathname)
    presence = {
      subscribe: (listener) => {
        listeners.push(listener)
        return () => undefined
      },
      getSnapshot: () => state,
      setIsEditing: vi.fn((isEditing: boolean) => hear({ isEditing, editing: undefined })),
      requestEdit: vi.fn(() => Promise.resolve(undefined)),
      handOver: vi.fn(() => Promise.resolve(undefined)),
      keep: vi.fn(() => Promise.resolve(undefined)),
      takeOver: vi.fn(() => Promise.resolve(undefined)),
      typing: vi.fn(),
      setSection: vi.fn(),
      setPagePath: vi.fn(),
      stop: vi.fn(),
    }
    const prose = proseOf(...toNodes('The first text.'))
    prose.className = 'prose'
    document.body.replaceChildren(prose)
    prose.before(editor(presence, prose))
    hear({})
  }

  const area = () => document.querySelector('textarea')
  const banner = () => document.querySelector('.banner')!.textContent
  const shown = () => document.querySelector('.prose')!.textContent
  const press = (label: string) =>
    [...document.querySelectorAll('button')].find((button) => button.textContent === label)!.click()
  const type = (text: string) => {
    area()!.value = text
    area()!.dispatchEvent(new Event('input'))
  }

  beforeEach(() => {
    localStorage.clear()
    sessionStorage.clear()
    openPage()
  })
  afterEach(() => void vi.useRealTimers())

  test('claims with Edit, opens when that is granted, and gives the page up with Save', () => {
    press('Edit')
    expect(presence.setIsEditing).toHaveBeenLastCalledWith(true)
    expect(area()).toBeNull()
    granted(7)
    expect(area()!.value).toBe('The first text.')
    type('The second text.')
    press('Save')

    expect(presence.setIsEditing).toHaveBeenLastCalledWith(false)
    expect(area()).toBeNull()
    expect(shown()).toBe('The second text.')
    expect(document.querySelector('.notice')!.textContent).toContain('it is 7')
  })

  test('waits in line, and opens by itself when it is promoted', () => {
    press('Edit')
    waiting(2)
    expect(banner()).toContain('Bob is editing. You are number 2 in line')
    expect(area()).toBeNull()
    granted(8)

    expect(area()).not.toBeNull()
    expect(banner()).toBe('')
  })

  test('keeps what was typed when the page is lost, and saves it when it is back', () => {
    granted(7)
    type('Mine.')
    waiting()
    expect(area()!.value).toBe('Mine.')
    expect(banner()).toContain('Bob has the page now')
    press('Save')
    expect(presence.setIsEditing).not.toHaveBeenCalled()
    granted(9)
    press('Save')

    expect(shown()).toBe('Mine.')
  })

  test('opens the draft again after a reload that kept the page', () => {
    granted(7)
    type('Half a sen')
    openPage()
    granted(7)

    expect(area()!.value).toBe('Half a sen')
  })

  test('offers the draft after Cancel, until it is discarded', () => {
    granted(7)
    type('Never mind.')
    press('Cancel')
    expect(banner()).toContain('a draft of yours')
    expect(shown()).toBe('The first text.')
    press('Discard')

    expect(banner()).toBe('')
    granted(8)
    expect(area()!.value).toBe('The first text.')
  })

  test('keeps the text open when the session ends, and says where to sign in', () => {
    granted(7)
    type('Mine.')
    hear({ status: 'signed-out', self: undefined, viewers: [], editing: undefined })

    expect(area()!.value).toBe('Mine.')
    expect(document.querySelector('.banner a')!.getAttribute('href')).toBe(`/login?to=${location.pathname}`)
  })

  test('is calm about a short break, and speaks after 5 s', () => {
    vi.useFakeTimers()
    hear({ status: 'reconnecting' })
    vi.advanceTimersByTime(4_999)
    expect(banner()).toBe('')
    vi.advanceTimersByTime(1)
    expect(banner()).toContain('out of reach')
    hear({})

    expect(banner()).toBe('')
  })

  test('says when the other editor is the same user in another tab', () => {
    hear({ editorUserId: 'a', viewers: [{ ...alice, tabCount: 2 }] })
    expect(banner()).toBe('You are editing this page in another tab.')
  })
})
