import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import axe from 'axe-core'
import '../src/lease.js'
import type { PageLease } from '../src/lease.js'
import { definePagePresence } from '../src/ui/page-presence.js'
import type { PresenceLease, PresenceState } from '../src/index.js'
import { fakePresence, type FakePresence } from '../src/testing/fake-presence.js'

const ana = { id: 'u-ana', name: 'Ana Reis', tabCount: 1 }
const bob = { id: 'u-bob', name: 'Bob Stone', tabCount: 1 }
const chief = { ...ana, canTakeOver: true as const }

let presence: FakePresence
let lease: PageLease

beforeEach(() => {
  vi.useFakeTimers()
  vi.setSystemTime(1_000_000)
  show()
})

afterEach(() => {
  document.body.replaceChildren()
  vi.useRealTimers()
})

function show(state: Partial<PresenceState> = {}, html = '<page-lease></page-lease>') {
  document.body.innerHTML = `<main><h2 id="intro">The beginning</h2>${html}</main>`
  presence = fakePresence({ self: ana, viewers: [ana, bob], ...state })
  lease = document.querySelector('page-lease')!
  lease.presence = presence
}

const root = () => lease.shadowRoot!
const words = () => root().querySelector('[part=words]')?.textContent ?? ''
const problem = () => root().querySelector('[part=problem]')?.textContent ?? ''
const buttons = () => [...root().querySelectorAll<HTMLElement>('.actions > *')]
const labels = () => buttons().map(({ textContent }) => textContent)
const primary = () => buttons().flatMap((one) => (one.className === 'primary' ? [one.textContent] : []))
const heard = () => [...root().querySelectorAll('.said')].map((one) => one.textContent).join('')
const waiting = (more: object = {}) => {
  const waiting = { status: 'waiting', position: 1, editor: bob, ...more } as PresenceLease
  presence.set({ isEditing: true, editorUserId: bob.id, lease: waiting })
}
const held = (more: object = {}) =>
  presence.set({ isEditing: true, editorUserId: ana.id, lease: { status: 'held', fence: 7, ...more } })
const lost = (more: object = {}, state: Partial<PresenceState> = { editorUserId: bob.id }) =>
  presence.set({ isEditing: false, lease: { status: 'lost', successor: bob, ...more }, ...state })

async function press(label: string) {
  await vi.advanceTimersByTimeAsync(500)
  buttons()
    .find(({ textContent }) => textContent === label)!
    .click()
  await vi.advanceTimersByTimeAsync(0)
}

const inAMinute = () => Date.now() + 59_000

