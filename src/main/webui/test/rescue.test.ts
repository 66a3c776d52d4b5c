import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Rescue, RescueOptions, RescueProblem } from '../src/rescue.js'
import { freshDocument, setVisible } from './browser.js'

type Module = typeof import('../src/rescue.js')

const place = { userId: 'u-ana', pagePath: '/docs/a' }
const asOpened = { text: 'Before.', revision: 6, by: 'Ana' }

let module: Module
let running: Rescue[]

/** Another document of the same browser: what is in its database stays, and nothing else. */
async function nextDocument(): Promise<void> {
  vi.resetModules()
  module = await import('../src/rescue.js')
}

function create(options: Partial<RescueOptions> = {}): Rescue {
  const rescue = module.createRescue({ ...place, ...options })
  running.push(rescue)
  return rescue
}

/** Ana typed this in a document that is gone. */
async function typed(text: string, options: Partial<RescueOptions> = {}, revision = 6): Promise<void> {
  const rescue = create(options)
  rescue.keep(text, revision)
  await rescue.stop()
  await nextDocument()
}

const isKept = async (options: Partial<RescueOptions> = {}) =>
  (await create(options).found(asOpened)) !== undefined

/** The number of texts in the database, old ones among them. */
async function countKept(): Promise<number> {
  const opening = indexedDB.open('copresence-rescue', 1)
  const database = await new Promise<IDBDatabase>((done) => (opening.onsuccess = () => done(opening.result)))
  const counting = database.transaction('texts').objectStore('texts').count()
  const count = await new Promise<number>((done) => (counting.onsuccess = () => done(counting.result)))
  database.close()
  return count
}

beforeEach(async () => {
  freshDocument()
  vi.stubGlobal('indexedDB', new IDBFactory())
  vi.stubGlobal('IDBKeyRange', IDBKeyRange)
  running = []
  await nextDocument()
})
afterEach(async () => {
  vi.useRealTimers()
  for (const rescue of running) await rescue.stop()
})

// W8: what is typed is kept in the browser until it is saved.
describe('W8: a text that was typed and not saved', () => {
  test('is found by the next document, with the moment when it was kept', async () => {
    const before = Date.now()
    await typed('Half a sentence')
    const found = await create().found(asOpened)

    expect(found).toEqual({ text: 'Half a sentence', revision: '6', keptAt: expect.any(Number) as number })
    expect(found!.keptAt).toBeGreaterThanOrEqual(before)
  })

  test('comes with what was saved since, and by whom', async () => {
    await typed('Half a sentence')
    const saved = { text: 'What Ben wrote.', revision: 7, by: 'Ben' }

    expect(await create().found(saved)).toMatchObject({ text: 'Half a sentence', savedSince: saved })
  })

  test('is of its user, page and section alone', async () => {
    await typed('Half a sentence', { section: 'intro' })

    expect(await isKept()).toBe(false)
    expect(await isKept({ section: 'intro', pagePath: '/docs/b' })).toBe(false)
    expect(await isKept({ section: 'intro', userId: 'u-ben' })).toBe(false)
    expect(await isKept({ section: 'intro' })).toBe(true)
  })

  test('is none when it is what is saved, and is none either when that changes', async () => {
    await typed('Before.')
    expect(await isKept()).toBe(false)
    await nextDocument()

    expect(await create().found({ text: 'What Ben wrote.', revision: 7 })).toBeUndefined()
  })

  test('is none to the document that types it', async () => {
    const rescue = create()
    rescue.keep('Half a sentence', 6)
    await rescue.stop()

    expect(await rescue.found(asOpened)).toBeUndefined()
  })

  test('is kept beside what another tab types, and the newest is found', async () => {
    await typed('In one tab')
    await new Promise((done) => setTimeout(done, 2))
    await typed('In another tab')
    const rescue = create()
    expect(await rescue.found(asOpened)).toMatchObject({ text: 'In another tab' })
    rescue.keep('In a third', 6)
    await rescue.stop()
    await nextDocument()
    expect(await create().found(asOpened)).toMatchObject({ text: 'In a third' })
  })

  test('is one of five at its place', async () => {
    for (let n = 0; n < 8; n++) await typed(`Text ${n}`)

    expect(await countKept()).toBe(5)
  })
})

