import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { claimTabId, nextIncarnation } from '../src/tab-id.js'
import { freshDocument } from './browser.js'

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

  test('is kept where locks do not exist or are forbidden', async () => {
    sessionStorage.setItem(key, 'kept')
    vi.stubGlobal('navigator', {})
    expect(await (await anotherDocument()).claimTabId()).toBe('kept')

    vi.stubGlobal('navigator', {
      locks: { request: () => Promise.reject(new DOMException('', 'SecurityError')) },
    })
    expect(await (await anotherDocument()).claimTabId()).toBe('kept')
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
  vi.resetModules()
  return import('../src/tab-id.js')
}
