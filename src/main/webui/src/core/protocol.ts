/*
 * The shapes of messages, and nothing else: only this file knows the names on the wire. What the service
 * says is `unknown` until it went through one of the parsers; a field that is missing or of a wrong type is
 * treated as absent, so that a newer or older service can't break a page.
 */

/** A user as the service vouches for them. */
export interface PresencePerson {
  /** The service's id of the user. Opaque: compare it, never show it. */
  readonly id: string
  /** The name to show; empty when the service knows none. Never the id. */
  readonly name: string
  /** An absolute https address of a picture; absent when there is none. */
  readonly avatar?: string
}

/** A user who has at least one tab open on the page. */
export interface PresenceViewer extends PresencePerson {
  /** How many tabs of this user are on the page, 1 or more. */
  readonly tabCount: number
  /** True when all those tabs are hidden; absent otherwise. */
  readonly away?: true
  /** Where on the page they are; absent for the page as a whole. */
  readonly section?: string
  /** True while they type there; absent otherwise. */
  readonly typing?: true
}

/** A section of a page that somebody edits. */
export interface PresenceSection {
  /** The section's name, such as a heading's anchor. */
  readonly section: string
  /** Who holds its edit lease. */
  readonly editorUserId: string
  /** Who has asked the editor for it and waits for an answer; absent when nobody has. */
  readonly requestedByUserId?: string
}

/** What everybody who is on a page may see of it. */
export interface PresenceSnapshot {
  /** The page in the service's canonical form, the form `location.pathname` has. */
  readonly pagePath: string
  /** In order of arrival, unique by user. The service lists a limited number of them (100 by default). */
  readonly viewers: readonly PresenceViewer[]
  /** Who holds the page's edit lease; absent when nobody does. */
  readonly editorUserId?: string
  /** Who has asked that editor for it and waits for an answer; absent when nobody has. */
  readonly requestedByUserId?: string
  /** The sections that somebody edits; absent when there are none. */
  readonly sections?: readonly PresenceSection[]
  /** All viewers, also those beyond the list. */
  readonly viewerCount: number
  /** All their tabs. */
  readonly tabCount: number
}

/** The service's answer to this tab's wish to edit. */
export type PresenceEditing =
  /** The tab holds the lease. `fence` rises with each holder: a backend refuses a save with an older one. */
  | { readonly granted: true; readonly fence: number }
  /** Somebody holds it already. `position` is the number of claims before this one, 1 or more. */
  | { readonly granted: false; readonly editorUserId?: string; readonly position: number }

/** What the service says of a lease beside whether it is granted. */
export interface Turn {
  /** The lease went to somebody else, and the claim ended with it. */
  readonly lost?: true
  /** To whom. */
  readonly lostTo?: PresencePerson
  /** Who has asked the editor for it. */
  readonly requestedBy?: PresencePerson
  /** In what time it is theirs without an answer, from when the service was asked. */
  readonly deadlineMs?: number
  /** For how long the editor, who has refused, is not asked again. */
  readonly keptMs?: number
}

/** Why the service refused or failed, in its own words (RFC 9457). */
export interface PresenceProblem {
  /** The HTTP status; 200 when the answer was not one of this protocol, 0 when there was none. */
  readonly status: number
  /** One short sentence. */
  readonly title: string
  /** What was wrong with this request; absent when the service said no more than the title. */
  readonly detail?: string
  /** The fields that were refused, by their names on the wire; absent when it was not about fields. */
  readonly violations?: readonly { readonly field: string; readonly message: string }[]
  /** Why a call about a lease was refused: `lost`, `no-claim`, `not-editor`, `not-requested`, `editor-keeps`, … */
  readonly reason?: string
  /** Who holds the lease that such a call was about; absent when nobody does. */
  readonly editor?: PresencePerson
}

/** The body of a call about the lease of a page or section. */
export interface LeaseMessage {
  readonly pagePath: string
  readonly tabId: string
  readonly section?: string
}

/** The body of a join or heartbeat. A join without `isEditing` keeps the claim that the tab has. */
export interface BeatMessage extends LeaseMessage {
  readonly isEditing?: boolean
  readonly isVisible: boolean
  readonly incarnation: number
  readonly known?: string
  /** Somebody types at this moment. */
  readonly isTyping?: true
}

/** The body of a leave. With `unloading` the service waits a few seconds for the tab to come back. */
export interface LeaveMessage {
  readonly pagePath: string
  readonly tabId: string
  readonly unloading: boolean
  readonly incarnation: number
}

/** The service's answer to a join or heartbeat, or to a call about a lease. */
export interface Beat {
  /** The version of the page that the service has shown us; sent back as `known`. */
  readonly etag?: string
  /** When the service wants to hear from the tab again. */
  readonly nextHeartbeatMs: number
  /** How long the tab lives without another beat, from when the service was asked. */
  readonly ttlMs?: number
  readonly self?: PresencePerson
  /** Absent when the page still is at `known`. */
  readonly snapshot?: PresenceSnapshot
  /** Absent when the tab claims nothing. */
  readonly editing?: PresenceEditing
  readonly turn?: Turn
}

/** What a stream tells. */
export type StreamEvent =
  | { readonly kind: 'snapshot'; readonly snapshot: PresenceSnapshot; readonly etag?: string }
  /** Nothing new, and the service is still there. */
  | { readonly kind: 'ping' }
  /** The service ends the stream: because the credential expired, or until it is back in about `retryMs`. */
  | { readonly kind: 'bye'; readonly isExpired: boolean; readonly retryMs?: number }