/* Each state with its words, its buttons and the one of them that most will press. */
const states: readonly [string, () => void, string, string[], string?][] = [
  ['nobody edits', () => undefined, '', []],
  [
    'waiting',
    () => waiting(),
    'Bob Stone is editing this page, and you are next.',
    ['Ask for the page', 'Stop waiting'],
    'Ask for the page',
  ],
  [
    'waiting behind others',
    () => waiting({ position: 3 }),
    'Bob Stone is editing this page, and you are number 3 in line.',
    ['Ask for the page', 'Stop waiting'],
    'Ask for the page',
  ],
  [
    'waiting for the own other tab',
    () => waiting({ editor: ana }),
    'Your other tab is editing this page, and you are next.',
    ['Ask for the page', 'Stop waiting'],
    'Ask for the page',
  ],
  [
    'waiting, of a role that may take over',
    () => {
      presence.set({ self: chief })
      waiting()
    },
    'Bob Stone is editing this page, and you are next.',
    ['Ask for the page', 'Stop waiting', 'Take over'],
    'Ask for the page',
  ],
  [
    'has asked',
    () => waiting({ requestedBy: ana, deadline: inAMinute() }),
    'You have asked Bob Stone for this page. Without an answer it is yours in 0:59.',
    ['Stop waiting'],
  ],
  [
    'has asked the own other tab',
    () => waiting({ editor: ana, requestedBy: ana, deadline: inAMinute() }),
    'You have asked your other tab for this page. Without an answer it is yours in 0:59.',
    ['Stop waiting'],
  ],
  [
    'refused',
    () => waiting({ canRequestAt: inAMinute() }),
    'Bob Stone keeps this page for now, and you are next. You can ask again in 0:59.',
    ['Stop waiting'],
  ],
  [
    'somebody else has asked',
    () => waiting({ position: 2, requestedBy: { id: 'c', name: 'Cleo' }, deadline: inAMinute() }),
    'Bob Stone is editing this page, and Cleo has asked before you. You are number 2 in line.',
    ['Stop waiting'],
  ],
  [
    'somebody has asked, of whom nobody says who',
    () => waiting({ editor: undefined, deadline: inAMinute() }),
    'Someone is editing, and has been asked for this page. You are next, or later if somebody else asked. ' +
      'Without an answer it goes on in 0:59.',
    ['Stop waiting'],
  ],
  [
    'taking over',
    () => waiting({ position: 0, requestedBy: ana, yieldAt: Date.now() + 5_000 }),
    'Bob Stone may save what was typed. Then this page is yours, in 0:05.',
    ['Stop waiting'],
  ],
  ['held', () => held(), '', []],
  [
    'held, and asked for',
    () => held({ requestedBy: bob, deadline: inAMinute() }),
    'Bob Stone asks for this page. Without an answer it goes there in 0:59.',
    ['Hand over', 'Keep'],
    'Hand over',
  ],
  [
    'held, and asked for from the own other tab',
    () => held({ requestedBy: ana, deadline: inAMinute() }),
    'Your other tab asks for this page. Without an answer it goes there in 0:59.',
    ['Hand over', 'Keep'],
    'Hand over',
  ],
  [
    'held, and asked for by somebody',
    () => held({ deadline: inAMinute() }),
    'Someone asks for this page. Without an answer it goes there in 0:59.',
    ['Hand over', 'Keep'],
    'Hand over',
  ],
  [
    'held, and taken over',
    () => held({ requestedBy: bob, yieldAt: Date.now() + 5_000 }),
    'Bob Stone takes this page over, in 0:05.',
    ['Hand over'],
    'Hand over',
  ],
  ['lost', () => lost(), 'Bob Stone has this page now.', ['Ask for the page', 'Close'], 'Ask for the page'],
  [
    'lost, and free again',
    () => lost({}, { editorUserId: undefined }),
    'Bob Stone got this page after you, and it is free again.',
    ['Continue', 'Close'],
    'Continue',
  ],
  [
    'taken over',
    () => {
      held({ requestedBy: bob, yieldAt: Date.now() + 5_000 })
      lost()
    },
    'Bob Stone has taken this page over.',
    ['Ask for the page', 'Close'],
    'Ask for the page',
  ],
  [
    'lost while out of touch',
    () => lost({ successor: undefined }, { editorUserId: undefined }),
    'You were out of touch, and this page was free for a while.',
    ['Continue', 'Close'],
    'Continue',
  ],
  [
    'lost to somebody',
    () => lost({ successor: undefined }, { level: 'count', editorUserId: undefined }),
    'This page is not yours any more: somebody else has it, or had it for a while.',
    ['Continue', 'Close'],
    'Continue',
  ],
  [
    'not certain',
    () => presence.set({ isEditing: true, lease: { status: 'lost' } }),
    'It is not certain that this page is still yours: the service could not be asked in time. Saving waits for its answer.',
    [],
  ],
  [
    'not opened',
    () => lost({ successor: undefined, problem: { status: 503, title: 'Down' } }),
    'The text could not be read just now, so it was not opened: Down.',
    ['Continue', 'Close'],
    'Continue',
  ],
  [
    'may not edit',
    () => presence.set({ lease: { status: 'forbidden' } }),
    'You may read this page, and not edit it.',
    [],
  ],
  ['may not edit now', () => lost({ forbidden: true }), 'You may not edit this page any more.', ['Close']],
  [
    'closed',
    () => presence.set({ status: 'forbidden' }),
    'This page is not open to you: you do not see who is here, and nobody sees you.',
    [],
  ],
  [
    'signed out',
    () => presence.set({ status: 'signed-out' }),
    'You are signed out, so nobody can see you here.',
    [],
  ],
  [
    'refused page',
    () =>
      presence.set({ status: 'refused', problem: { status: 400, title: 'Bad', detail: 'pagePath is bad.' } }),
    'The service refused this page: pagePath is bad.',
    [],
  ],
  [
    'offline',
    () => {
      presence.set({ status: 'reconnecting' })
      vi.advanceTimersByTime(5_000)
    },
    'The service is out of reach, and we keep trying. Who is here may be out of date.',
    ['Try now'],
  ],
  [
    'somebody edits a section of what is edited',
    () => {
      held()
      presence.set({ sections: [{ section: 'intro', editorUserId: bob.id }] })
    },
    'Bob Stone is editing “The beginning” now.',
    [],
  ],
  [
    'somebody edits the page around the section',
    () => {
      presence.set({ section: 'intro', sections: [{ section: 'intro', editorUserId: ana.id }] })
      held()
      presence.set({ editorUserId: bob.id })
    },
    'Bob Stone is editing the whole page now.',
    [],
  ],
]

