/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SavedPage } from '../demo/backend.js'
import { editor, type Editor } from '../demo/editor.js'
import { pages } from '../demo/pages.js'
import { toNodes, toText } from '../demo/prose.js'
import { merged, partOf, sectionsOf, withPart } from '../demo/sections.js'
import '../src/lease.js'
import type { PresenceLease } from '../src/core/lease.js'
import type { createRescue } from '../src/rescue.js'
import type { PresenceSelf } from '../src/core/protocol.js'
import { idleState, type Presence, type PresenceState } from '../src/core/presence.js'
import { settled } from './browser.js'

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

  test('says where it is saved', () => {
    const html = readFileSync('demo/docs/welcome/index.html', 'utf8').replace(/\s+/g, ' ')

    expect(html).toContain('it is saved for everybody who reads this page')
    expect(html).not.toContain('nowhere else')
  })

  test('may be anything', () => {
    for (const text of ['', '```', '```\nopen', '##', '- ', '## \n- \n\n\n', 'a\r\nb'])
      expect(() => toNodes(text)).not.toThrow()
  })
})

describe('the sections of a text', () => {
  const text = 'Before.\n\n## One\n\nFirst.\n\n```\n## no heading\n```\n\n## One\n\n- a\n- b\n\n## Ünï & co'

  test('stand under their headings, by names that are theirs alone', () => {
    expect(sectionsOf(text)).toEqual([
      { id: 'one', title: 'One', text: 'First.\n\n```\n## no heading\n```' },
      { id: 'one-2', title: 'One', text: '- a\n- b' },
      { id: 'ünï-co', title: 'Ünï & co', text: '' },
    ])
    expect(partOf(text, undefined)).toBe(text)
    expect(partOf(text, 'two')).toBeUndefined()
  })

  test('change one by one', () => {
    const changed = withPart(text, 'one', 'Other.')

    expect(partOf(changed, 'one')).toBe('Other.')
    expect(withPart(changed, 'one', partOf(text, 'one')!)).toBe(text)
    expect(withPart(text, 'two', 'Lost?')).toBe(text)
  })

  test('changed by two are put together, unless both have changed one, or headings are others', () => {
    const mine = withPart(text, 'one', 'Mine.')
    const theirs = withPart(withPart(text, 'one-2', 'Theirs.'), 'ünï-co', 'New.')
    expect(merged(text, mine, theirs)).toBe(withPart(theirs, 'one', 'Mine.'))
    expect(merged(text, text, theirs)).toBe(theirs)
    expect(merged(text, mine, mine)).toBe(mine)
    expect(merged(text, mine, withPart(text, 'one', 'Theirs.'))).toBeUndefined()
    expect(merged(text, mine, `${theirs}\n\n## More\n\nMore.`)).toBeUndefined()
    expect(merged('A', 'A', 'B')).toBeUndefined()
  })

  test.each(pages)('of $path put together are the page', ({ path }) => {
    const html = readFileSync(`demo${path}index.html`, 'utf8')
    const page = document.createElement('div')
    page.innerHTML = html.slice(html.indexOf('<article>'), html.indexOf('</article>'))
    const whole = toText(page.querySelector('.prose')!)

    for (const { id, text } of sectionsOf(whole)) expect(withPart(whole, id, text)).toBe(whole)
  })
})

/** What the browser keeps, by section, from one document to the next. */
const kept = new Map<string, { text: string; revision: string; keptAt: number }>()

const rescueInMemory: typeof createRescue = ({ section = '' }) => ({
  keep: (text, revision) => void kept.set(section, { text, revision: String(revision), keptAt: Date.now() }),
  async found(saved) {
    const found = kept.get(section)
    if (!found || found.text === saved.text) return undefined
    return { ...found, ...(found.revision !== String(saved.revision) && { savedSince: saved }) }
  },
  saved: async () => void kept.delete(section),
  discard: async () => void kept.delete(section),
  problem: () => undefined,
  stop: async () => undefined,
})

