import { number, parseEach, parseJson, present, record, text, truth } from './json.js'

/*
 * The shapes of messages, and nothing else: only this file knows the names on the wire. What the service
 * says is `unknown` until it went through one of the parsers; a field that is missing or of a wrong type is
 * treated as absent, so that a newer or older service can't break a page.
 */

/** A user as the service vouches for them. */
export interface PresencePerson {
  /** The service's id of the user. Opaque: compare it, never show it. */
  readonly id: string
  /** The name to show; empty when the service knows none, or does not tell it. Never the id. */
  readonly name: string
  /** The initials, where the service tells no more of a person; absent otherwise. */
  readonly initials?: string
  /** An absolute https address of a picture; absent when there is none. */
  readonly avatar?: string
}

/** The user whose tab this is. */
export interface PresenceSelf extends PresencePerson {
  /**
   * The id that the user has in `viewers` at level `initials`; absent at others, and while the user is not among those
   * that are listed.
   */
  readonly viewerId?: string
  /** True when the user's role allows to take a lease over; absent otherwise. */
  readonly canTakeOver?: true
}

/**
 * The share of a page's people that the user sees: who they are, their initials, how many there are, or nothing. Where it is
 * less than `names`, ids are those of a visit to one page, and say nothing beyond it.
 */
export type PresenceLevel = 'names' | 'initials' | 'count' | 'none'

/** A user who has at least one tab open on the page. */
export interface PresenceViewer extends PresencePerson {
  /** The number of this user's tabs on the page, 1 or more. */
  readonly tabCount: number
  /** True when all those tabs are hidden; absent otherwise. */
  readonly away?: true
  /** The section of the page that they are in; absent for the page as a whole. */
  readonly section?: string
  /** True while they type there; absent otherwise. */
  readonly typing?: true
}

/** A section of a page that somebody edits. */
export interface PresenceSection {
  /** The section's name, such as a heading's anchor. */
  readonly section: string
  /** The id of the user who holds its edit lease. */
  readonly editorUserId: string
  /** The id of the user who has asked the editor for it and waits for an answer; absent when nobody has. */
  readonly requestedByUserId?: string
}

/** The snapshot of a page: what those who are on it may see. */
export interface PresenceSnapshot {
  /** The page in the service's canonical form, the form `location.pathname` has. */
  readonly pagePath: string
  /** The share of the page's people that this tells. */
  readonly level: PresenceLevel
  /**
   * The people on the page in order of arrival, each once; the service lists a limited number (100 by default), and none
   * where it tells a count or nothing.
   */
  readonly viewers: readonly PresenceViewer[]
  /** The id of the user who holds the page's edit lease; absent when nobody does. */
  readonly editorUserId?: string
  /** The id of the user who has asked that editor for it and waits for an answer; absent when nobody has. */
  readonly requestedByUserId?: string
  /** The sections that somebody edits; absent when there are none. */
  readonly sections?: readonly PresenceSection[]
  /** True when somebody edits the page or a section of it. */
  readonly isEdited: boolean
  /** True when somebody has asked for the page or a section of it, and waits for an answer. */
  readonly isRequested: boolean
  /** The number of all viewers, also of those beyond the list; 0 where it is not told. */
  readonly viewerCount: number
  /** The number of all their tabs; where it is not told, of those that are listed. */
  readonly tabCount: number
}

/** The service's answer to this tab's wish to edit. */
export type PresenceEditing =
  /** The tab holds the lease. `fence` rises with each holder: a backend refuses a save with an older one. */
  | { readonly granted: true; readonly fence: number }
  /** Somebody holds it already. `position` is the number of claims before this one, 1 or more. */
  | { readonly granted: false; readonly editorUserId?: string; readonly position: number }

/** The details of a lease, beside whether it is granted. */
export interface LeaseDetails {
  /** True when the lease went to somebody else, and the claim ended with it; absent otherwise. */
  readonly lost?: true
  /** True when the user may not edit there, so that there is no claim; absent otherwise. */
  readonly forbidden?: true
  /** The user who has the lease that was lost. */
  readonly lostTo?: PresencePerson
  /** The user who has asked the editor for it. */
  readonly requestedBy?: PresencePerson
  /** The time in ms after which it is theirs without an answer, from when the service was asked. */
  readonly deadlineMs?: number
  /** The time in ms after which it is theirs whatever the editor does, from when the service was asked. */
  readonly yieldMs?: number
  /** The service's signature on the fence; absent when it makes none, or the tab knows it. */
  readonly receipt?: string
  /** The time in ms for which the editor, who has refused, is not asked again, from when the service was asked. */
  readonly keptMs?: number
}

