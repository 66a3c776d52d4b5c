import { takeId } from './id-question.js'

/*
 * Which tab this document is. The id lives in sessionStorage, so that it survives a reload; a duplicated tab
 * and a window.open() child start with a copy of it. The cure: each document holds a Web Lock named after its
 * id. A document that can't get the lock within 1.5 s is the copy and takes a fresh id. (Not ifAvailable: on
 * an ordinary navigation the old document still holds the lock for some milliseconds.) Where there are no locks,
 * as on plain http, it asks the other documents instead.
 */

/* Frames of one tab share its storage, and each is a document of its own. */
const idKey = `presence:tab-id${position(globalThis.window)}`
const incarnationKey = 'presence:incarnation'
const patienceMs = 1_500
/* Of the document, not of this module: a page may load the client twice. */
const claimKey = Symbol.for('copresence.tab-id')
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const home = globalThis as { [claimKey]?: Promise<string> | undefined }

/**
 * Gives this tab's id, a UUID that no other live tab of the browser has. Several callers in one document get the
 * same one, until `pagehide`; after a return from the back/forward cache it may be another.
 */
export function claimTabId(): Promise<string> {
  if (!home[claimKey]) {
    home[claimKey] = claim()
    addEventListener('pagehide', () => (home[claimKey] = undefined), { once: true })
  }
  return home[claimKey]
}

/**
 * Gives a whole number above all that were given in this tab before, in this document or an earlier one, also
 * after the wall clock was set back. It follows the wall clock, so it also rises where storage is forbidden.
 */
export function nextIncarnation(): number {
  const now = Math.floor(performance.timeOrigin + performance.now())
  const last = Number(recall(incarnationKey))
  const next = Number.isSafeInteger(last) ? Math.max(now, last + 1) : now
  remember(incarnationKey, String(next))
  return next
}

async function claim(): Promise<string> {
  const stored = recall(idKey)
  // Whoever wrote something else there must not keep this tab out: the service takes nothing but a UUID.
  if (stored && uuid.test(stored) && (await take(stored))) return stored
  const fresh = newUuid()
  remember(idKey, fresh)
  void take(fresh, true)
  return fresh
}

/** True when this document now holds the id until `pagehide`; false when another document has it. */
function take(id: string, isFresh = false): Promise<boolean> {
  const { locks } = navigator
  if (!locks) return takeId(id, isFresh, patienceMs)
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patienceMs)
    const held = locks.request(`presence:tab:${id}`, { signal }, () => {
      resolve(true)
      return new Promise<void>((release) => addEventListener('pagehide', () => release(), { once: true }))
    })
    // Only the end of our patience speaks of a copy; a document that may not use locks asks.
    held.catch((error: unknown) =>
      resolve((error as Error | undefined)?.name !== 'TimeoutError' && takeId(id, isFresh, patienceMs)),
    )
  })
}

/* Where a frame is among those of its tab; nothing for the tab itself. */
function position(frame: Window | undefined): string {
  if (!frame || frame.parent === frame) return ''
  return `${position(frame.parent)}.${Array.prototype.indexOf.call(frame.parent, frame)}`
}

/* Not crypto.randomUUID, which exists on https and localhost only: a wiki on a plain-http intranet has presence too. */
function newUuid(): string {
  const random = (digit: string) => crypto.getRandomValues(new Uint8Array(1))[0]! & (15 >> (+digit / 4))
  // The 4 of the version stays; the 8 of the variant keeps its highest bits.
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) =>
    (+digit ^ random(digit)).toString(16),
  )
}

/* Storage may be forbidden: then a reload is a new tab, and nothing else suffers. */
function recall(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

function remember(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value)
  } catch {
    // As above.
  }
}