describe('the editor', () => {
  let state: PresenceState
  let self: PresenceSelf
  let listeners: (() => void)[]
  let presence: Presence
  let stored: SavedPage
  /** The demo's backend: what it says to the next save; undefined saves. */
  let refusal: { status: number; body: unknown } | undefined
  /** The same for the next opening, and the fences under which texts were opened. */
  let unopened: { status: number; body: unknown } | undefined
  let opened: number[]
  let editing: Editor
  let saves: Record<string, unknown>[]
  let isKept = true

  const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })

  async function backend(_: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const { 'Presence-Fence': fence, 'If-Match': revision } = (init.headers ?? {}) as Record<string, string>
    if (init.method === 'POST' && isKept) {
      opened.push(Number(fence))
      if (unopened) return json(unopened.status, unopened.body)
      return json(200, { page: stored, revision: stored.version })
    }
    if (init.method !== 'PUT') return isKept ? json(200, stored) : json(404, {})
    const save: Record<string, unknown> = {
      ...(JSON.parse(String(init.body)) as object),
      fence: Number(fence),
      base: Number(revision!.slice(1, -1)),
    }
    saves.push(save)
    if (refusal) return json(refusal.status, refusal.body)
    const overwrote = save.verify
      ? undefined
      : stored.saved.find(({ version }) => version > Number(save.base))
    bobSaves(String(save.text), save.section as string | undefined, alice)
    return json(200, { page: stored, ...(overwrote && { overwrote }) })
  }

  function bobSaves(text: string, section?: string, by: { id: string; name: string } = bob) {
    const version = stored.version + 1
    const others = section === undefined ? [] : stored.saved.filter((one) => one.section !== section)
    const where = section === undefined ? {} : { section }
    stored = { version, saved: [...others, { ...where, text, version, fence: version, by }] }
  }

  /* What the service would answer; the wish alone is the page's own. */
  async function hear(change: Partial<PresenceState>) {
    state = { ...state, status: 'live', self, viewers: [alice, bob], ...change }
    state = { ...state, editor: state.viewers.find(({ id }) => id === state.editorUserId) }
    for (const listener of listeners) listener()
    await settled()
  }

  async function holds(lease: PresenceLease, change: Partial<PresenceState> = {}) {
    const isEditing = lease.status !== 'idle' && lease.status !== 'lost'
    const editorUserId = 'fence' in lease ? 'a' : 'b'
    await hear({ isEditing, ...(lease.status !== 'idle' && { editorUserId }), lease, ...change })
  }

  /* As the client does it: the text is opened before the lease is told to be held. */
  async function granted(fence: number, more: Partial<Extract<PresenceLease, { fence: number }>> = {}) {
    await holds({ status: 'opening', fence, ...more })
    const { pagePath, section } = state
    const { signal } = new AbortController()
    try {
      await editing.open({ pagePath, ...(section !== undefined && { section }), fence, signal })
      await holds({ status: 'held', fence, ...more })
    } catch (error) {
      const problem = { status: 0, title: '', ...(error as object) }
      await hear({ isEditing: false, editing: undefined, lease: { status: 'lost', problem } })
    }
  }
  const waiting = (more: Partial<Extract<PresenceLease, { status: 'waiting' }>> = {}) =>
    holds({ status: 'waiting', position: 1, editor: bob, ...more })
  const lost = () => holds({ status: 'lost', successor: bob })

  async function openPage(section?: string) {
    listeners = []
    state = { ...idleState(location.pathname), section }
    const done = () => Promise.resolve(undefined)
    presence = {
      subscribe: (listener) => {
        listeners.push(listener)
        return () => undefined
      },
      getSnapshot: () => state,
      setIsEditing: vi.fn(
        (isEditing: boolean) => void hear({ isEditing, editing: undefined, lease: { status: 'idle' } }),
      ),
      requestEdit: vi.fn(done),
      handOver: vi.fn(async () => {
        await lost()
        return undefined
      }),
      keep: vi.fn(done),
      takeOver: vi.fn(done),
      typing: vi.fn(),
      saved: vi.fn(),
      setSection: vi.fn((next: string | undefined) => void hear({ section: next })),
      setIsListed: vi.fn(),
      setPagePath: vi.fn(),
      refresh: vi.fn(),
      stop: vi.fn(),
    }
    const prose = proseOf(...toNodes('The first text.\n\n## Part one\n\nOne.\n\n## Part two\n\nTwo.'))
    prose.className = 'prose'
    document.body.replaceChildren(prose)
    editing = editor(presence, prose, rescueInMemory)
    prose.before(editing.element)
    await hear({})
  }

  const area = () => document.querySelector('textarea')
  const lease = () => document.querySelector('page-lease')!.shadowRoot!
  const banner = () => lease().querySelector('[part=words]')?.textContent ?? ''
  const problem = () => lease().querySelector('[part=problem]')?.textContent ?? ''
  const hint = () => document.querySelector('#hint')!.textContent
  const notice = () => document.querySelector('.notice')!.textContent
  const said = () => [...lease().querySelectorAll('.said')].map((one) => one.textContent).join('')
  const shown = () => document.querySelector('.prose')!.textContent
  const buttons = () =>
    [document, lease()].flatMap((root) =>
      [...root.querySelectorAll<HTMLButtonElement>('button, .actions > a')].filter(({ hidden }) => !hidden),
    )
  const find = (label: string) =>
    buttons().find((button) => (button.getAttribute('aria-label') ?? button.textContent) === label)
  async function press(label: string) {
    // Nobody presses a button that has just come.
    await vi.advanceTimersByTimeAsync(500)
    find(label)!.click()
    await settled()
    await settled()
  }
  const type = (text: string) => {
    area()!.value = text
    area()!.dispatchEvent(new Event('input'))
  }

  beforeEach(async () => {
    vi.useFakeTimers()
    self = alice
    sessionStorage.clear()
    kept.clear()
    stored = { version: 0, saved: [] }
    refusal = undefined
    unopened = undefined
    opened = []
    saves = []
    isKept = true
    vi.stubGlobal('fetch', backend)
    await openPage()
  })
  afterEach(() => void vi.useRealTimers())

  const first = 'The first text.\n\n## Part one\n\nOne.\n\n## Part two\n\nTwo.'

  test('claims with Edit, opens when that is granted, and gives the page up with Save', async () => {
    expect(presence.setIsEditing).not.toHaveBeenCalled()
    await press('Edit')
    expect(presence.setIsEditing).toHaveBeenLastCalledWith(true)
    expect(area()).toBeNull()
    await granted(7)
    expect(area()!.value).toBe(first)
    type('The second text.')
    expect(presence.typing).toHaveBeenCalled()
    await press('Save')

    expect(saves).toEqual([{ text: 'The second text.', fence: 7, base: 0, verify: true }])
    expect(presence.setIsEditing).toHaveBeenLastCalledWith(false)
    expect(area()).toBeNull()
    expect(shown()).toBe('The second text.')
    expect(notice()).toContain('Saved under fence 7')
  })

  test('opens the text as others have saved it up to then', async () => {
    bobSaves('What Bob wrote.')
    await granted(8)

    expect(area()!.value).toBe('What Bob wrote.')
  })

  // A save is under exactly the fence and over exactly the revision of what was opened.
  test('opens the text under each new fence, and saves over the revision that it has read', async () => {
    bobSaves('What Bob wrote.')
    await granted(8)
    type('More.')
    await press('Save')

    expect(opened).toEqual([8])
    expect(saves).toMatchObject([{ fence: 8, base: 1 }])
  })

  test('says why a text was not opened, and tries again', async () => {
    unopened = { status: 409, body: { title: 'Conflict', detail: 'Bob has it.', reason: 'lost' } }
    await granted(8)
    expect(area()).toBeNull()
    expect(banner()).toContain('The text could not be read just now, so it was not opened: Bob has it.')
    unopened = undefined
    await press('Continue')
    await granted(9)

    expect(area()!.value).toBe(first)
    expect(banner()).toBe('')
  })

  // W5
  test('saves what is typed before somebody takes the page over, and is done', async () => {
    await granted(7)
    type('Mine.')
    await holds({ status: 'held', fence: 7, requestedBy: bob, yieldAt: Date.now() + 5_000 })
    expect(banner()).toContain(
      'Bob takes this page over, in 0:05. What you typed is saved first, if that is possible.',
    )
    expect(find('Keep')).toBeUndefined()
    await editing.beforeLoss()
    expect(saves).toMatchObject([{ text: 'Mine.', fence: 7, verify: true }])
    expect(presence.saved).toHaveBeenCalled()
    expect(area()).not.toBeNull()
    await lost()

    expect(area()).toBeNull()
    expect(notice()).toBe('Your text was saved, and then handed over to Bob.')
    expect(presence.setIsEditing).toHaveBeenLastCalledWith(false)
  })

  // W5
  test('keeps open what was typed after that', async () => {
    await granted(7)
    type('Mine.')
    const saving = editing.beforeLoss()
    type('Mine, and more.')
    await saving
    expect(presence.saved).not.toHaveBeenCalled()
    await lost()

    expect(area()!.value).toBe('Mine, and more.')
    expect(banner()).toContain('Bob has this page now. Every word of yours is still here.')
  })

  // W5
  test('gives nothing away when that save is refused, or would hide what the user has not seen', async () => {
    await granted(7)
    type('Mine.')
    refusal = { status: 412, body: { reason: 'changed', editor: { id: 'b', name: 'Bob' } } }
    await expect(editing.beforeLoss()).rejects.toThrow()
    refusal = undefined
    bobSaves('What a script wrote.')
    await lost()
    await granted(9)
    await expect(editing.beforeLoss()).rejects.toThrow()

    expect(saves).toHaveLength(1)
    expect(area()!.value).toBe('Mine.')
  })

  // W5
  test('does not send twice what is being saved already', async () => {
    await granted(7)
    type('Mine.')
    find('Save')!.click()
    await editing.beforeLoss()

    expect(saves).toHaveLength(1)
  })

  test('asks before it takes over, and says how long the other may save', async () => {
    self = { ...alice, canTakeOver: true }
    await waiting()
    await press('Take over')
    expect(presence.takeOver).not.toHaveBeenCalled()
    expect(banner()).toContain(
      'Take this page from Bob? What was typed there is saved first, if that is possible.',
    )
    await press('Leave it to them')
    expect(banner()).toContain('Bob is editing this page, and you are next.')
    await press('Take over')
    await press('Yes, take over')
    expect(presence.takeOver).toHaveBeenCalledExactlyOnceWith()
    await waiting({ position: 0, requestedBy: alice, yieldAt: Date.now() + 5_000 })

    expect(banner()).toContain('Bob may save what was typed. Then this page is yours, in 0:05.')
  })

  // R7: two clicks on one point, of which the first takes the button away and brings another there.
  test('a double click asks, and takes nothing over', async () => {
    self = { ...alice, canTakeOver: true }
    await waiting()
    await press('Ask for the page')
    await waiting({ requestedBy: alice, deadline: Date.now() + 60_000 })
    await vi.advanceTimersByTimeAsync(250)
    for (const button of buttons()) button.click()
    await settled()

    expect(presence.requestEdit).toHaveBeenCalledOnce()
    expect(presence.takeOver).not.toHaveBeenCalled()
    expect(presence.setIsEditing).not.toHaveBeenCalled()
    expect(find('Take over')).toBeDefined()
  })

  test('offers to take over to nobody who may not', async () => {
    await waiting()

    expect(find('Take over')).toBeUndefined()
  })

  test('says when who got the page after us is done with it', async () => {
    await granted(7)
    type('Mine.')
    await lost()
    expect(banner()).toContain('Bob has this page now.')
    await hear({ editorUserId: undefined })

    expect(banner()).toContain(
      'Bob got this page after you, and it is free again. Every word of yours is still here.',
    )
    expect(find('Continue')).toBeDefined()
  })

  test('waits in line, and opens by itself when it is promoted', async () => {
    await press('Edit')
    await waiting({ position: 2 })
    expect(banner()).toContain('Bob is editing this page, and you are number 2 in line.')
    expect(area()).toBeNull()
    await granted(8)

    expect(area()).not.toBeNull()
    expect(banner()).toBe('')
  })

  test('asks for the page, and counts down to the answer', async () => {
    await waiting()
    expect(banner()).toContain(
      'Bob is editing this page, and you are next. The text opens by itself when it is your turn.',
    )
    await press('Ask for the page')
    expect(presence.requestEdit).toHaveBeenCalled()
    await waiting({ requestedBy: alice, deadline: Date.now() + 60_000 })

    expect(banner()).toContain('You have asked Bob for this page. Without an answer it is yours in 1:00.')
    expect(find('Ask for the page')).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1_500)
    expect(banner()).toContain('in 0:59.')
    expect(said()).toContain('in 1:00.')
  })

  test('says when the editor keeps the page, and when it can be asked for again', async () => {
    await waiting({ canRequestAt: Date.now() + 2_000 })
    expect(banner()).toContain('Bob keeps this page for now, and you are next. You can ask again in 0:02.')
    expect(find('Ask for the page')).toBeUndefined()
    await vi.advanceTimersByTimeAsync(3_000)

    expect(find('Ask for the page')).toBeDefined()
  })

  test('takes over, or says that the account may not', async () => {
    self = { ...alice, canTakeOver: true }
    await waiting()
    vi.mocked(presence.takeOver).mockResolvedValueOnce({ status: 403, title: 'Forbidden' })
    await press('Take over')
    await press('Yes, take over')

    expect(problem()).toContain('not allowed to take over')
    expect(find('Take over')).toBeUndefined()
  })

  test('tells the holder who asks, and keeps the page', async () => {
    await granted(7)
    await holds({ status: 'held', fence: 7, requestedBy: bob, deadline: Date.now() + 60_000 })
    expect(banner()).toContain('Bob asks for this page. Without an answer it goes there in 1:00.')
    expect(said()).toContain('Bob asks for this page')
    expect(find('Save and hand over')).toBeUndefined()
    await press('Keep')

    expect(presence.keep).toHaveBeenCalled()
    expect(area()).not.toBeNull()
  })

  test('does not take the focus from whoever types when somebody asks or takes over', async () => {
    await granted(7)
    area()!.focus()
    await holds({ status: 'held', fence: 7, requestedBy: bob, deadline: Date.now() + 60_000 })
    expect(document.activeElement).toBe(area())
    await lost()

    expect(document.activeElement).toBe(area())
  })

  test('hands over what was saved, and is done', async () => {
    await granted(7)
    type('Mine.')
    await holds({ status: 'held', fence: 7, requestedBy: bob, deadline: Date.now() + 60_000 })
    await press('Save and hand over')

    expect(saves).toMatchObject([{ text: 'Mine.', fence: 7, verify: true }])
    expect(presence.handOver).toHaveBeenCalled()
    expect(area()).toBeNull()
    expect(notice()).toContain('Handed over to Bob')
  })

  test('hands over without saving, and keeps what was typed', async () => {
    await granted(7)
    type('Mine.')
    await holds({ status: 'held', fence: 7, requestedBy: bob, deadline: Date.now() + 60_000 })
    await press('Hand over')

    expect(saves).toEqual([])
    expect(area()!.value).toBe('Mine.')
    expect(banner()).toContain('Bob has this page now. Every word of yours is still here.')
  })

  test('keeps what was typed when the page is lost, and can save nothing', async () => {
    await granted(7)
    type('Mine.')
    await lost()
    expect(area()!.value).toBe('Mine.')
    expect(said()).toContain('Bob has this page now')
    expect(find('Save')!.disabled).toBe(true)
    area()!.dispatchEvent(new KeyboardEvent('keydown', { key: 's', ctrlKey: true, bubbles: true }))
    await settled()

    expect(saves).toEqual([])
  })

  test('saves it after all when the page is back, and nobody has changed it meanwhile', async () => {
    await granted(7)
    type('Mine.')
    await lost()
    await granted(9)
    await press('Save')

    expect(saves).toMatchObject([{ text: 'Mine.', fence: 9, base: 0 }])
    expect(shown()).toBe('Mine.')
  })

  test('a lost lease and a new one show that the text has changed meanwhile, and save nothing over it', async () => {
    await granted(7)
    type('Mine.')
    await lost()
    bobSaves('What Bob wrote.')
    await granted(9)

    expect(area()!.value).toBe('Mine.')
    expect(banner()).toContain('Bob saved another text after you began yours.')
    expect(find('Save')!.disabled).toBe(true)
    await press('Use theirs')
    expect(area()!.value).toBe('What Bob wrote.')
    expect(banner()).toBe('')
  })

  test('saves over a text that changed only when the user has seen that, and says so', async () => {
    await granted(7)
    type('Mine.')
    await lost()
    bobSaves('What Bob wrote.')
    await granted(9)
    await press('Save mine instead')

    expect(saves).toMatchObject([{ text: 'Mine.', fence: 9, base: 1, verify: true }])
  })

  test('a draft of before a reload is held against what was saved meanwhile', async () => {
    await granted(7)
    type('Mine.')
    bobSaves('What Bob wrote.')
    await openPage()
    await granted(9)

    expect(area()!.value).toBe('Mine.')
    expect(banner()).toContain('Bob saved another text after you began yours.')
  })

  test('a save that the backend refuses leaves the text where it is, and says who has the page', async () => {
    await granted(7)
    type('Mine.')
    refusal = { status: 409, body: { reason: 'lost', editor: { id: 'b', name: 'Bob' } } }
    await press('Save')

    expect(notice()).toContain(
      'Not saved: Bob has opened this text after you, so the backend refused your fence 7.',
    )
    expect(area()!.value).toBe('Mine.')
    expect(vi.mocked(presence.setIsEditing).mock.calls).toEqual([[false], [true]])
    refusal = undefined
    bobSaves('One, by Bob.', 'part-one')
    await granted(9)
    expect(banner()).toContain('Bob saved another text after you began yours.')
    expect(area()!.value).toBe('Mine.')
  })

  test('a save of which nobody knows what became leaves the text where it is', async () => {
    await granted(7)
    type('Mine.')
    refusal = { status: 503, body: { detail: 'No store.' } }
    await press('Save')

    expect(notice()).toBe('Not saved: No store. Your text stays as it is.')
    expect(area()!.value).toBe('Mine.')
  })

  test('what is typed while a save is under way stays open', async () => {
    await granted(7)
    type('One word')
    find('Save')!.click()
    type('One word more')
    await settled()

    expect(saves).toMatchObject([{ text: 'One word' }])
    expect(area()!.value).toBe('One word more')
    await press('Save')
    expect(saves.at(-1)).toMatchObject({ text: 'One word more', base: 1 })
  })

  test('without the check a late save goes through, and says what it has destroyed', async () => {
    await granted(7)
    type('Mine.')
    await lost()
    bobSaves('What Bob wrote.')
    document.querySelector<HTMLInputElement>('#check')!.click()
    document.querySelector('#check')!.dispatchEvent(new Event('change'))
    await settled()
    await press('Save')

    expect(saves).toMatchObject([{ text: 'Mine.', fence: 7, base: 0, verify: false }])
    expect(notice()).toContain('over what Bob had saved: “What Bob wrote.” That text is lost.')
  })

  test('saving waits while nobody can say whether the page still is the holder’s', async () => {
    await granted(7)
    type('Mine.')
    await hear({ isEditing: true, lease: { status: 'lost' } })
    expect(banner()).toContain('It is not certain that this page is still yours')
    expect(find('Save')!.disabled).toBe(true)
    await granted(7)

    expect(find('Save')!.disabled).toBe(false)
    expect(banner()).toBe('')
  })

  test('a section is edited by itself, with a lease and a text of its own', async () => {
    await press('Edit section “Part one”')
    expect(presence.setSection).toHaveBeenLastCalledWith('part-one')
    await granted(3)
    await hear({ editorUserId: undefined, sections: [{ section: 'part-one', editorUserId: 'a' }] })
    expect(area()!.value).toBe('One.')
    expect(document.querySelector('.part.edited h2')!.textContent).toBe('Part one')
    // The heading right above says the same.
    expect(document.querySelector('label[for=area]')!.className).toBe('said')
    expect(shown()).toContain('Two.')
    type('One, changed.')
    bobSaves('Two, changed.', 'part-two')
    await press('Save')

    expect(saves).toMatchObject([{ text: 'One, changed.', section: 'part-one', fence: 3 }])
    expect(shown()).toContain('One, changed.')
    expect(shown()).toContain('Two, changed.')
    expect(presence.setSection).toHaveBeenLastCalledWith(undefined)
  })

  test('a section that somebody edits has a ring, a name and dots', async () => {
    const typing = { ...bob, section: 'part-two', typing: true as const }
    await hear({ viewers: [alice, typing], sections: [{ section: 'part-two', editorUserId: 'b' }] })
    const part = document.querySelector('.part.edited')!

    expect(part.querySelector('h2')!.textContent).toBe('Part two')
    expect(part.querySelector('.chip')!.textContent).toBe('Bob is editing')
    expect(part.querySelector('.dots')!.getAttribute('aria-label')).toBe('typing')
    expect(find('Wait to edit section “Part two”')).toBeDefined()
    await hear({ sections: [], viewers: [alice, bob] })
    expect(document.querySelector('.part.edited')).toBeNull()
  })

  test('drafts of the page and of a section do not write over one another', async () => {
    await granted(7)
    type('All of it.')
    await press('Cancel')
    await press('Edit section “Part one”')
    await granted(8)
    type('A part.')
    await press('Cancel')
    await press('Continue')
    await granted(9)
    expect(area()!.value).toBe('A part.')
    await press('Cancel')
    await press('Discard')
    await press('Continue')
    await granted(10)

    expect(area()!.value).toBe('All of it.')
  })

  test('opens the draft again after a reload that kept the page', async () => {
    await granted(7)
    type('Half a sen')
    await openPage()
    await granted(7)

    expect(area()!.value).toBe('Half a sen')
  })

  // W8
  test('offers what the browser has kept when the tab has no draft, with what was saved since', async () => {
    await granted(7)
    type('Half a sentence')
    sessionStorage.clear()
    bobSaves('What Bob wrote.')
    await openPage()
    await granted(9)
    expect(banner()).toMatch(/This is yours of .*, and was never saved. Since then Bob saved the text below./)
    expect(lease().querySelector('blockquote')!.textContent).toBe('Half a sentence')
    expect(area()!.value).toBe('What Bob wrote.')
    await press('Go on with it')
    expect(banner()).toBe('')
    expect(area()!.value).toBe('Half a sentence')
    await press('Save')

    expect(saves).toMatchObject([{ text: 'Half a sentence', fence: 9, base: 1 }])
    expect(kept.size).toBe(0)
  })

  // W8
  test('forgets it when the user does not want it, and with a draft that is discarded', async () => {
    kept.set('', { text: 'Half a sentence', revision: '0', keptAt: 0 })
    await granted(7)
    expect(banner()).toContain('and was never saved.')
    await press('Discard it')
    expect(banner()).toBe('')
    expect(kept.size).toBe(0)
    type('Never mind.')
    expect(kept.size).toBe(1)
    await press('Cancel')
    await press('Discard')
    await settled()

    expect(kept.size).toBe(0)
  })

  test('offers the draft after Cancel, until it is discarded', async () => {
    await granted(7)
    type('Never mind.')
    await press('Cancel')
    expect(banner()).toContain('a draft of yours')
    expect(shown()).toContain('The first text.')
    await press('Discard')

    expect(banner()).toBe('')
    await granted(8)
    expect(area()!.value).toBe(first)
  })

  test('keeps the text open when the session ends, and says where to sign in', async () => {
    await granted(7)
    type('Mine.')
    await hear({ status: 'signed-out', self: undefined, viewers: [], lease: { status: 'lost' } })

    expect(area()!.value).toBe('Mine.')
    expect(banner()).toContain('Every word of yours is still here.')
    expect(find('Sign in again')).toBeDefined()
  })

  test('is calm about a short break, and speaks after 5 s', async () => {
    await hear({ status: 'reconnecting' })
    vi.advanceTimersByTime(4_999)
    expect(banner()).toBe('')
    vi.advanceTimersByTime(1)
    expect(banner()).toContain('out of reach')
    await hear({})

    expect(banner()).toBe('')
  })

  test('says when the other editor is the same user in another tab', async () => {
    await hear({ editorUserId: 'a', viewers: [{ ...alice, tabCount: 2 }] })
    expect(banner()).toBe('You are editing this page in another tab.')
  })

  // A6: a page that is withdrawn, and one that may not be edited.
  test('keeps the text open when the page is withdrawn, and says so', async () => {
    await press('Edit')
    await granted(7)
    type('mine')
    await hear({ status: 'forbidden', isEditing: false, lease: { status: 'lost', forbidden: true } })

    expect(area()!.value).toBe('mine')
    expect(banner()).toContain('This page is not open to you')
    expect(banner()).toContain('Every word of yours is still here.')
    await press('Close, and keep a draft')
    expect(area()).toBeNull()
    await hear({ status: 'forbidden' })
    expect(document.querySelector<HTMLElement>('.editor > button')!.hidden).toBe(true)
    expect([...document.querySelectorAll<HTMLElement>('.part button')].every(({ hidden }) => hidden)).toBe(
      true,
    )
  })

  test('keeps it when only the right to edit is', async () => {
    await press('Edit')
    await granted(7)
    type('mine')
    await hear({ isEditing: false, lease: { status: 'lost', forbidden: true } })

    expect(area()!.value).toBe('mine')
    expect(banner()).toContain('You may not edit this page any more.')
  })

  test('says that the user may not edit, and does not offer it again', async () => {
    await press('Edit')
    await hear({ isEditing: false, lease: { status: 'forbidden' } })

    expect(banner()).toContain('You may read this page, and not edit it.')
    expect(document.querySelector<HTMLElement>('.editor > button')!.hidden).toBe(true)
    expect(area()).toBeNull()
  })

  // A7: nobody has a name here.
  test('waits for somebody, is asked by somebody, and loses to somebody', async () => {
    await hear({ level: 'count', isEdited: true, viewerCount: 2 })
    expect(banner()).toContain('Somebody is editing here.')
    await press('Wait to edit')
    await hear({ isEditing: true, lease: { status: 'waiting', position: 1 } })
    expect(banner()).toContain('Someone is editing this page, and you are next.')
    await granted(9)
    await hear({
      lease: { status: 'held', fence: 9, deadline: Date.now() + 59_000 },
      editorUserId: undefined,
    })
    expect(banner()).toContain('Someone asks for this page. Without an answer it goes there in 0:59.')
    await hear({ isEditing: false, lease: { status: 'lost' } })

    expect(banner()).toContain('This page is not yours any more: somebody else has it')
    expect(document.body.textContent).not.toContain('undefined')
  })

  test('calls people by their initials', async () => {
    const editor = { id: 'k1', name: '', initials: 'BS', tabCount: 1 }
    await hear({ level: 'initials', viewers: [editor], editor, editorUserId: 'k1', isEdited: true })

    expect(banner()).toContain('Someone (BS) is editing this page.')
  })

  // Each sentence below the text is true in its state, and says what the user can do.
  test.each<[string, () => Promise<unknown>, string]>([
    ['held', async () => undefined, 'The page is yours, under fence 7.'],
    [
      'asked for',
      () => holds({ status: 'held', fence: 7, requestedBy: bob, deadline: Date.now() + 60_000 }),
      'Bob asks for the page: answer above.',
    ],
    [
      'taken over',
      () => holds({ status: 'held', fence: 7, requestedBy: bob, yieldAt: Date.now() + 5_000 }),
      'Bob takes the page over.',
    ],
    ['waiting', waiting, 'Bob has the page. You can go on typing, and save when it is your turn.'],
    ['lost', lost, 'The page is not yours any more. You can go on typing, and save when you have it again.'],
    [
      'not certain',
      () => hear({ isEditing: true, lease: { status: 'lost' } }),
      'It is not certain that the page is still yours, so saving waits.',
    ],
    [
      'signed out',
      () => hear({ status: 'signed-out', lease: { status: 'lost' } }),
      'You are signed out. You can go on typing, and save when you are signed in.',
    ],
    [
      'not open',
      () => hear({ status: 'forbidden', isEditing: false, lease: { status: 'lost', forbidden: true } }),
      'This page is not open to you, so the page cannot be saved.',
    ],
    [
      'not to be edited',
      () => hear({ isEditing: false, lease: { status: 'lost', forbidden: true } }),
      'You may not edit this page any more.',
    ],
    ['asking', () => hear({ isEditing: true, lease: { status: 'idle' } }), 'We ask for the page.'],
  ])('says below the text why it can be saved or not: %s', async (_, arrive, expected) => {
    await granted(7)
    type('Mine.')
    await arrive()

    expect(hint()).toBe(`${expected} A blank line parts paragraphs, - starts a list.`)
    expect(find('Save')!.disabled).toBe(!/yours, under|answer above|takes the page/.test(expected))
  })

  test('says to the own other tab what it is, and asks it in words that are right', async () => {
    await waiting({ editor: alice })
    expect(banner()).toContain('Your other tab is editing this page, and you are next.')
    await waiting({ editor: alice, requestedBy: alice, deadline: Date.now() + 60_000 })

    expect(banner()).toBe(
      'You have asked your other tab for this page. Without an answer it is yours in 1:00.',
    )
  })

  test('offers what is true after a section was given up: the page', async () => {
    await press('Edit section “Part one”')
    await granted(3)
    await press('Cancel')
    await hear({ editorUserId: 'b' })

    expect(banner()).toBe('Bob is editing this page.')
    expect(find('Ask for the page')).toBeDefined()
    expect(find('Ask for the section')).toBeUndefined()
  })

  test('says no longer that a text is what readers see when somebody has saved another', async () => {
    await granted(7)
    type('Mine.')
    await press('Save')
    expect(notice()).toContain('for everybody who reads this page')
    bobSaves('What Bob wrote.')
    await hear({ editorUserId: 'b' })
    await settled()

    expect(notice()).toBe('')
    expect(shown()).toBe('What Bob wrote.')
  })

  // Whoever edits the page and whoever edits a section of it do not wait for one another.
  test('tells the editor of the page who edits a section of it, and the other way about', async () => {
    await granted(7)
    await hear({ sections: [{ section: 'part-one', editorUserId: 'b' }] })
    expect(banner()).toBe('Bob is editing “Part one” now.')
    await hear({ sections: [] })
    await press('Cancel')
    await press('Edit section “Part two”')
    await granted(8)
    await hear({ editorUserId: 'b', sections: [{ section: 'part-two', editorUserId: 'a' }] })

    expect(banner()).toBe('Bob is editing the whole page now.')
  })

  test('keeps what each has changed when these are different sections', async () => {
    await granted(7)
    type(first.replace('One.', 'One, by Alice.'))
    bobSaves('Two, by Bob.', 'part-two')
    await hear({ sections: [{ section: 'part-two', editorUserId: 'b' }] })
    await hear({ sections: [] })
    expect(banner()).toContain(
      'Bob saved another text after you began yours. They and you have changed different sections.',
    )
    await press('Keep both changes')
    expect(area()!.value).toBe(first.replace('One.', 'One, by Alice.').replace('Two.', 'Two, by Bob.'))
    expect(banner()).toBe('')
    await press('Save')

    expect(saves).toMatchObject([{ fence: 7, base: 1, verify: true }])
    expect(shown()).toContain('One, by Alice.')
    expect(shown()).toContain('Two, by Bob.')
  })

  test('edits nothing where the service keeps no texts', async () => {
    isKept = false
    await openPage()

    expect(notice()).toContain('copresence.demo is off')
    expect(find('Edit')).toBeUndefined()
    expect(find('Edit section “Part one”')).toBeUndefined()
  })
})
