import { eventReader } from './event-stream.js'
import type { AskGrant, Grant } from './grant.js'
import {
  foreign,
  isForbidden,
  isOwnProblem,
  parseAnswer,
  parseEvent,
  parseProblem,
  type Answer,
  type HeartbeatMessage,
  type LeaseMessage,
  type LeaveMessage,
  type PresenceProblem,
  type StreamEvent,
} from './protocol.js'

/** The way to the service. */
export interface ServiceOptions {
  /** The scheme, host and path before `/api/presence`, without a trailing slash; the page's own origin by default. */
  readonly baseUrl?: string
  /**
   * Gives the bearer token, asked before each request; an absent token leaves the header out. Without this
   * option the session cookie is sent, also to another origin.
   */
  readonly token?: () => string | undefined | Promise<string | undefined>
  /**
   * Gives the application's grant for what the user may here, which goes with each call about this presence's page, and
   * with no other's. It is asked for before the first call, 30 s before the end that it states, and again when the
   * service has refused it; one question at a time. What it throws is an outage, as with `token`.
   */
  readonly grant?: AskGrant
  /** Sends the requests, for tests and for pages that add headers of their own; the global `fetch` by default. */
  readonly fetch?: typeof fetch
  /**
   * Says whether a visible tab has a stream wherever one can be had; `true` by default. With `false` what changes is
   * seen at the next heartbeat, up to 15 s later.
   */
  readonly push?: boolean
}

/** The options in force for the page where a tab is. */
export interface Voice extends ServiceOptions {
  /** The grants of the presence that speaks for the tab; undefined when it has none. */
  readonly permit?: Grant | undefined
}

/** The calls of a tab, which the service answers in one form. */
export type Call = 'join' | 'heartbeat' | `editor/${LeaseCommand}`

/** The commands of a tab about a lease. */
export type LeaseCommand = 'request' | 'handover' | 'keep' | 'takeover'

/** The answer to such a call, or why there is none. */
export type Reply = { readonly kind: 'answered'; readonly answer: Answer } | Failure

/** A call that was not answered as it should, or a stream that has ended, and why. */
export interface Failure {
  /**
   * The reason in one word.
   *
   * - `signed-out`: the service knows no session, or no longer; a call with a fresh credential finds out more.
   * - `forbidden`: the user may not do this, or the page is not open to them.
   * - `refused`: the service will not have this, or has no streams.
   * - `failed`: nothing came, or something else than the service answered, or it can't answer now.
   */
  readonly kind: 'signed-out' | 'forbidden' | 'refused' | 'failed'
  /** The reason in words; absent when nothing came. */
  readonly problem?: PresenceProblem
  /** The time in ms before which the next try should not come; absent when nobody said. */
  readonly retryAfterMs?: number | undefined
}

/** The service as a tab calls it. */
export interface Service {
  /** Asks, and never rejects; a signal that aborts makes it a failure at once. */
  ask(call: Call, message: HeartbeatMessage | LeaseMessage, signal: AbortSignal): Promise<Reply>
  /**
   * Says that a tab leaves. That is sent before this returns, so that a document that goes away can call it, and
   * nobody waits for the answer. With `giveUp` the same request first ends the claim of that tab, which a leave alone
   * may keep for a while, and says anew who may see the tab. `permit` is that with which the tab came.
   */
  leave(
    message: LeaveMessage,
    giveUp: Pick<HeartbeatMessage, 'isListed'> | undefined,
    permit: Grant | undefined,
  ): void
  /**
   * Follows a page's stream until it ends, and never rejects. `hear` is called at each sign of life, with the event
   * if it is one. `known` is the etag of a snapshot that need not be sent first.
   */
  stream(
    pagePath: string,
    known: string | undefined,
    signal: AbortSignal,
    hear: (event?: StreamEvent) => void,
  ): Promise<Failure>
}

/* These say "not now"; every other 4xx says "not like this". */
const passing = new Set([408, 425, 429])
/* Something in front of the service may ask for a pause too, but not for hours. */
const longestForeignWaitMs = 60_000