// W8
describe('a text is written', () => {
  /** Counts what is written, in a time that is moved by hand. */
  function writes() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    return vi.spyOn(IDBObjectStore.prototype, 'put')
  }

  /** Lets the database work, whose steps need no time. */
  async function worked() {
    for (let n = 0; n < 30; n++) await new Promise((done) => setImmediate(done))
  }

  test('at most once in 2 s, and the newest at last', async () => {
    const put = writes()
    const rescue = create()
    for (let n = 0; n < 20; n++) {
      rescue.keep(`Text ${n}`, 6)
      await vi.advanceTimersByTimeAsync(250)
      await worked()
    }
    expect(put).toHaveBeenCalledTimes(3)
    await vi.advanceTimersByTimeAsync(2_000)
    await worked()

    expect(put).toHaveBeenCalledTimes(4)
    expect(put.mock.lastCall![0]).toMatchObject({ text: 'Text 19' })
  })

  test.each([
    ['is hidden', () => setVisible(false)],
    ['goes', () => window.dispatchEvent(new Event('pagehide'))],
  ])('at once when the document %s', async (_, happen) => {
    const put = writes()
    const rescue = create()
    rescue.keep('First', 6)
    await vi.advanceTimersByTimeAsync(0)
    await worked()
    rescue.keep('Last words', 6)
    happen()
    await worked()

    expect(put.mock.lastCall![0]).toMatchObject({ text: 'Last words' })
  })

  test('no more after it was stopped', async () => {
    const rescue = create()
    await rescue.stop()
    await rescue.stop()
    rescue.keep('Too late', 6)
    window.dispatchEvent(new Event('pagehide'))
    await nextDocument()

    expect(await isKept()).toBe(false)
  })
})

// W8
describe('a text is wiped', () => {
  test('by an accepted save', async () => {
    const rescue = create()
    rescue.keep('Half a sentence', 6)
    await rescue.saved('Half a sentence', 7)
    await rescue.stop()
    await nextDocument()

    expect(await isKept()).toBe(false)
  })

  test('by the save of what was found', async () => {
    await typed('Half a sentence')
    const rescue = create()
    await rescue.found(asOpened)
    await rescue.saved('Half a sentence', 7)
    await nextDocument()

    expect(await isKept()).toBe(false)
  })

  test('but not when more was typed since the save was sent: that is kept, over the new revision', async () => {
    const rescue = create()
    rescue.keep('Half a sentence, and more', 6)
    await rescue.saved('Half a sentence', 7)
    await rescue.stop()
    await nextDocument()

    expect(await create().found({ text: 'Half a sentence', revision: 7 })).toEqual({
      text: 'Half a sentence, and more',
      revision: '7',
      keptAt: expect.any(Number) as number,
    })
  })

  test('but not by the save of another tab', async () => {
    await typed('In one tab')
    const other = create()
    other.keep('In another', 6)
    await other.saved('In another', 7)
    await nextDocument()

    expect(await create().found(asOpened)).toMatchObject({ text: 'In one tab' })
  })

  test('by the user, who does not want it', async () => {
    await typed('An older one')
    await typed('Half a sentence')
    const rescue = create()
    await rescue.found(asOpened)
    await rescue.discard()

    expect(await isKept()).toBe(false)
  })

  test('by time, after 30 days', async () => {
    await typed('Half a sentence')
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 30 * 24 * 3_600_000 - 1_000)
    expect(await isKept()).toBe(true)
    vi.setSystemTime(Date.now() + 2_000)

    expect(await isKept()).toBe(false)
    expect(await countKept()).toBe(1)
    await nextDocument()
    await isKept({ pagePath: '/docs/b' })

    expect(await countKept()).toBe(0)
  })
})

// W8
describe('who signs out', () => {
  test('leaves nothing behind, on no page', async () => {
    await typed('Half a sentence')
    await typed('Another', { pagePath: '/docs/b', section: 'intro' })
    await typed('By Ben', { userId: 'u-ben' })
    expect(await module.forget('u-ana')).toBe(true)

    expect(await isKept()).toBe(false)
    expect(await isKept({ pagePath: '/docs/b', section: 'intro' })).toBe(false)
    expect(await isKept({ userId: 'u-ben' })).toBe(true)
  })

  test('may be everybody', async () => {
    await typed('Half a sentence')
    await typed('By Ben', { userId: 'u-ben' })
    expect(await module.forget()).toBe(true)

    expect(await isKept()).toBe(false)
    expect(await isKept({ userId: 'u-ben' })).toBe(false)
  })

  test('leaves nothing behind that is still in the air, here or in another tab', async () => {
    const other = create()
    await other.found(asOpened)
    other.keep('In another tab', 6)
    await nextDocument()
    const rescue = create()
    rescue.keep('Half a sentence', 6)
    await module.forget('u-ana')
    await rescue.stop()
    await other.stop()

    expect(await isKept()).toBe(false)
  })

  test('is kept for again after the next sign-in', async () => {
    await module.forget()
    await module.forget('u-ana')
    await typed('Half a sentence')

    expect(await isKept()).toBe(true)
  })
})

