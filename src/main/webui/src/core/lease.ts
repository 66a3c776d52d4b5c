import { present, type Beat, type PresencePerson } from './protocol.js'

/*
 * How this tab's wish to edit stands, as pure functions over what the service has answered and when it was
 * asked. Nothing here has a clock, a timer or a connection.
 */

/**
 * Where the edit lease is, as seen from this tab. Times are in ms since the epoch, as of `Date.now()`.
 *
 * - `idle`: there is no wish to edit, or no answer to it yet (then `isEditing` is true).
 * - `waiting`: somebody else holds the lease.
 * - `held`: this tab may save, under `fence`.
 * - `lost`: it held the lease and may save no more; what was typed is the application's to keep. While
 *   `isEditing` still is true nobody has taken the lease yet as far as is known, but the service did not
 *   confirm it in time: it is held again when the service says that it never went to anybody else.
 */
export type PresenceLease =
  | { readonly status: 'idle' }
  | {
      readonly status: 'waiting'
      /** The number of claims before this one: 1 for the next. */
      readonly position: number
      /** Who holds it. */
      readonly editor?: PresencePerson
      /** Who has asked the editor for it, this user or another, and gets it at `deadline` without an answer. */
      readonly requestedBy?: PresencePerson
      readonly deadline?: number
      /** The editor has refused and can't be asked before then. */
      readonly canRequestAt?: number
    }
  | {
      readonly status: 'held'
      /** Rises with each holder: goes with each save, for the backend to check. */
      readonly fence: number
      /** Who has asked for it: hand it over or keep it, else it is theirs at `deadline`. */
      readonly requestedBy?: PresencePerson
      readonly deadline?: number
    }
  | {
      readonly status: 'lost'
      /** Who has it now, where the service has said so. */
      readonly successor?: PresencePerson
    }

/** A lease and, from when it was granted until the wish ends, the fence under which it was. */
export interface Hold {
  readonly lease: PresenceLease
  readonly fence?: number
  /** While it is held: when it may be somebody else's although the tab lives (ms since the epoch), or never. */
  readonly endsAt?: number
}

export const noHold: Hold = { lease: { status: 'idle' } }

/* One moment measured twice differs by the way there; less than this is no news. */
const samenessMs = 1_000

/**
 * The hold after the answer to a beat or call that claimed and was sent at `sentAt` (ms since the epoch), in the
 * words for `people` who are known.
 */
export function answered(
  hold: Hold,
  { editing, turn = {} }: Beat,
  sentAt: number,
  people: readonly PresencePerson[],
): Hold {
  const { fence } = hold
  const before: { status: string; requestedBy?: PresencePerson; deadline?: number; canRequestAt?: number } =
    hold.lease
  const { lostTo, requestedBy, deadlineMs, keptMs } = turn
  const editor = editing?.granted === false ? person(editing.editorUserId) : undefined
  // Under another fence, or behind somebody: others may have had it and saved.
  if (turn.lost || (fence !== undefined && (!editing?.granted || editing.fence !== fence))) {
    // A claim that has ended while somebody asked for the lease was handed to them.
    const successor = lostTo ?? editor ?? (editing ? undefined : before.requestedBy)
    return { lease: { status: 'lost', ...present('successor', successor) } }
  }
  if (!editing) return hold
  const request = {
    ...present('requestedBy', requestedBy),
    ...present('deadline', moment(deadlineMs, before.deadline)),
  }
  if (editing.granted)
    return {
      fence: editing.fence,
      lease: { status: 'held', fence: editing.fence, ...request },
      endsAt: sentAt + (deadlineMs ?? Infinity),
    }
  return {
    lease: {
      status: 'waiting',
      position: editing.position,
      ...present('editor', editor),
      ...request,
      ...present('canRequestAt', moment(keptMs, before.canRequestAt)),
    },
  }

  function moment(ms: number | undefined, known = 0): number | undefined {
    if (ms === undefined) return undefined
    const time = sentAt + ms
    return Math.abs(time - known) < samenessMs ? known : time
  }

  function person(id: string | undefined): PresencePerson | undefined {
    if (id === undefined) return undefined
    const { name = '', avatar } = people.find((one) => one.id === id) ?? {}
    return { id, name, ...present('avatar', avatar) }
  }
}

/** The hold of one whose lease nobody has confirmed in time. */
export function lapsed(hold: Hold): Hold {
  return { ...present('fence', hold.fence), lease: { status: 'lost' } }
}
