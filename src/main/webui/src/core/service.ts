import { eventReader } from './event-stream.js'
import {
  foreign,
  isOwnProblem,
  parseBeat,
  parseEvent,
  parseProblem,
  type Beat,
  type BeatMessage,
  type LeaseMessage,
  type LeaveMessage,
  type PresenceProblem,
  type StreamEvent,
} from './protocol.js'

/** Where the service is and how to speak to it. */
export interface ServiceOptions {
  /** Scheme, host and path before `/api/presence`, without a trailing slash; `''` is the page's own origin. */
  readonly baseUrl?: string
  /**
   * Gives the bearer token, asked before each request; an absent token leaves the header out. Without this
   * option the session cookie is sent, also to another origin.
   */
  readonly token?: () => string | undefined | Promise<string | undefined>
  /** Replaces the global `fetch`, for tests and for pages that add headers of their own. */
  readonly fetch?: typeof fetch
  /**
   * `false` opens no stream: what changes is then seen at the next heartbeat, up to 15 s later. Without this
   * option a visible tab has a stream wherever one can be had.
   */
  readonly push?: boolean
}

/** What can be asked and is answered by a beat. */
export type Call = 'join' | 'heartbeat' | `editor/${LeaseCall}`

/** What can be said about a lease. */
export type LeaseCall = 'request' | 'handover' | 'keep' | 'takeover'

/** What became of such a call. */
export type Reply =
  | { readonly kind: 'beat'; readonly beat: Beat }
  /** The service itself said no (`refused`), or that it knows no session, or that it can't answer now (`failed`). */
  | Refusal<'signed-out' | 'refused' | 'failed'>
  /** Nothing came, or something else than the service answered. */
  | { readonly kind: 'failed'; readonly problem?: PresenceProblem; readonly retryAfterMs?: number }

interface Refusal<K> {
  readonly kind: K
  readonly problem: PresenceProblem
  /** The next try should not come before. */
  readonly retryAfterMs?: number
}

/** Why a stream ended, or why there is none. */
export type StreamEnd =
  /** The service didn't accept the credential, or no longer: a beat with a fresh one finds out more. */
  | { readonly kind: 'expired' }
  /** There are no streams here: an old service, or something in front of it. */
  | { readonly kind: 'unavailable' }
  /** Worth another try, at the earliest after `retryAfterMs` where the service said so. */
  | { readonly kind: 'failed'; readonly retryAfterMs?: number }

export interface Service {
  /** Never rejects; a signal that aborts makes it a failure at once. */
  beat(call: Call, message: BeatMessage | LeaseMessage, signal: AbortSignal): Promise<Reply>
  /**
   * Sent before it returns, so that a document that goes away can call it; nobody waits for its answer. With
   * `giveUp` the same request first ends the claim of that tab, which a leave alone may keep for a while.
   */
  leave(message: LeaveMessage, giveUp: boolean): void
  /**
   * A page's stream until it ends; never rejects. `hear` is called at each sign of life, with the event if it
   * is one. `known` is the etag of a snapshot that need not be sent first.
   */
  stream(
    pagePath: string,
    known: string | undefined,
    signal: AbortSignal,
    hear: (event?: StreamEvent) => void,
  ): Promise<StreamEnd>
}

/* These say "not now"; every other 4xx says "not like this". */
const passing = new Set([408, 425, 429])
/* Something in front of the service may ask for a pause too, but not for hours. */
const longestForeignWaitMs = 60_000

