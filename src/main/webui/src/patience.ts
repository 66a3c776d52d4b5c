import { askedWait, backOff } from './retry.js'
import type { Reply } from './service.js'

/** How long to wait for the next beat, from answer to answer. */
export interface Patience {
  /** The wait after this answer in ms; 0 for at once. */
  after(reply: Reply): number
  /** Forgets the failures, because the network is another. */
  forget(): void
}

/* Below the service's TTL of 45 s, so that a short outage makes nobody blink. */
const longestOutageMs = 30_000
/* Whoever signs in again elsewhere need not wait for long, and one request a minute burdens nobody. */
const longestSignedOutMs = 60_000
/* What is refused heals when somebody changes the service or what it believes, which nobody hurries to see. */
const longestRefusalMs = 300_000
const firstRefusal = 5

export function createPatience(): Patience {
  let failures = 0
  let isDenied = false

  return {
    after(reply) {
      if (reply.kind === 'beat') {
        failures = 0
        isDenied = false
        return reply.beat.nextHeartbeatMs
      }
      if (reply.retryAfterMs !== undefined) return askedWait(reply.retryAfterMs)
      switch (reply.kind) {
        case 'failed':
          return backOff(failures++, longestOutageMs)
        case 'signed-out':
          if (isDenied) return backOff(failures++, longestSignedOutMs)
          // Mostly the token has just expired, and the next one is good.
          isDenied = true
          return 0
        case 'refused':
          return backOff(firstRefusal + failures++, longestRefusalMs)
      }
    },
    forget() {
      failures = 0
    },
  }
}