/** The reason why the service refused or failed, in its own words (RFC 9457). */
export interface PresenceProblem {
  /** The HTTP status; 200 when the answer was not one of this protocol, 0 when there was none. */
  readonly status: number
  /** The reason in one short sentence. */
  readonly title: string
  /** The mistake in this request; absent when the service said no more than the title. */
  readonly detail?: string
  /** The fields that were refused, by their names on the wire; absent when it was not about fields. */
  readonly violations?: readonly { readonly field: string; readonly message: string }[]
  /**
   * The reason why a lease command was refused: `lost`, `no-claim`, `not-editor`, `not-requested`, `editor-keeps`,
   * `must-yield`, …
   */
  readonly reason?: string
  /** The user who holds the lease that such a command was about; absent when nobody does. */
  readonly editor?: PresencePerson
}

/** The body of a lease command; a field without a value is not sent. */
export interface LeaseMessage {
  readonly pagePath: string
  readonly tabId: string
  /** The section that the tab is in; undefined for the page as a whole. */
  readonly section: string | undefined
  /** True in a take-over that leaves the holder no time to save. */
  readonly now?: true | undefined
}

/** The body of a join or heartbeat; a field without a value is not sent. */
export interface HeartbeatMessage extends LeaseMessage {
  /** True when the tab claims the lease; undefined in a join keeps the claim that the tab has. */
  readonly isEditing: boolean | undefined
  /** False while the document is hidden. */
  readonly isVisible: boolean
  /** False when others are not to see the tab. */
  readonly isListed: false | undefined
  /** The number of the tab's document, which rises from one to the next. */
  readonly incarnation: number
  /** The etag of the snapshot that need not be sent again. */
  readonly known: string | undefined
  /** True when somebody types at this moment. */
  readonly isTyping: true | undefined
  /** True when the tab has a receipt of its present lease. */
  readonly receiptKnown: true | undefined
}

/** The body of a leave. With `unloading` the service waits a few seconds for the tab to come back. */
export interface LeaveMessage {
  readonly pagePath: string
  readonly tabId: string
  readonly unloading: boolean
  readonly incarnation: number
}

/** The service's answer to a join, to a heartbeat or to a lease command. */
export interface Answer extends LeaseDetails {
  /** The version of the page that the service has shown us; sent back as `known`. */
  readonly etag?: string
  /** The time in ms after which the service wants to hear from the tab again. */
  readonly nextHeartbeatMs: number
  /** The time in ms that the tab lives without another heartbeat, from when the service was asked. */
  readonly ttlMs?: number
  /** The user whose tab this is. */
  readonly self?: PresenceSelf
  /** The page as it is now; absent when it still is at `known`. */
  readonly snapshot?: PresenceSnapshot
  /** The answer to the claim; absent when the tab claims nothing. */
  readonly editing?: PresenceEditing
}

/** An event of a stream. */
export type StreamEvent =
  | { readonly kind: 'snapshot'; readonly snapshot: PresenceSnapshot; readonly etag?: string }
  /** Nothing new, and the service is still there. */
  | { readonly kind: 'ping' }
  /**
   * The service ends the stream. The reason is `expired` for a credential's end, `forbidden` for a page that is not open
   * to the user any more; by others it is back in about `retryMs`.
   */
  | { readonly kind: 'bye'; readonly reason?: string; readonly retryMs?: number }

const lowerLevels = ['initials', 'count', 'none'] as const
const usualHeartbeatMs = 15_000
/* However short an interval a service asks for, a page doesn't become a flood of requests. */
const shortestHeartbeatMs = 250

/** Gives the answer in a body, or undefined when the body is none (a proxy's page, an old service). */
export function parseAnswer(body: unknown): Answer | undefined {
  const { pagePath, etag, nextHeartbeatMs, ttlMs, self, snapshot, editing } = record(body)
  if (!text(pagePath)) return undefined
  return present({
    etag: text(etag),
    nextHeartbeatMs: Math.max(number(nextHeartbeatMs) ?? usualHeartbeatMs, shortestHeartbeatMs),
    ttlMs: number(ttlMs),
    self: parseSelf(self),
    snapshot: parseSnapshot(snapshot),
    ...parseLease(record(editing)),
  })
}

/** Gives the snapshot in a message, or undefined when it holds none. */
export function parseSnapshot(body: unknown): PresenceSnapshot | undefined {
  const snapshot = record(body)
  const told = text(snapshot.level)
  const viewers = parseEach(snapshot.viewers, parseViewer) ?? (told ? [] : undefined)
  const editorUserId = text(snapshot.editorUserId)
  const requestedByUserId = text(snapshot.requestedByUserId)
  const sections = parseEach(snapshot.sections, parseSection)
  return (
    viewers &&
    present({
      pagePath: text(snapshot.pagePath) ?? '',
      // A level of a newer service shows what came with it.
      level: told ? (lowerLevels.find((level) => level === told) ?? 'none') : 'names',
      viewers,
      isEdited: !!(truth(snapshot.isEdited) ?? editorUserId ?? sections?.length),
      isRequested: !!(
        truth(snapshot.isRequested) ??
        requestedByUserId ??
        sections?.some((section) => section.requestedByUserId)
      ),
      viewerCount: number(snapshot.viewerCount) ?? viewers.length,
      tabCount: number(snapshot.tabCount) ?? viewers.reduce((sum, viewer) => sum + viewer.tabCount, 0),
      editorUserId,
      requestedByUserId,
      sections,
    })
  )
}