describe('<page-lease>', () => {
  // R6, R8
  test.each(states)('%s', (_, arrive, expected, actions, first) => {
    arrive()

    expect(words()).toBe(expected)
    expect(lease.hasAttribute('empty')).toBe(expected === '')
    expect(labels()).toEqual(actions)
    expect(primary()).toEqual(first ? [first] : [])
  })

  test.each(states)('%s: is accessible, and says a section for what it is', async (_, arrive) => {
    presence.set({ section: 'intro' })
    arrive()
    vi.useRealTimers()
    const off = ['color-contrast', 'document-title', 'html-has-lang', 'page-has-heading-one']
    const rules = Object.fromEntries(off.map((rule) => [rule, { enabled: false }]))
    const { violations } = await axe.run(document, { rules })

    expect(violations.map(({ id }) => id)).toEqual([])
    expect(words()).not.toMatch(/undefined|intro/)
    if (/Ask for/.test(labels().join())) expect(labels()).toContain('Ask for the section')
  })

  test('a short break is not shown, and the end of one takes the words away', () => {
    presence.set({ status: 'reconnecting' })
    vi.advanceTimersByTime(4_999)
    expect(words()).toBe('')
    vi.advanceTimersByTime(1)
    expect(words()).toContain('out of reach')
    presence.set({ status: 'live' })

    expect(lease.hasAttribute('empty')).toBe(true)
  })

  test('counts down, and says the time once', () => {
    held({ requestedBy: bob, deadline: inAMinute() })
    expect(heard()).toBe('Bob Stone asks for this page. Without an answer it goes there in 0:59.')
    vi.advanceTimersByTime(2_000)

    expect(words()).toContain('in 0:57.')
    expect(heard()).toContain('in 0:59.')
    expect(root().querySelector('[role=alert]')!.textContent).not.toBe('')
  })

  test('leaves to <page-presence> what that says', () => {
    waiting()
    expect(heard()).toBe('Bob Stone is editing this page, and you are next.')
    show({}, '<page-presence presence></page-presence><page-lease></page-lease>')
    waiting()
    expect(heard()).toBe('')
    held({ requestedBy: bob, deadline: inAMinute() })

    expect(heard()).toContain('Bob Stone asks for this page.')
  })

  test('says that what is typed is kept, and offers to save it', async () => {
    let isSaved = false
    lease.isDirty = true
    held({ requestedBy: bob, deadline: inAMinute() })
    expect(labels()).toEqual(['Hand over', 'Keep'])
    lease.save = async () => (isSaved = !isSaved)
    expect(primary()).toEqual(['Save and hand over'])
    await press('Save and hand over')

    expect(isSaved).toBe(true)
    expect(presence.calls).toEqual([{ name: 'handOver', args: [] }])
    expect(words()).toBe('Bob Stone has this page now. What you typed is kept here.')
  })

  test.each([() => false, () => Promise.reject(new Error('full'))])(
    'hands nothing over that was not saved (%#)',
    async (save) => {
      lease.isDirty = true
      lease.save = save
      held({ requestedBy: bob, deadline: inAMinute() })
      await press('Save and hand over')

      expect(presence.calls).toEqual([])
      expect(problem()).toBe('It was not saved, and not handed over.')
    },
  )

  test('does what its buttons say', async () => {
    waiting()
    await press('Ask for the page')
    await press('Stop waiting')
    held({ requestedBy: bob, deadline: inAMinute() })
    await press('Keep')
    lost({}, { editorUserId: undefined })
    await press('Continue')
    lost()
    await press('Close')

    expect(presence.calls).toEqual([
      { name: 'requestEdit', args: [] },
      { name: 'setIsEditing', args: [false] },
      { name: 'keep', args: [] },
      { name: 'setIsEditing', args: [true] },
      { name: 'setIsEditing', args: [false] },
    ])
    expect(lease.hasAttribute('empty')).toBe(true)
  })

  test('does nothing that the page does in its own way', async () => {
    const asked = vi.fn((event: Event) => event.preventDefault())
    lease.addEventListener('leaseaction', asked)
    waiting()
    await press('Ask for the page')

    expect(asked.mock.calls[0]![0]).toMatchObject({ detail: { action: 'ask' } })
    expect(presence.calls).toEqual([])
  })

  test('asks before it takes over', async () => {
    presence.set({ self: chief })
    waiting()
    await press('Take over')
    expect(words()).toBe(
      'Take this page from Bob Stone? What was typed there is saved first, if that is possible.',
    )
    await press('Leave it to them')
    expect(words()).toContain('you are next')
    await press('Take over')
    await press('Yes, take over')

    expect(presence.calls).toEqual([{ name: 'takeOver', args: [] }])
    expect(words()).toBe('')
  })

  test('offers it no more to whom the service has refused it', async () => {
    presence.set({ self: chief })
    waiting()
    presence.refuseNext({ status: 403, title: 'Forbidden' })
    await press('Take over')
    await press('Yes, take over')

    expect(problem()).toBe('Your account is not allowed to take over.')
    expect(labels()).toEqual(['Ask for the page', 'Stop waiting'])
  })

  test.each([
    ['editor-keeps', 'Bob Stone keeps it for now.'],
    ['requested-by-other', 'Somebody else has asked before you.'],
    ['lost', 'That was not possible: Conflict.'],
  ])('says why it was not done: %s', async (reason, expected) => {
    waiting()
    presence.refuseNext({ status: 409, title: 'Conflict', reason, editor: bob })
    await press('Ask for the page')

    expect(problem()).toBe(expected)
  })

  // R7
  test('no button that has just come does anything, so that a second click is no answer', async () => {
    presence.set({ self: chief })
    waiting()
    await vi.advanceTimersByTimeAsync(500)
    const [ask, , takeOver] = buttons()
    ask!.click()
    await vi.advanceTimersByTimeAsync(250)
    // "Stop waiting" is where "Ask" was, and "Take over" where that was.
    expect(labels()).toEqual(['Stop waiting', 'Take over'])
    expect(buttons().map((one) => one.getAttribute('aria-disabled'))).toEqual(['true', 'true'])
    for (const button of [...buttons(), takeOver!]) button.click()
    await vi.advanceTimersByTimeAsync(249)
    for (const button of buttons()) button.click()
    expect(presence.calls).toEqual([{ name: 'requestEdit', args: [] }])
    await vi.advanceTimersByTimeAsync(1)

    expect(buttons().map((one) => one.getAttribute('aria-disabled'))).toEqual([null, null])
  })

  test('a button that stays where it was can be pressed at once', async () => {
    held({ requestedBy: bob, deadline: inAMinute() })
    await vi.advanceTimersByTimeAsync(500)
    held({ requestedBy: { id: 'c', name: 'Cleo' }, deadline: inAMinute() })
    expect(words()).toContain('Cleo asks')
    buttons()[1]!.click()

    expect(presence.calls).toEqual([{ name: 'keep', args: [] }])
  })

  test('the focus stays on a button that stays, and goes to the first when its own goes', () => {
    held({ requestedBy: bob, deadline: inAMinute() })
    buttons()[1]!.focus()
    held({ requestedBy: { id: 'c', name: 'Cleo' }, deadline: inAMinute() })
    expect(root().activeElement!.textContent).toBe('Keep')
    lost()

    expect(root().activeElement!.textContent).toBe('Ask for the page')
    lost({ forbidden: true })
    expect(root().activeElement!.textContent).toBe('Close')
  })

  test('shows a banner of the application where the lease needs nothing', async () => {
    const run = vi.fn()
    lease.notice = { words: 'A draft is kept.', quote: '<b>mine</b>', actions: [{ label: 'Open it', run }] }
    expect(words()).toBe('A draft is kept.')
    expect(root().querySelector('blockquote')!.textContent).toBe('<b>mine</b>')
    await press('Open it')
    expect(run).toHaveBeenCalledOnce()
    waiting()
    expect(words()).toContain('you are next')
    presence.setIsEditing(false)
    expect(words()).toBe('A draft is kept.')
    lease.notice = undefined

    expect(lease.hasAttribute('empty')).toBe(true)
  })

  test('tells readers who edits, where the page wants that', async () => {
    presence.set({ editorUserId: bob.id })
    expect(words()).toBe('')
    lease.setAttribute('readers', '')
    expect(words()).toBe('Bob Stone is editing this page.')
    expect(primary()).toEqual(['Ask for the page'])
    presence.set({ editorUserId: ana.id })
    expect(words()).toBe('')
    presence.set({ viewers: [{ ...ana, tabCount: 2 }] })
    expect(words()).toBe('You are editing this page in another tab.')
    presence.set({ level: 'count', viewers: [], editorUserId: undefined, isEdited: true })

    expect(words()).toBe('Somebody is editing here.')
  })

  test('links to where the user signs in, if there is such a place', () => {
    show({ status: 'signed-out' }, '<page-lease sign-in="/login?to=/a"></page-lease>')

    expect(labels()).toEqual(['Sign in again'])
    expect(buttons()[0]!.getAttribute('href')).toBe('/login?to=/a')
  })

  test('says names as text, and keeps their direction', () => {
    waiting({ editor: { id: 'x', name: '<img src=x> דנה' } })

    expect(root().querySelector('img')).toBeNull()
    expect(root().querySelector('bdi')!.textContent).toBe('<img src=x> דנה')
  })

  test('belongs to the page’s <page-presence>, whenever that has a presence', async () => {
    definePagePresence()
    const html = '<page-lease></page-lease><page-presence presence></page-presence><div id="other"></div>'
    document.body.innerHTML = html
    const element = document.querySelector('page-presence')!
    lease = document.querySelector('page-lease')!
    const first = fakePresence({ self: ana })
    element.presence = first
    first.set({ status: 'signed-out' })
    expect(words()).toContain('signed out')
    const second = fakePresence({ self: ana })
    element.presence = second
    second.set({ status: 'forbidden' })
    expect(words()).toContain('not open to you')
    first.set({ status: 'live' })
    expect(words()).toContain('not open to you')
    lease.setAttribute('for', 'other')

    expect(words()).toBe('')
  })

  test('does not have a <page-presence> join before that has its token', async () => {
    const readyState = vi.spyOn(document, 'readyState', 'get').mockReturnValue('interactive')
    const fetch = vi.fn(() => Promise.reject(new TypeError()))
    vi.stubGlobal('fetch', fetch)
    definePagePresence()
    document.body.innerHTML =
      '<page-presence base-url="https://presence.example"></page-presence><page-lease></page-lease>'
    await vi.advanceTimersByTimeAsync(1_000)
    expect(fetch).not.toHaveBeenCalled()
    document.querySelector('page-presence')!.token = () => 'secret'
    await vi.advanceTimersByTimeAsync(1_000)

    expect(fetch).toHaveBeenCalled()
    readyState.mockRestore()
  })

  test('speaks no more, and has no timers, once it is gone', () => {
    held({ requestedBy: bob, deadline: inAMinute() })
    lease.remove()

    expect(vi.getTimerCount()).toBeLessThanOrEqual(1)
    vi.advanceTimersByTime(500)
    expect(vi.getTimerCount()).toBe(0)
  })
})