/** Creates a service, whose `options` are asked for before each request. */
export function connectService(options: () => Voice): Service {
  let lastToken: string | undefined

  async function send(
    call: string,
    headers: Record<string, string>,
    grant: string | undefined,
    init: RequestInit,
  ): Promise<Response> {
    const { baseUrl = '', token, fetch: request = fetch } = options()
    return request(`${baseUrl}/api/presence/${call}`, {
      headers: {
        ...headers,
        ...(lastToken && { Authorization: `Bearer ${lastToken}` }),
        ...(grant && { 'Presence-Grant': grant }),
      },
      credentials: token ? 'same-origin' : 'include',
      // The service redirects no call; a page that something in front of it redirects to is no answer.
      redirect: 'manual',
      ...init,
    })
  }

  function post(
    call: string,
    message: object,
    grant: string | undefined,
    init: RequestInit,
  ): Promise<Response> {
    const headers = { 'Content-Type': 'application/json' }
    return send(call, headers, grant, { method: 'POST', body: JSON.stringify(message), ...init })
  }

  async function read(response: Response, refuseGrant: () => void): Promise<Reply> {
    const { status, ok, headers } = response
    const body: unknown = await response.json().catch(() => undefined)
    const answer = ok ? parseAnswer(body) : undefined
    if (answer) return { kind: 'answered', answer }
    const retryAfterMs = Number(headers.get('Retry-After')) * 1000
    if (!isOwnProblem(body) || !/^application\/problem\+json\b/i.test(headers.get('Content-Type') ?? ''))
      return {
        kind: 'failed',
        problem: { status, title: foreign },
        retryAfterMs: asked(Math.min(retryAfterMs, longestForeignWaitMs)),
      }
    const refusal = isForbidden(body) ? 'forbidden' : 'refused'
    const kind = status === 401 ? 'signed-out' : isRefusal(status) ? refusal : 'failed'
    // Without the right that it may have had before, another grant may have it.
    if (kind === 'forbidden' || /Presence-Grant/i.test(headers.get('WWW-Authenticate') ?? '')) refuseGrant()
    return { kind, problem: parseProblem(status, body), retryAfterMs: asked(retryAfterMs) }
  }

  async function listen(
    response: Response,
    hear: (event?: StreamEvent) => void,
    refuseGrant: () => void,
  ): Promise<Failure> {
    const type = response.headers.get('Content-Type') ?? ''
    // What is not ok is no answer.
    if (!response.ok) return (await read(response, refuseGrant)) as Failure
    if (!response.body || !/^text\/event-stream\b/i.test(type)) return { kind: 'refused' }
    let retryMs: number | undefined
    let end: Failure | undefined
    const feed = eventReader(
      ({ event, id, data }) => {
        const told = parseEvent(event, id, data)
        if (end || !told) return
        if (told.kind !== 'bye') return hear(told)
        retryMs = told.retryMs ?? retryMs
        const { reason } = told
        if (reason === 'expired') end = { kind: 'signed-out' }
        else end = reason === 'forbidden' ? { kind: reason } : failedUntil(retryMs)
      },
      (ms) => (retryMs = ms),
    )
    const reader = response.body.getReader()
    const decoder = new TextDecoder()
    while (!end) {
      const { done, value } = await reader.read()
      if (done) return failedUntil(retryMs)
      hear()
      feed(decoder.decode(value, { stream: true }))
    }
    return end
  }

  return {
    ask(call, message, signal) {
      const failed: Reply = { kind: 'failed' }
      // Of this moment, in which the message was made: while a token is waited for the tab may go to another page.
      const { token, permit } = options()
      const answered = async () => {
        lastToken = await token?.()
        const grant = permit && (await permit.get())
        return read(await post(call, message, grant, { signal }), () => permit?.refuse(grant))
      }
      // The signal also ends the wait for a token that never comes; fetch then refuses to start.
      const givenUp = new Promise<Reply>((resolve) => {
        signal.addEventListener('abort', () => resolve(failed), { once: true })
      })
      return Promise.race([answered().catch(() => failed), givenUp])
    },

    leave(message, giveUp, permit) {
      const { unloading, ...tab } = message
      // One request, because of two either may come first, and after a leave nothing else is heard.
      const both = { heartbeats: [{ ...tab, ...giveUp, isEditing: false }], leaves: [message] }
      // The last token goes with it, because a document that goes away has no time to ask for a new one.
      const init = { keepalive: true }
      post(giveUp ? 'batch' : 'leave', giveUp ? both : message, permit?.last, init).catch(() => undefined)
    },

    async stream(pagePath, known, signal, hear) {
      try {
        // Without these, fetch would keep an endless answer to itself.
        if (!globalThis.ReadableStream || !('body' in Response.prototype)) return { kind: 'refused' }
        const { token, permit } = options()
        lastToken = await token?.()
        const grant = permit && (await permit.get())
        const headers = { Accept: 'text/event-stream', ...(known && { 'Last-Event-ID': known }) }
        // no-store, because browsers let a second request for one address wait for the cacheable first.
        const init: RequestInit = { signal, cache: 'no-store' }
        const call = `stream?pagePath=${encodeURIComponent(pagePath)}`
        return await listen(await send(call, headers, grant, init), hear, () => permit?.refuse(grant))
      } catch {
        return { kind: 'failed' }
      }
    },
  }
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !passing.has(status)
}

function failedUntil(retryMs: number | undefined): Failure {
  return { kind: 'failed', retryAfterMs: asked(retryMs) }
}

function asked(ms = 0): number | undefined {
  return ms > 0 ? ms : undefined
}
