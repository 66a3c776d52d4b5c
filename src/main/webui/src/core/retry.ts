/* How long to wait before trying again; nothing here keeps state. */

const firstRetryMs = 1_000
/* A wait beyond this is a mistake of who asked for it, and beyond 24 days a timer would fire at once. */
const longestWaitMs = 3_600_000
const rareMs = 90_000

/**
 * Gives a wait in ms that is twice as long with each failure, half of it by chance, so that a restarted service isn't
 * met by all at once.
 */
export function backOff(failures: number, longestMs: number): number {
  const limit = Math.min(firstRetryMs * 2 ** failures, longestMs)
  return limit / 2 + (Math.random() * limit) / 2
}

/**
 * Gives the wait in ms that the service asked for, and a little by chance, since it may have asked everybody the same.
 */
export function askedWait(ms: number): number {
  return Math.min(ms, longestWaitMs) + Math.random() * firstRetryMs
}

/** Gives the wait in ms before what is not open to the user is asked for again: 45 to 90 s, by chance. */
export function rareWait(): number {
  return rareMs * (1 - Math.random() / 2)
}
