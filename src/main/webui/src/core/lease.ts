import { present } from './json.js'
import type { Answer, PresencePerson, PresenceProblem } from './protocol.js'

/*
 * How this tab's wish to edit stands, as pure functions over what the service has answered and when it was
 * asked. Nothing here has a clock, a timer or a connection.
 */

/** The terms of a lease that this tab holds. */
export interface GrantedLease {
  /** The number that rises with each holder and goes with each save, for the backend to check. */
  readonly fence: number
  /** The service's signature on the fence, for the backend to check; absent where the service signs none. */
  readonly receipt?: string
  /** The user who has asked for it: hand it over or keep it, else it is theirs at `deadline`. */
  readonly requestedBy?: PresencePerson
  /** The end of the time for an answer; somebody has asked while it is there, whether or not `requestedBy` is told. */
  readonly deadline?: number
  /** The moment when it is theirs whatever this user does, since they take it over. In place of `deadline`. */
  readonly yieldAt?: number
}

/**
 * The edit lease as seen from this tab. Times are in ms since the epoch, as of `Date.now()`.
 *
 * - `idle`: there is no wish to edit, or no answer to it yet (then `isEditing` is true).
 * - `waiting`: somebody else holds the lease.
 * - `opening`: this tab holds the lease, and the application's `open` is opening the text under `fence`. Nothing may
 *   be saved yet.
 * - `held`: this tab may save, under `fence`.
 * - `lost`: it held the lease and may save no more; what was typed is the application's to keep. While
 *   `isEditing` still is true nobody has taken the lease yet as far as is known, but the service did not
 *   confirm it in time: it is held again when the service says that it never went to anybody else.
 * - `forbidden`: this user may not edit here. The wish has ended, and a new one asks again.
 */
export type PresenceLease =
  | { readonly status: 'idle' }
  | {
      readonly status: 'waiting'
      /** The number of claims before this one: 1 for the next. */
      readonly position: number
      /** The user who holds it; absent where the service does not tell of people. So are all others below. */
      readonly editor?: PresencePerson
      /** The user, this one or another, who has asked the editor for it and gets it at `deadline` without an answer. */
      readonly requestedBy?: PresencePerson
      readonly deadline?: number
      /** The moment when it is theirs who take it over; until then the editor may save. In place of `deadline`. */
      readonly yieldAt?: number
      /** The moment before which the editor, who has refused, can't be asked again. */
      readonly canRequestAt?: number
    }
  | ({ readonly status: 'opening' } & GrantedLease)
  | ({ readonly status: 'held' } & GrantedLease)
  | {
      readonly status: 'lost'
      /** The user who has it now, where the service has said so. */
      readonly successor?: PresencePerson
      /** True when it was lost because the user may not edit here any more; absent otherwise. */
      readonly forbidden?: true
      /** The reason why the text was not opened; absent when the lease was lost in another way. */
      readonly problem?: PresenceProblem
    }
  | { readonly status: 'forbidden' }

/** The standing of a wish: the lease as it is told and, from when it was granted until the wish ends, its fence. */
export interface Standing {
  readonly lease: PresenceLease
  /** The number under which the lease was granted; absent when it never was. */
  readonly fence?: number
  /**
   * The moment when a held lease may be somebody else's although the tab lives, in ms since the epoch, or `Infinity`.
   */
  readonly endsAt?: number
}

/** The standing of one who wishes nothing, or has no answer yet. */
export const noStanding: Standing = { lease: { status: 'idle' } }

/* One moment measured twice differs by the way there; less than this is no news. */
const samenessMs = 1_000

/**
 * Gives the standing after the answer to a heartbeat or command that claimed and was sent at `sentAt` (ms since the
 * epoch), in the words for `people` who are known.
 */
export function answered(
  standing: Standing,
  answer: Answer,
  sentAt: number,
  people: readonly PresencePerson[],
): Standing {
  if (answer.forbidden) return barred(standing)
  const { fence } = standing
  const before: {
    status: string
    receipt?: string
    requestedBy?: PresencePerson
    deadline?: number
    yieldAt?: number
    canRequestAt?: number
  } = standing.lease
  const { editing, lostTo, requestedBy, deadlineMs, yieldMs, keptMs } = answer
  const editor = editing?.granted === false ? person(editing.editorUserId) : undefined
  // Under another fence, or behind somebody: others may have had it and saved.
  if (answer.lost || (fence !== undefined && (!editing?.granted || editing.fence !== fence))) {
    // A claim that has ended while somebody asked for the lease was handed to them.
    const successor = lostTo ?? editor ?? (editing ? undefined : before.requestedBy)
    return { lease: present({ status: 'lost', successor }) }
  }
  if (!editing) return standing
  const request = {
    requestedBy,
    deadline: moment(deadlineMs, before.deadline),
    yieldAt: moment(yieldMs, before.yieldAt),
  }
  if (editing.granted) {
    const { fence } = editing
    // Who knows a receipt is not sent it again.
    const { receipt = before.receipt } = answer
    return {
      fence,
      lease: present({ status: 'held', fence, receipt, ...request }),
      endsAt: sentAt + (yieldMs ?? deadlineMs ?? Infinity),
    }
  }
  const { position } = editing
  const canRequestAt = moment(keptMs, before.canRequestAt)
  return { lease: present({ status: 'waiting', position, editor, ...request, canRequestAt }) }

  function moment(ms: number | undefined, known = 0): number | undefined {
    if (ms === undefined) return undefined
    const time = sentAt + ms
    return Math.abs(time - known) < samenessMs ? known : time
  }

  function person(id: string | undefined): PresencePerson | undefined {
    if (id === undefined) return undefined
    const { name = '', initials, avatar } = people.find((one) => one.id === id) ?? {}
    return present({ id, name, initials, avatar })
  }
}

/** Gives the standing of one whose lease nobody has confirmed in time. */
export function lapsed(standing: Standing): Standing {
  return present({ fence: standing.fence, lease: { status: 'lost' } })
}

/** Gives the standing of one who may not edit here, or no more. */
export function barred({ fence }: Standing): Standing {
  return { lease: fence === undefined ? { status: 'forbidden' } : { status: 'lost', forbidden: true } }
}
