import type { Grant } from '../core/grant.js'
import { number, parseEach, present, record, text } from '../core/json.js'
import {
  foreign,
  isForbidden,
  isOwnProblem,
  parseProblem,
  parseSnapshot,
  type PresenceLevel,
  type PresencePerson,
  type PresenceProblem,
} from '../core/protocol.js'
import type { Failure, ServiceOptions } from '../core/service.js'

/** A page of a list that somebody is on. */
export interface PageRow {
  /** The page as the application named it. */
  readonly pagePath: string
  /** The share of the page's people that this tells. */
  readonly level: PresenceLevel
  /** A few of the people there, whoever edits first; nobody where the service tells a count alone. */
  readonly viewers: readonly PresencePerson[]
  /** The number of all who are there. */
  readonly viewerCount: number
  /** The id of the one who holds the page's edit lease; absent when nobody does, or it is not told. */
  readonly editorUserId?: string
  /** True when somebody edits the page or a section of it. */
  readonly isEdited: boolean
}

/** The service's answer to a lookup. */
export interface LookupAnswer {
  /** The version of what was told, for the next question. */
  readonly etag?: string
  /** The pages that somebody is on, by the name that the application has for each; absent when they are the same as before. */
  readonly rows?: ReadonlyMap<string, PageRow>
  /** The time in ms after which the service wants to be asked again. */
  readonly nextLookupMs: number
}

/** The question who is on some pages. */
export interface LookupQuestion {
  readonly pages: readonly string[]
  readonly known?: string | undefined
  readonly isListed?: false | undefined
}

/** The answer to a lookup, or why there is none. */
export type LookupReply = { readonly kind: 'answered'; readonly answer: LookupAnswer } | Failure

const usualLookupMs = 15_000
/* However short an interval a service asks for, a list doesn't become a flood of requests. */
const shortestLookupMs = 250
const longestCallMs = 10_000
/* These say "not now"; every other 4xx says "not like this". */
const passing = new Set([408, 425, 429])
const longestForeignWaitMs = 60_000

/** Asks who is on some pages, and never rejects. A signal that aborts makes it a failure at once. */
export async function lookUp(
  question: LookupQuestion,
  { baseUrl = '', token, fetch: request = fetch }: ServiceOptions,
  grants: Grant | undefined,
  givenUp: AbortSignal,
): Promise<LookupReply> {
  const attempt = new AbortController()
  const limit = setTimeout(() => attempt.abort(), longestCallMs)
  const giveUp = () => attempt.abort()
  givenUp.addEventListener('abort', giveUp)
  const answered = async (): Promise<LookupReply> => {
    const bearer = await token?.()
    const grant = await grants?.get()
    const response = await request(`${baseUrl}/api/presence/lookup`, {
      method: 'POST',
      body: JSON.stringify(question),
      headers: {
        'Content-Type': 'application/json',
        ...(bearer && { Authorization: `Bearer ${bearer}` }),
        ...(grant && { 'Presence-Grant': grant }),
      },
      credentials: token ? 'same-origin' : 'include',
      // The service redirects no call.
      redirect: 'manual',
      signal: attempt.signal,
    })
    return read(response, question.pages, () => grants?.refuse(grant))
  }
  // A token or grant that never comes is waited for no longer than an answer.
  const failed = new Promise<LookupReply>((resolve) =>
    attempt.signal.addEventListener('abort', () => resolve({ kind: 'failed' })),
  )
  const reply = await Promise.race([answered().catch((): LookupReply => ({ kind: 'failed' })), failed])
  clearTimeout(limit)
  givenUp.removeEventListener('abort', giveUp)
  return reply
}

async function read(
  response: Response,
  pages: readonly string[],
  refuseGrant: () => void,
): Promise<LookupReply> {
  const { status, ok, headers } = response
  const body: unknown = await response.json().catch(() => undefined)
  const answer = ok ? parseLookup(body, pages) : undefined
  if (answer) return { kind: 'answered', answer }
  const wait = Number(headers.get('Retry-After')) * 1000 || undefined
  if (!isOwnProblem(body)) {
    const problem: PresenceProblem = { status, title: foreign }
    return { kind: 'failed', problem, retryAfterMs: wait && Math.min(wait, longestForeignWaitMs) }
  }
  if (/Presence-Grant/i.test(headers.get('WWW-Authenticate') ?? '')) refuseGrant()
  return { kind: kindOf(status, body), problem: parseProblem(status, body), retryAfterMs: wait }
}

function kindOf(status: number, body: unknown): Failure['kind'] {
  if (status === 401) return 'signed-out'
  if (isForbidden(body)) return 'forbidden'
  return status >= 400 && status < 500 && !passing.has(status) ? 'refused' : 'failed'
}

/** Gives the answer in a body, or undefined when the body is none. */
export function parseLookup(body: unknown, pages: readonly string[]): LookupAnswer | undefined {
  const { etag, pages: told, spellings, nextLookupMs } = record(body)
  const next = number(nextLookupMs)
  if (!text(etag) && next === undefined) return undefined
  return present({
    etag: text(etag),
    rows: rowsOf(told, record(spellings), pages),
    nextLookupMs: Math.max(next ?? usualLookupMs, shortestLookupMs),
  })
}

/* The service names each page once, in its canonical form; the application has its own name, or several. */
function rowsOf(
  told: unknown,
  spellings: Record<string, unknown>,
  pages: readonly string[],
): ReadonlyMap<string, PageRow> | undefined {
  const parsed = parseEach(told, parseSnapshot)
  if (!parsed) return undefined
  const byPath = new Map(parsed.map((row) => [row.pagePath, row]))
  const rows = new Map<string, PageRow>()
  for (const pagePath of pages) {
    const row = byPath.get(text(spellings[pagePath]) ?? pagePath)
    if (!row) continue
    const { level, viewers, viewerCount, editorUserId, isEdited } = row
    const people = viewers.map(({ id, name, initials, avatar }) => present({ id, name, initials, avatar }))
    rows.set(pagePath, present({ pagePath, level, viewers: people, viewerCount, editorUserId, isEdited }))
  }
  return rows
}
