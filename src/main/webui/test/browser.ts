import { vi } from 'vitest'

/* The browser's part in a tab's life, event by event in the order that was measured in Chromium. */

let visibility: DocumentVisibilityState = 'visible'

/** Call before each test: a visible document, an empty session, no memory of earlier tests. */
export function freshDocument(): void {
  window.dispatchEvent(new Event('pagehide'))
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