// W8
describe('a browser that keeps nothing', () => {
  const told: (RescueProblem['reason'] | undefined)[] = []
  const onProblem = (problem: RescueProblem | undefined) => void told.push(problem?.reason)
  beforeEach(() => void told.splice(0))

  async function keepsNothing() {
    const rescue = create({ onProblem })
    expect(await rescue.found(asOpened)).toBeUndefined()
    rescue.keep('Half a sentence', 6)
    await rescue.stop()
    await rescue.saved('Half a sentence', 7)
    await rescue.discard()
    return rescue
  }

  test('because it has no database, says so', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const rescue = await keepsNothing()

    expect(told).toEqual(['unavailable'])
    expect(rescue.problem()!.message).toContain('keeps nothing')
    expect(await module.forget()).toBe(false)
  })

  test('because it forbids it, as in a private window', async () => {
    vi.stubGlobal('indexedDB', {
      open() {
        throw new DOMException('', 'SecurityError')
      },
    })
    await keepsNothing()

    expect(told).toEqual(['unavailable'])
  })

  test('because opening fails', async () => {
    vi.stubGlobal('indexedDB', {
      open() {
        const request: { error: unknown; onerror?: () => void } = {
          error: new DOMException('', 'InvalidStateError'),
        }
        queueMicrotask(() => request.onerror?.())
        return request
      },
    })
    await keepsNothing()

    expect(told).toEqual(['unavailable'])
  })

  test('because it never answers: nobody waits for more than 2 s', async () => {
    vi.useFakeTimers()
    vi.stubGlobal('indexedDB', { open: () => ({}) })
    const rescue = create({ onProblem })
    const found = rescue.found(asOpened)
    await vi.advanceTimersByTimeAsync(2_000)

    expect(await found).toBeUndefined()
    expect(told).toEqual(['unavailable'])
    vi.useRealTimers()
    vi.stubGlobal('indexedDB', undefined)
  })

  test('because it is full, and says when it keeps again', async () => {
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('', 'QuotaExceededError')
    })
    const rescue = create({ onProblem })
    rescue.keep('Half a sentence', 6)
    window.dispatchEvent(new Event('pagehide'))
    await vi.waitFor(() => expect(told).toEqual(['full']))
    put.mockRestore()
    rescue.keep('A whole sentence', 6)
    window.dispatchEvent(new Event('pagehide'))
    await vi.waitFor(() => expect(told).toEqual(['full', undefined]))
    await nextDocument()

    expect(await create().found(asOpened)).toMatchObject({ text: 'A whole sentence' })
  })

  test('because the text is too long, which leaves what was kept', async () => {
    const rescue = create({ onProblem })
    rescue.keep('Half a sentence', 6)
    window.dispatchEvent(new Event('pagehide'))
    rescue.keep('é'.repeat(500_001), 6)
    await rescue.stop()
    expect(told).toEqual(['too-long'])
    await nextDocument()

    expect(await create().found(asOpened)).toMatchObject({ text: 'Half a sentence' })
  })

  test('keeps a text of 1 MB', async () => {
    await typed('x'.repeat(1_000_000))

    expect(await isKept()).toBe(true)
  })

  test('because its database was taken away, and then has it again', async () => {
    await typed('Half a sentence')
    const rescue = create({ onProblem })
    expect(await rescue.found(asOpened)).toBeDefined()
    await new Promise<void>((done) => {
      const deleting = indexedDB.deleteDatabase('copresence-rescue')
      deleting.onsuccess = () => done()
    })
    rescue.keep('A whole sentence', 6)
    await rescue.stop()
    await nextDocument()

    expect(told).toEqual([])
    expect(await create().found(asOpened)).toMatchObject({ text: 'A whole sentence' })
  })
})