const usualHeartbeatMs = 15_000
/* However short an interval a service asks for, a page doesn't become a flood of requests. */
const shortestHeartbeatMs = 250

/** The beat in an answer's body, or undefined when the body is none (a proxy's page, an old service). */
export function parseBeat(body: unknown): Beat | undefined {
  if (!isRecord(body) || text(body.pagePath) === undefined) return undefined
  const next = number(body.nextHeartbeatMs) ?? usualHeartbeatMs
  return {
    nextHeartbeatMs: Math.max(next, shortestHeartbeatMs),
    ...present('etag', text(body.etag)),
    ...present('ttlMs', number(body.ttlMs)),
    ...present('self', parsePerson(body.self)),
    ...present('snapshot', parseSnapshot(body.snapshot)),
    ...present('editing', parseEditing(body.editing)),
    ...present('turn', parseTurn(body.editing)),
  }
}

/** The snapshot in a message, or undefined when it holds none. */
export function parseSnapshot(body: unknown): PresenceSnapshot | undefined {
  if (!isRecord(body) || !Array.isArray(body.viewers)) return undefined
  const viewers = body.viewers.map(parseViewer).filter((viewer) => viewer !== undefined)
  return {
    pagePath: text(body.pagePath) ?? '',
    viewers,
    viewerCount: number(body.viewerCount) ?? viewers.length,
    tabCount: number(body.tabCount) ?? viewers.reduce((sum, viewer) => sum + viewer.tabCount, 0),
    ...present('editorUserId', text(body.editorUserId)),
    ...present('requestedByUserId', text(body.requestedByUserId)),
    ...present('sections', parseSections(body.sections)),
  }
}

/** The event of a stream with this name, id and data, or undefined when it is none that we know. */
export function parseEvent(
  name: string | undefined,
  id: string | undefined,
  data: string,
): StreamEvent | undefined {
  if (name === 'ping') return { kind: 'ping' }
  const body = parseJson(data)
  if (name === 'snapshot') {
    const snapshot = parseSnapshot(body)
    return snapshot && { kind: 'snapshot', snapshot, ...present('etag', text(id)) }
  }
  if (name !== 'bye') return undefined
  const { reason, retryMs } = isRecord(body) ? body : {}
  return { kind: 'bye', isExpired: reason === 'expired', ...present('retryMs', number(retryMs)) }
}

/** What is said of an answer that did not come from the service. */
export const foreign = 'The answer is not one of a presence service'

/** True if the body is a problem that the service itself has: a proxy's may be JSON too. */
export function isOwnProblem(body: unknown): boolean {
  return isRecord(body) && text(body.type)?.startsWith('urn:copresence:problem:') === true
}

/** The problem in an answer's body; an answer without one is described by its status alone. */
export function parseProblem(status: number, body: unknown): PresenceProblem {
  const problem = isRecord(body) ? body : {}
  const violations = Array.isArray(problem.violations)
    ? problem.violations.filter(isRecord).map((violation) => ({
        field: text(violation.field) ?? '',
        message: text(violation.message) ?? '',
      }))
    : undefined
  return {
    status,
    title: text(problem.title) ?? `The service answered ${status}`,
    ...present('detail', text(problem.detail)),
    ...present('violations', violations),
    ...present('reason', text(problem.reason)),
    ...present('editor', parsePerson(problem.editor)),
  }
}

function parseViewer(body: unknown): PresenceViewer | undefined {
  const person = parsePerson(body)
  if (!person || !isRecord(body)) return undefined
  return {
    ...person,
    tabCount: number(body.tabCount) ?? 1,
    ...(body.away === true && { away: true }),
    ...present('section', text(body.section)),
    ...(body.typing === true && { typing: true }),
  }
}

function parseSections(body: unknown): readonly PresenceSection[] | undefined {
  if (!Array.isArray(body)) return undefined
  return body.flatMap((one: unknown) => {
    if (!isRecord(one)) return []
    const section = text(one.section)
    const editorUserId = text(one.editorUserId)
    if (section === undefined || editorUserId === undefined) return []
    return [{ section, editorUserId, ...present('requestedByUserId', text(one.requestedByUserId)) }]
  })
}

function parsePerson(body: unknown): PresencePerson | undefined {
  if (!isRecord(body)) return undefined
  const id = text(body.id)
  if (id === undefined) return undefined
  const name = text(body.name)?.trim() ?? ''
  return { id, name: name === id ? '' : name, ...present('avatar', text(body.avatar)) }
}

function parseEditing(body: unknown): PresenceEditing | undefined {
  if (!isRecord(body)) return undefined
  if (body.granted === true) return { granted: true, fence: number(body.fence) ?? 0 }
  if (body.granted !== false || body.lost === true) return undefined
  return {
    granted: false,
    position: number(body.position) ?? 1,
    ...present('editorUserId', text(body.editorUserId)),
  }
}

function parseTurn(body: unknown): Turn | undefined {
  if (!isRecord(body)) return undefined
  return {
    ...(body.lost === true && { lost: true }),
    ...present('lostTo', parsePerson(body.lostTo)),
    ...present('requestedBy', parsePerson(body.requestedBy)),
    ...present('deadlineMs', number(body.deadlineMs)),
    ...present('keptMs', number(body.keptMs)),
  }
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A record that has the key only where there is a value. */
export function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}
