import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { claimTabId, nextIncarnation } from '../src/core/tab-id.js'
import { forgetDocument, freshDocument } from './browser.js'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const key = 'presence:tab-id'

/** Web Locks of one browser: who asks for a lock that is held waits until it is free or their signal aborts. */
class FakeLocks {
  readonly held = new Map<string, Promise<unknown>>()

  request(name: string, { signal }: LockOptions, work: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      signal!.addEventListener('abort', () => reject(signal!.reason as Error))
      const grant = () => {
        if (signal!.aborted) return
        const done = work().finally(() => this.held.delete(name))
        this.held.set(name, done)
        done.then(resolve, reject)
      }
      const holder = this.held.get(name)
      if (holder) void holder.then(grant)
      else queueMicrotask(grant)
    })
  }
}

/** Channels of one browser, in which nobody hears themself. */
class FakeChannel {
  static readonly open = new Set<FakeChannel>()
  onmessage: ((event: { data: unknown }) => void) | undefined

  constructor() {
    FakeChannel.open.add(this)
  }

  postMessage(data: unknown) {
    for (const other of FakeChannel.open)
      if (other !== this) setTimeout(() => FakeChannel.open.has(other) && other.onmessage?.({ data }), 5)
  }

  close() {
    FakeChannel.open.delete(this)
  }
}

const kept = '3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01'
const forbiddenLocks = {
  locks: { request: () => Promise.reject(new DOMException('', 'SecurityError')) },
}

let locks: FakeLocks

beforeEach(() => {
  vi.useFakeTimers()
  freshDocument()
  locks = new FakeLocks()
  vi.stubGlobal('navigator', { locks })
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(new DOMException('', 'TimeoutError')), ms)
    return controller.signal
  })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('the tab id', () => {
  test('is a UUID, kept for the session and the same for all callers of a document', async () => {
    const [one, other] = await Promise.all([claimTabId(), claimTabId()])

    expect(one).toMatch(uuid)
    expect(other).toBe(one)
    expect(sessionStorage.getItem(key)).toBe(one)
  })

  test('survives a reload, also when the old document lets go of it late', async () => {
    const before = await claimTabId()
    const reloaded = anotherDocument()
    setTimeout(() => window.dispatchEvent(new Event('pagehide')), 1_400)
    await vi.advanceTimersByTimeAsync(1_400)

    expect(await (await reloaded).claimTabId()).toBe(before)
  })

  test('of a duplicated tab is a fresh one, which is kept from then on', async () => {
    const original = await claimTabId()
    await vi.advanceTimersByTimeAsync(0)
    const copy = (await anotherDocument()).claimTabId()
    await vi.advanceTimersByTimeAsync(1_500)

    expect(await copy).toMatch(uuid)
    expect(await copy).not.toBe(original)
    expect(sessionStorage.getItem(key)).toBe(await copy)
    expect([...locks.held.keys()]).toEqual([`presence:tab:${original}`, `presence:tab:${await copy}`])
  })

  test('is given back when the document goes away, and claimed again when it returns', async () => {
    const before = await claimTabId()
    await vi.advanceTimersByTimeAsync(0)

    window.dispatchEvent(new Event('pagehide'))
    await vi.advanceTimersByTimeAsync(0)
    expect(locks.held.size).toBe(0)

    expect(await claimTabId()).toBe(before)
    expect(locks.held.size).toBe(1)
  })

  test('is kept where there is neither a lock nor a channel to ask by', async () => {
    sessionStorage.setItem(key, kept)
    vi.stubGlobal('navigator', {})
    expect(await (await anotherDocument()).claimTabId()).toBe(kept)

    vi.stubGlobal('navigator', forbiddenLocks)
    expect(await (await anotherDocument()).claimTabId()).toBe(kept)
  })

  test('is the same for two copies of the client in one document', async () => {
    const one = await claimTabId()
    vi.resetModules()
    const copy = await import('../src/core/tab-id.js')

    expect(await copy.claimTabId()).toBe(one)
  })

  test('is fresh where something else is stored, which the service would refuse', async () => {
    sessionStorage.setItem(key, 'kept')

    expect(await claimTabId()).toMatch(uuid)
  })

  test('of a frame is not that of its tab, and is kept too', async () => {
    const outer = await claimTabId()
    const parent = { length: 2, 1: window }
    Object.assign(parent, { parent })
    vi.spyOn(window, 'parent', 'get').mockReturnValue(parent as unknown as Window & typeof globalThis)
    const inner = await (await anotherDocument()).claimTabId()

    expect(inner).not.toBe(outer)
    expect(sessionStorage.getItem(key)).toBe(outer)
    expect(sessionStorage.getItem(`${key}.1`)).toBe(inner)
    vi.restoreAllMocks()
  })

  test('does without storage', async () => {
    vi.stubGlobal('sessionStorage', undefined)

    expect(await claimTabId()).toMatch(uuid)
    expect(nextIncarnation()).toBeGreaterThan(0)
  })

  test('does without crypto.randomUUID, which plain http lacks', async () => {
    const { getRandomValues } = crypto
    vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(crypto) })

    expect(await claimTabId()).toMatch(uuid)
  })
})

