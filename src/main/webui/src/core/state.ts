import { noStanding, type PresenceLease } from './lease.js'
import type {
  PresenceEditing,
  PresenceLevel,
  PresenceProblem,
  PresenceSection,
  PresenceSelf,
  PresenceViewer,
} from './protocol.js'

/**
 * The status of a presence. But for `stopped` none is for good: it goes on trying by itself.
 *
 * - `connecting`: asked to join, not answered yet.
 * - `live`: the service knows that this tab is here.
 * - `reconnecting`: the last request failed, or something else than the service answered it; what is shown may be old.
 * - `signed-out`: the service knows no session (401), also after another try with a fresh token.
 * - `forbidden`: the page is not open to this user, so that nothing of it is known here, nor known there of this tab. It
 *   asks again once in 45 to 90 s.
 * - `refused`: the service will not have this request, or another presence of this document is on another page;
 *   `problem` says why.
 * - `stopped`: after `stop()`, for good.
 */
export type PresenceStatus =
  'connecting' | 'live' | 'reconnecting' | 'signed-out' | 'forbidden' | 'refused' | 'stopped'

/**
 * The state of a presence at one moment. It is never changed in place: a new object is news, the same object is none.
 */
export interface PresenceState {
  readonly status: PresenceStatus
  /** The page as the application named it. */
  readonly pagePath: string
  /** The signed-in user; undefined until the service has said. */
  readonly self: PresenceSelf | undefined
  /** The amount of the page's people that this user sees; `names` until the service has said. */
  readonly level: PresenceLevel
  /**
   * Everybody on the page, this user included, in order of arrival. At level `initials` they have those in place of a
   * name; at `count` and `none` there is nobody.
   */
  readonly viewers: readonly PresenceViewer[]
  /** Everybody but this user. */
  readonly others: readonly PresenceViewer[]
  /** The viewer who holds the page's edit lease; undefined when nobody does. */
  readonly editor: PresenceViewer | undefined
  /** True when somebody edits the page or a section of it, also where nobody says who. */
  readonly isEdited: boolean
  /** True when somebody has asked for the page or a section of it and waits, also where nobody says who. */
  readonly isRequested: boolean
  /** The id of `editor`, also when the service does not list them. */
  readonly editorUserId: string | undefined
  /** The id of the user who has asked the editor for the page; undefined when nobody waits for an answer. */
  readonly requestedByUserId: string | undefined
  /** The sections that somebody edits; each has a lease of its own, beside the page's. */
  readonly sections: readonly PresenceSection[]
  /** The section that this tab is in, as `sectionOf` names it; undefined for the page as a whole. */
  readonly section: string | undefined
  /**
   * True while this document wants to edit where it is: somebody has begun to change something, not just opened the
   * page. It is enough that one of its presences wishes it. `lease` tells whether they may.
   */
  readonly isEditing: boolean
  /**
   * False while others do not see this tab, because a presence of this document asked for that. While it claims to edit
   * they do: a lease has a face.
   */
  readonly isListed: boolean
  /** The lease for which this document wishes, as seen from it. */
  readonly lease: PresenceLease
  /** The service's answer to that wish; undefined while it is on its way or there is no wish. */
  readonly editing: PresenceEditing | undefined
  /** The number of people on the page, also beyond those listed in `viewers`; 0 at level `none`. */
  readonly viewerCount: number
  /** The number of all their tabs. */
  readonly tabCount: number
  /**
   * The reason why the status is `forbidden`, `refused` or `reconnecting`, where that is known; while `live`, why a section, or to
   * be unlisted, was refused.
   */
  readonly problem: PresenceProblem | undefined
}

/** Gives the state before anything was asked, which is also what a server renders. */
export function idleState(pagePath: string): PresenceState {
  return {
    status: 'connecting',
    pagePath,
    self: undefined,
    level: 'names',
    viewers: nobody,
    others: nobody,
    editor: undefined,
    isEdited: false,
    isRequested: false,
    editorUserId: undefined,
    requestedByUserId: undefined,
    sections: nowhere,
    section: undefined,
    isEditing: false,
    isListed: true,
    lease: noStanding.lease,
    editing: undefined,
    viewerCount: 0,
    tabCount: 0,
    problem: undefined,
  }
}

const nobody: readonly PresenceViewer[] = []
/** The sections of a page where nobody edits one. */
export const nowhere: readonly PresenceSection[] = []

/** The problem of a lease command of somebody who may not edit. */
export const mayNotEdit: PresenceProblem = {
  status: 403,
  title: 'You may not edit here',
  reason: 'forbidden',
}

/** The problem of a call that never reached the service. */
export const unsent: PresenceProblem = { status: 0, title: 'The service was not reached' }

/** A tab's state, and the only way to change it. */
export interface CurrentState {
  /** The state at this moment; the same object until something changes. */
  readonly state: PresenceState
  /** Changes some fields, and tells of it when that is news: at once, or with `isLater` when this task is done. */
  publish(change: Partial<PresenceState>, isLater?: boolean): void
}

/** Creates the state with which a tab begins; `tell` is called when it has changed. */
export function createState(state: PresenceState, tell: () => void): CurrentState {
  return {
    get state() {
      return state
    },
    publish(change, isLater) {
      const next = derive({ ...state, ...change })
      if (isSame(next, state)) return
      state = next
      if (isLater) queueMicrotask(tell)
      else tell()
    },
  }
}

/* The state with what follows from its other fields. */
function derive(state: PresenceState): PresenceState {
  const { viewers, self, editorUserId } = state
  const me = self?.viewerId ?? self?.id
  return {
    ...state,
    others: viewers.filter(({ id }) => id !== me),
    editor: viewers.find((viewer) => viewer.id === editorUserId),
  }
}

/** Says whether two states are the same. They are plain data of a few hundred bytes, built in one order of keys. */
export function isSame(one: PresenceState, other: PresenceState | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
