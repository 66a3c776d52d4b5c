import { answered, barred, lapsed, noStanding, type PresenceLease } from './lease.js'
import type { Answer } from './protocol.js'
import type { CurrentState } from './state.js'

/** A tab's hold on a lease: what the service has said of it, and how long that is certain. */
export interface Hold {
  /** Notes that a call goes out now: what it is answered counts from here. */
  sending(): void
  /** Notes that a heartbeat goes out; gives what to call with its answer. */
  renewing(): (answer: Answer) => void
  /** Gives the lease after an answer to the present wish. */
  take(answer: Answer): PresenceLease
  /** Gives the lease of one who may not edit here, which ends what was held. */
  bar(): PresenceLease
  /** Says whether the receipt of the present lease is known. */
  isReceiptKnown(): true | undefined
  /** Forgets the lease, because the wish is another. */
  release(): void
  /** Notes that the service may have let go of the tab, which ends the lease. */
  end(): void
  /** Ends the lease at once if its time is over, also when the timer is late; listeners hear of it a moment later. */
  check(): void
  /** Ends the lease, because nobody can confirm it where the tab is now. */
  lapse(): void
}

/* A service that is late to end a lease is not asked about it in a loop. */
const shortestMs = 250

/*
 * From the lease's last certain moment on nothing may be saved under it. That moment is the earlier of two: when the
 * service lets go of a tab that it does not hear of, and when somebody who has asked for the lease gets it.
 *
 * A tab is kept for as long as the last answered heartbeat said, counted from when that was sent. One that is not
 * answered may have been the last that arrived, and may have shortened the life: a hidden tab lives otherwise than a
 * visible one.
 */

/** Creates a hold on nothing; `onEnd` is called when one has ended by its time. */
export function createHold(current: CurrentState, onEnd: () => void): Hold {
  let standing = noStanding
  let sentAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  /* How long the tab lives, hidden or visible, after a heartbeat; undefined until one was answered. */
  const lives: { hidden?: number; visible?: number } = {}
  let intervalMs = 0
  /* For how many ms from now the service keeps the tab at least. */
  let keptFor = notAtAll

  function watch() {
    clearTimeout(timer)
    if (standing.endsAt) timer = setTimeout(finish, Math.max(certainFor(), shortestMs))
  }

  function certainFor(): number {
    return Math.min(keptFor(), standing.endsAt! - Date.now())
  }

  function finish() {
    if (certainFor() > 0) return watch()
    lapse()
    onEnd()
  }

  function lapse(isLater = false) {
    if (!standing.endsAt) return
    standing = lapsed(standing)
    current.publish({ lease: standing.lease, editing: undefined }, isLater)
  }

  return {
    sending() {
      sentAt = Date.now()
    },
    renewing() {
      const { visibilityState } = document
      const left = countdown()
      const kept = keptFor
      keptFor = kept() > 0 ? () => Math.min(kept(), left(lives[visibilityState] ?? intervalMs)) : notAtAll
      watch()
      return ({ ttlMs, nextHeartbeatMs }) => {
        intervalMs = nextHeartbeatMs
        const ms = (lives[visibilityState] = ttlMs ?? nextHeartbeatMs)
        keptFor = () => left(ms)
      }
    },
    take(answer) {
      standing = answered(standing, answer, sentAt, (answer.snapshot ?? current.state).viewers)
      watch()
      return standing.lease
    },
    bar() {
      standing = barred(standing)
      watch()
      return standing.lease
    },
    isReceiptKnown: () => 'receipt' in standing.lease || undefined,
    release() {
      standing = noStanding
      clearTimeout(timer)
    },
    end() {
      keptFor = notAtAll
      lapse()
    },
    check() {
      if (certainFor() <= 0) lapse(true)
    },
    lapse,
  }
}

function notAtAll(): number {
  return 0
}

/* What is left of a number of ms that begins now, by both clocks of a browser: one may stop while the machine
 * sleeps, the other may be set. */
function countdown(): (ms: number) => number {
  const ticks = performance.now()
  const time = Date.now()
  return (ms) => ms - Math.max(performance.now() - ticks, Date.now() - time)
}
