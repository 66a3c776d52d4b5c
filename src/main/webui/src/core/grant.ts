/** The application's word on what the user may, signed by it, as a presence has it. */
export interface Grant {
  /** The grant that was given last, for when there is no time to ask; undefined before the first. */
  readonly last: string | undefined
  /** Gives a grant that is good for a while, and asks the application where that is needed. Rejects when that fails. */
  get(): Promise<string | undefined>
  /** Notes that the service has refused this grant, so that the next is asked for, unless there is a newer one. */
  refuse(grant: string | undefined): void
}

/** A function that gives a grant, as a compact JWS; an absent one leaves the header out. */
export type AskGrant = () => string | undefined | Promise<string | undefined>

/* Longer than a call may take, and than the clocks of the two are apart. */
const earlyMs = 30_000
const longestMs = 10_000

/** Creates the grants of one presence, each of which is used until shortly before its end. */
export function createGrant(ask: AskGrant): Grant {
  let last: string | undefined
  let renewAt = 0
  let asking: Promise<string | undefined> | undefined

  async function renew() {
    // Who never answers is asked again by the next call.
    const limit = setTimeout(() => (asking = undefined), longestMs)
    try {
      // What is thrown at once is thrown later too, when there is something to end.
      last = await (async () => ask())()
      renewAt = endOf(last) - earlyMs
      return last
    } finally {
      clearTimeout(limit)
      asking = undefined
    }
  }

  return {
    get last() {
      return last
    },
    async get() {
      return Date.now() < renewAt ? last : (asking ??= renew())
    },
    refuse(grant) {
      if (grant === last) renewAt = 0
    },
  }
}

/* The end of a grant in ms since the epoch; 0 where it cannot be read, so that the next call asks anew. */
function endOf(grant = ''): number {
  try {
    const payload = grant.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')
    const { exp } = JSON.parse(atob(payload)) as { readonly exp?: unknown }
    return Number(exp) * 1000 || 0
  } catch {
    return 0
  }
}
