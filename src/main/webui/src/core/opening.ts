import type { GrantedLease, PresenceLease } from './lease.js'
import { present } from './json.js'
import { parseFailure, type PresenceProblem } from './protocol.js'
import type { CurrentState } from './state.js'

/** The lease under which a text is to be opened. */
export interface LeaseToOpen {
  /** The page as the application named it. */
  readonly pagePath: string
  /** The section, as `sectionOf` names it; absent for the page as a whole. */
  readonly section?: string
  /** The number of the lease, which the backend stores beside the text before it gives the text out. */
  readonly fence: number
  /** The service's signature on that number, for the backend to check; absent where the service signs none. */
  readonly receipt?: string
  /** It aborts when the answer is of no use any more: the lease is another, or is given up. */
  readonly signal: AbortSignal
}

/** A function that opens a text under a lease; it rejects when the text was not opened. */
export type OpenText = (lease: LeaseToOpen) => Promise<unknown>

/** The opening of the text for which a tab holds the lease: once for each lease, by the application. */
export interface Opening {
  /** Gives the lease as it is to be told, and has the text opened if that is due. */
  see(lease: PresenceLease): PresenceLease
  /** Says whether the application is opening a text now, so that nobody has typed under its lease yet. */
  isUnderWay(): boolean
  /** Gives up what is being opened, and forgets what was. */
  end(): void
}

/** One call of the application's function. */
interface Attempt {
  readonly fence: number
  readonly abort: AbortController
  isDone: boolean
}

/**
 * Creates the opening of nothing. `open` gives the application's function, if it has one; `onRefused` is called when
 * that has rejected for the present lease.
 */
export function createOpening(
  current: CurrentState,
  open: () => OpenText | undefined,
  onRefused: (problem: PresenceProblem) => void,
): Opening {
  let attempt: Attempt | undefined

  function end() {
    attempt?.abort.abort()
    attempt = undefined
  }

  function begin({ fence, receipt }: GrantedLease) {
    const call = open()
    const mine: Attempt = (attempt = { fence, abort: new AbortController(), isDone: !call })
    if (!call) return
    const { pagePath, section } = current.state
    const { signal } = mine.abort
    // Later, so that the application sees the state in which it is called.
    void Promise.resolve()
      .then(() => signal.aborted || call(present({ pagePath, section, fence, receipt, signal })))
      .then(
        () => {
          if (attempt !== mine) return
          mine.isDone = true
          const { lease } = current.state
          if (lease.status === 'opening') current.publish({ lease: { ...lease, status: 'held' } })
        },
        (error: unknown) => {
          if (attempt === mine) onRefused(parseFailure(error))
        },
      )
  }

  return {
    see(lease) {
      if (lease.status !== 'held') {
        end()
        return lease
      }
      if (attempt?.fence !== lease.fence) {
        end()
        begin(lease)
      }
      return attempt!.isDone ? lease : { ...lease, status: 'opening' }
    },
    isUnderWay: () => attempt?.isDone === false,
    end,
  }
}