describe.each([
  ['do not exist, as on plain http', {}],
  ['are forbidden', forbiddenLocks],
])('the tab id where locks %s', (_, navigator) => {
  beforeEach(() => {
    vi.stubGlobal('navigator', navigator)
    vi.stubGlobal('BroadcastChannel', FakeChannel)
    FakeChannel.open.clear()
  })

  test('survives a reload, also when the old document lets go of it late', async () => {
    sessionStorage.setItem(key, kept)
    await claimed(claimTabId())
    const [old] = FakeChannel.open
    const reloaded = (await anotherDocument()).claimTabId()
    setTimeout(() => old!.close(), 1_200)

    expect(await claimed(reloaded)).toBe(kept)
  })

  test('of a duplicated tab, or one opened by window.open, is a fresh one', async () => {
    const original = await claimed(claimTabId())
    const copy = await claimed((await anotherDocument()).claimTabId())
    const third = await claimed((await anotherDocument()).claimTabId())

    expect(new Set([original, copy, third]).size).toBe(3)
    expect(sessionStorage.getItem(key)).toBe(third)
  })

  test('goes to one of several that ask at the same moment', async () => {
    sessionStorage.setItem(key, kept)
    const asked = []
    for (let i = 0; i < 5; i++) {
      sessionStorage.setItem(key, kept)
      asked.push((await anotherDocument()).claimTabId())
    }
    await vi.advanceTimersByTimeAsync(3_000)
    const ids = await Promise.all(asked)

    expect(new Set(ids).size).toBe(5)
    expect(ids.filter((id) => id === kept)).toHaveLength(1)
  })

  test("is no other document's business: different ids are not asked about twice", async () => {
    sessionStorage.setItem(key, kept)
    await claimed(claimTabId())
    sessionStorage.setItem(key, kept.replace(/./, '4'))
    const other = (await anotherDocument()).claimTabId()

    expect(await claimed(other)).toBe(kept.replace(/./, '4'))
  })

  async function claimed(id: Promise<string>): Promise<string> {
    await vi.advanceTimersByTimeAsync(3_000)
    return id
  }
})

describe('L2: incarnations', () => {
  test('rise within one millisecond', () => {
    const first = nextIncarnation()

    expect(nextIncarnation()).toBeGreaterThan(first)
  })

  test('follow the wall clock in whole milliseconds', () => {
    const now = performance.timeOrigin + performance.now()

    expect(nextIncarnation()).toBe(Math.floor(now))
  })

  test('rise from document to document although the wall clock was set back', async () => {
    const before = nextIncarnation()
    vi.spyOn(performance, 'now').mockReturnValue(-3_600_000)

    expect((await anotherDocument()).nextIncarnation()).toBe(before + 1)
  })
})

/** The module as another document of the same tab loads it: same storage, no memory. */
async function anotherDocument() {
  forgetDocument()
  vi.resetModules()
  return import('../src/core/tab-id.js')
}
