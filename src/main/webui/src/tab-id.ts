/*
 * Which tab this document is. The id lives in sessionStorage, so that it survives a reload; a duplicated tab
 * and a window.open() child start with a copy of it. The cure: each document holds a Web Lock named after its
 * id. A document that can't get the lock within 1.5 s is the copy and takes a fresh id. (Not ifAvailable: on
 * an ordinary navigation the old document still holds the lock for some milliseconds.)
 */

const idKey = 'presence:tab-id'
const incarnationKey = 'presence:incarnation'
const lockPatienceMs = 1_500

let claimed: Promise<string> | undefined

/**
 * This tab's id, a UUID that no other live tab of the browser has. Several callers in one document get the
 * same one, until `pagehide`; after a return from the back/forward cache it may be another.
 */
export function claimTabId(): Promise<string> {
  claimed ??= claim()
  return claimed
}

/**
 * A whole number above all that were given in this tab before, in this document or an earlier one, also
 * after the wall clock was set back. It follows the wall clock, so it also rises where storage is forbidden.
 */
export function nextIncarnation(): number {
  const now = Math.floor(performance.timeOrigin + performance.now())
  const next = Math.max(now, (Number(recall(incarnationKey)) || 0) + 1)
  remember(incarnationKey, String(next))
  return next
}

async function claim(): Promise<string> {
  const stored = recall(idKey)
  if (stored && (await lock(stored))) return stored
  const fresh = newUuid()
  remember(idKey, fresh)
  void lock(fresh)
  return fresh
}

/** True when this document now holds the id until `pagehide`, or when the browser has no locks to ask. */
function lock(id: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true)
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(lockPatienceMs)
    const held = navigator.locks.request(`presence:tab:${id}`, { signal }, () => {
      resolve(true)
      return new Promise<void>((release) => {
        const letGo = () => {
          claimed = undefined
          release()
        }
        addEventListener('pagehide', letGo, { once: true })
      })
    })
    // Only the end of our patience speaks of a copy; a document that may not use locks keeps its id.
    held.catch((error: unknown) => resolve((error as Error | undefined)?.name !== 'TimeoutError'))
  })
}

/* crypto.randomUUID exists on https and localhost only; a wiki on a plain-http intranet has presence too. */
function newUuid(): string {
  if (crypto.randomUUID) return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
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
