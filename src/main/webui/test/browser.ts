import { vi } from 'vitest'

/* The browser's part in a tab's life, event by event in the order that was measured in Chromium. */

let visibility: DocumentVisibilityState = 'visible'

/** Call before each test: a visible document alone in its browser, an empty session, no memory of earlier tests. */
export function freshDocument(): void {
  window.dispatchEvent(new Event('pagehide'))
  forgetDocument()
  vi.stubGlobal('BroadcastChannel', undefined)
  visibility = 'visible'
  sessionStorage.clear()
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibility })
}

export function setVisible(isVisible: boolean): void {
  visibility = isVisible ? 'visible' : 'hidden'
  document.dispatchEvent(new Event('visibilitychange'))
}

/** The document goes away: for good, or into the back/forward cache. */
export function goAway(): void {
  window.dispatchEvent(new Event('pagehide'))
  setVisible(false)
}

/** The document is gone for good, and another one of the same tab is there: no memory but the session's. */
export function nextDocument(): void {
  goAway()
  forgetDocument()
  visibility = 'visible'
}

/** Another document of the same tab or browser loads the client: what documents share stays. */
export function forgetDocument(): void {
  for (const key of ['copresence.presence.2', 'copresence.tab-id'])
    Reflect.deleteProperty(globalThis, Symbol.for(key))
}

/** The document comes back from the back/forward cache. */
export function comeBack(): void {
  setVisible(true)
  window.dispatchEvent(new Event('pageshow'))
}

/** Lets all that needs no time happen. */
export async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}

export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
}
