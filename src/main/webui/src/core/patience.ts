import { askedWait, backOff, rareWait } from './retry.js'
import type { Reply } from './service.js'

/** The patience of a tab: it says how long to wait for the next heartbeat, from answer to answer. */
export interface Patience {
  /** Gives the wait after this answer in ms; 0 for at once. */
  after(reply: Reply): number
  /** Forgets the failures, because the network is another. */
  forget(): void
}

/* The longest waits, and after how many doublings of the first one they begin. */
const waits = {
  // Below the service's TTL of 45 s, so that a short outage makes nobody blink.
  failed: { longestMs: 30_000, first: 0 },
  // Whoever signs in again elsewhere need not wait for long, and one request a minute burdens nobody.
  'signed-out': { longestMs: 60_000, first: 0 },
  // It heals when somebody changes the service or what it believes, which nobody hurries to see.
  refused: { longestMs: 300_000, first: 5 },
}

/** Creates the patience of a tab that has asked nothing yet. */
export function createPatience(): Patience {
  /* Each kind has a count of its own: a long outage makes the first 401 after it no worse. */
  let counts: { [kind in keyof typeof waits]?: number } = {}
  let isDenied = false

  return {
    after(reply) {
      const { kind } = reply
      if (kind === 'answered') {
        counts = {}
        isDenied = false
        return reply.answer.nextHeartbeatMs
      }
      if (reply.retryAfterMs) return askedWait(reply.retryAfterMs)
      if (kind === 'signed-out' && !isDenied) {
        // Mostly the token has just expired, and the next one is good.
        isDenied = true
        return 0
      }
      if (kind === 'forbidden') return rareWait()
      const { longestMs, first } = waits[kind]
      const count = (counts[kind] = (counts[kind] ?? first - 1) + 1)
      return backOff(count, longestMs)
    },
    forget() {
      counts = {}
    },
  }
}
