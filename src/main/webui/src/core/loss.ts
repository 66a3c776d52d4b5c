import type { CurrentState } from './state.js'

/** The care for what is typed, of a tab that is about to lose its lease. */
export interface Loss {
  /** Notes that something was typed. */
  typed(): void
  /** Notes that nothing is left to be saved. */
  saved(): void
  /** Looks at the state, which is another. */
  look(): void
  /** Ends the timer. */
  end(): void
}

/* So much is left for a last save when it begins; the service gives a holder no less to yield in, unless it is set so. */
const noticeMs = 5_000

/**
 * Creates the care for a tab in which nothing was typed. `state` gives the state by the clock; `beforeLoss` the
 * application's function, if it has one; `handOver` is called when that has resolved in time.
 */
export function createLoss(
  state: () => CurrentState['state'],
  beforeLoss: () => (() => Promise<unknown>) | undefined,
  handOver: () => void,
): Loss {
  let isUnsaved = false
  /* The loss for which the application was called. */
  let known: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function look() {
    clearTimeout(timer)
    const { lease } = state()
    if (lease.status !== 'held') return
    const loss = nameOf()
    if (loss === undefined) known = undefined
    if (loss === undefined || loss === known || !isUnsaved || !beforeLoss()) return
    const ms = (lease.yieldAt ?? lease.deadline)! - Date.now() - noticeMs
    if (ms > 0) timer = setTimeout(look, ms)
    else void answer((known = loss))
  }

  /* The loss that is ahead, in words that no other one has. */
  function nameOf(): string | undefined {
    const { lease } = state()
    // Who has asked need not be told; that there is an end is.
    if (lease.status !== 'held' || (lease.yieldAt ?? lease.deadline) === undefined) return undefined
    return `${lease.fence} ${lease.yieldAt !== undefined} ${lease.requestedBy?.id}`
  }

  async function answer(loss: string) {
    try {
      // Later, so that the application sees the state in which it is called.
      await Promise.resolve()
      await beforeLoss()?.()
    } catch {
      // Nothing was saved, so nothing is given away before its time.
      return
    }
    if (nameOf() === loss) handOver()
  }

  return {
    typed() {
      isUnsaved = true
      look()
    },
    saved() {
      isUnsaved = false
      look()
    },
    look,
    end: () => clearTimeout(timer),
  }
}