/** Gives the event of a stream with this name, id and data, or undefined when it is none that we know. */
export function parseEvent(
  name: string | undefined,
  id: string | undefined,
  data: string,
): StreamEvent | undefined {
  if (name === 'ping') return { kind: 'ping' }
  const body = parseJson(data)
  if (name === 'snapshot') {
    const snapshot = parseSnapshot(body)
    return snapshot && present({ kind: name, snapshot, etag: text(id) })
  }
  // A stream of ours is of one page, and over without it.
  if (name === 'forbidden') return { kind: 'bye', reason: name }
  if (name !== 'bye') return undefined
  const { reason, retryMs } = record(body)
  return present({ kind: name, reason: text(reason), retryMs: number(retryMs) })
}

/** The title of an answer that did not come from the service. */
export const foreign = 'The answer is not one of a presence service'

const ownType = 'urn:copresence:problem:'

/** True if the body is a problem that the service itself has: a proxy's may be JSON too. */
export function isOwnProblem(body: unknown): boolean {
  return text(record(body).type)?.startsWith(ownType) === true
}

/** True if the body is the problem of somebody who may not do this. */
export function isForbidden(body: unknown): boolean {
  return record(body).type === `${ownType}forbidden`
}

/** The problem in an answer's body; an answer without one is described by its status alone. */
export function parseProblem(status: number, body: unknown): PresenceProblem {
  const problem = record(body)
  return present({
    status,
    title: text(problem.title) ?? `The service answered ${status}`,
    detail: text(problem.detail),
    violations: parseEach(problem.violations, parseViolation),
    reason: text(problem.reason),
    editor: parsePerson(problem.editor),
  })
}

/**
 * Gives the problem that something thrown by the application is: the fields of a problem document where it has them, as
 * the body of a refusal does, else the message of an error.
 */
export function parseFailure(error: unknown): PresenceProblem {
  const { status, title, message } = record(error)
  const words = text(title) ?? text(message) ?? 'The text was not opened'
  return { ...parseProblem(number(status) ?? 0, error), title: words }
}

function parseViolation(body: unknown) {
  const { field, message } = record(body)
  return text(field) || text(message) ? { field: text(field) ?? '', message: text(message) ?? '' } : undefined
}

function parseViewer(body: unknown): PresenceViewer | undefined {
  const person = parsePerson(body)
  const { tabCount, away, section, typing } = record(body)
  return (
    person &&
    present({
      ...person,
      tabCount: number(tabCount) ?? 1,
      away: truth(away),
      section: text(section),
      typing: truth(typing),
    })
  )
}

function parseSection(body: unknown): PresenceSection | undefined {
  const fields = record(body)
  const section = text(fields.section)
  const editorUserId = text(fields.editorUserId)
  if (!section || !editorUserId) return undefined
  return present({ section, editorUserId, requestedByUserId: text(fields.requestedByUserId) })
}

function parsePerson(body: unknown): PresencePerson | undefined {
  const person = record(body)
  const id = text(person.id)
  if (!id) return undefined
  const name = text(person.name)?.trim() ?? ''
  return present({
    id,
    name: name === id ? '' : name,
    initials: text(person.initials),
    avatar: text(person.avatar),
  })
}

function parseSelf(body: unknown): PresenceSelf | undefined {
  const person = parsePerson(body)
  const { viewerId, canTakeOver } = record(body)
  return person && present({ ...person, viewerId: text(viewerId), canTakeOver: truth(canTakeOver) })
}

function parseLease(body: Record<string, unknown>) {
  const lost = truth(body.lost)
  const forbidden = truth(body.forbidden)
  return {
    lost,
    forbidden,
    lostTo: parsePerson(body.lostTo),
    requestedBy: parsePerson(body.requestedBy),
    deadlineMs: number(body.deadlineMs),
    yieldMs: number(body.yieldMs),
    receipt: text(body.receipt),
    keptMs: number(body.keptMs),
    editing: parseEditing(body, lost ?? forbidden),
  }
}

function parseEditing(body: Record<string, unknown>, isOver: true | undefined): PresenceEditing | undefined {
  const { granted } = body
  if (granted === true) return { granted, fence: number(body.fence) ?? 0 }
  if (granted !== false || isOver) return undefined
  return present({ granted, editorUserId: text(body.editorUserId), position: number(body.position) ?? 1 })
}