/** The options are asked for before each request. */
export function connectService(options: () => ServiceOptions): Service {
  let lastToken: string | undefined

  async function send(call: string, headers: Record<string, string>, init: RequestInit): Promise<Response> {
    const { baseUrl = '', token, fetch: ask = fetch } = options()
    return ask(`${baseUrl}/api/presence/${call}`, {
      headers: { ...headers, ...(lastToken && { Authorization: `Bearer ${lastToken}` }) },
      credentials: token ? 'same-origin' : 'include',
      // The service redirects no call; a page that something in front of it redirects to is no answer.
      redirect: 'manual',
      ...init,
    })
  }

  function post(call: string, message: object, init: RequestInit): Promise<Response> {
    const headers = { 'Content-Type': 'application/json' }
    return send(call, headers, { method: 'POST', body: JSON.stringify(message), ...init })
  }

  async function read(response: Response): Promise<Reply> {
    const { status, ok, headers } = response
    const body: unknown = await response.json().catch(() => undefined)
    const beat = ok ? parseBeat(body) : undefined
    if (beat) return { kind: 'beat', beat }
    const retryAfterMs = Number(headers.get('Retry-After') ?? NaN) * 1000
    if (!isOwnProblem(body) || !/^application\/problem\+json\b/i.test(headers.get('Content-Type') ?? ''))
      return {
        kind: 'failed',
        problem: { status, title: foreign },
        ...asked(Math.min(retryAfterMs, longestForeignWaitMs)),
      }
    const kind = status === 401 ? 'signed-out' : isRefusal(status) ? 'refused' : 'failed'
    return { kind, problem: parseProblem(status, body), ...asked(retryAfterMs) }
  }

  async function listen(response: Response, hear: (event?: StreamEvent) => void): Promise<StreamEnd> {
    const type = response.headers.get('Content-Type') ?? ''
    if (!response.ok) return endOf(await read(response))
    if (!response.body || !/^text\/event-stream\b/i.test(type)) return { kind: 'unavailable' }
    let retryMs: number | undefined
    let end: StreamEnd | undefined
    const feed = eventReader(
      ({ event, id, data }) => {
        const told = parseEvent(event, id, data)
        if (end || !told) return
        if (told.kind !== 'bye') return hear(told)
        retryMs = told.retryMs ?? retryMs
        end = told.isExpired ? { kind: 'expired' } : failedUntil(retryMs)
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
    beat(call, message, signal) {
      const failed: Reply = { kind: 'failed' }
      const answered = async () => {
        lastToken = await options().token?.()
        return read(await post(call, message, { signal }))
      }
      // The signal also ends the wait for a token that never comes; fetch then refuses to start.
      const givenUp = new Promise<Reply>((resolve) => {
        signal.addEventListener('abort', () => resolve(failed), { once: true })
      })
      return Promise.race([answered().catch(() => failed), givenUp])
    },

    leave(message, giveUp) {
      // One request, because of two either may come first, and after a leave nothing else is heard.
      const { pagePath, tabId, incarnation } = message
      const end = { pagePath, tabId, incarnation, isEditing: false }
      const sent = giveUp
        ? post('batch', { heartbeats: [end], leaves: [message] }, { keepalive: true })
        : post('leave', message, { keepalive: true })
      // The last token went with it, because a document that goes away has no time to ask for a new one.
      sent.catch(() => undefined)
    },

    async stream(pagePath, known, signal, hear) {
      try {
        // Without these, fetch would keep an endless answer to itself.
        if (!globalThis.ReadableStream || !('body' in Response.prototype)) return { kind: 'unavailable' }
        lastToken = await options().token?.()
        const headers = { Accept: 'text/event-stream', ...(known && { 'Last-Event-ID': known }) }
        // no-store, because browsers let a second request for one address wait for the cacheable first.
        const init: RequestInit = { signal, cache: 'no-store' }
        return await listen(
          await send(`stream?pagePath=${encodeURIComponent(pagePath)}`, headers, init),
          hear,
        )
      } catch {
        return { kind: 'failed' }
      }
    },
  }
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !passing.has(status)
}

function endOf(reply: Reply): StreamEnd {
  if (reply.kind === 'signed-out') return { kind: 'expired' }
  if (reply.kind === 'refused') return { kind: 'unavailable' }
  return { kind: 'failed', ...('retryAfterMs' in reply && asked(reply.retryAfterMs)) }
}

function failedUntil(retryMs: number | undefined): StreamEnd {
  return { kind: 'failed', ...asked(retryMs) }
}

function asked(retryAfterMs = 0): { retryAfterMs?: number } {
  return retryAfterMs > 0 ? { retryAfterMs } : {}
}
