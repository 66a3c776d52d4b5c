import { eventReader } from './event-stream.js'
import {
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
  | { readonly kind: 'signed-out' }
  /** The same request would be refused again. */
  | { readonly kind: 'refused'; readonly problem: PresenceProblem }
  /** Worth another try, at the earliest after `retryAfterMs` where the service said so. */
  | { readonly kind: 'failed'; readonly problem?: PresenceProblem; readonly retryAfterMs?: number }

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
  /** Sent before it returns, so that a document that goes away can call it; nobody waits for its answer. */
  leave(message: LeaveMessage): void
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

export function connectService(options: ServiceOptions): Service {
  const { baseUrl = '', token } = options
  let lastToken: string | undefined

  function send(call: string, headers: Record<string, string>, init: RequestInit): Promise<Response> {
    const ask = options.fetch ?? fetch
    return ask(`${baseUrl}/api/presence/${call}`, {
      headers: { ...headers, ...(lastToken && { Authorization: `Bearer ${lastToken}` }) },
      credentials: token ? 'same-origin' : 'include',
      // A redirect is a login page in front of the service, which a background request can't go through.
      redirect: 'manual',
      ...init,
    })
  }

  function post(call: string, message: LeaseMessage | LeaveMessage, init: RequestInit): Promise<Response> {
    const headers = { 'Content-Type': 'application/json' }
    return send(call, headers, { method: 'POST', body: JSON.stringify(message), ...init })
  }

  async function read(response: Response): Promise<Reply> {
    const { status } = response
    if (isSignedOut(response)) return { kind: 'signed-out' }
    const body: unknown = await response.json().catch(() => undefined)
    if (response.ok) {
      const beat = parseBeat(body)
      if (beat) return { kind: 'beat', beat }
      return { kind: 'failed', problem: { status, title: 'The answer is not one of a presence service' } }
    }
    const problem = parseProblem(status, body)
    if (isRefusal(status)) return { kind: 'refused', problem }
    return { kind: 'failed', problem, ...retryAfter(response) }
  }

  async function listen(response: Response, hear: (event?: StreamEvent) => void): Promise<StreamEnd> {
    if (isSignedOut(response)) return { kind: 'expired' }
    if (!response.ok && !isRefusal(response.status)) return { kind: 'failed', ...retryAfter(response) }
    const type = response.headers.get('Content-Type') ?? ''
    if (!response.ok || !response.body || !/^text\/event-stream\b/i.test(type)) return { kind: 'unavailable' }
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
        lastToken = await token?.()
        return read(await post(call, message, { signal }))
      }
      // The signal also ends the wait for a token that never comes; fetch then refuses to start.
      const givenUp = new Promise<Reply>((resolve) => {
        signal.addEventListener('abort', () => resolve(failed), { once: true })
      })
      return Promise.race([answered().catch(() => failed), givenUp])
    },

    leave(message) {
      // The last token, because a document that goes away has no time to ask for a new one.
      post('leave', message, { keepalive: true }).catch(() => undefined)
    },

    async stream(pagePath, known, signal, hear) {
      try {
        // Without these, fetch would keep an endless answer to itself.
        if (!globalThis.ReadableStream || !('body' in Response.prototype)) return { kind: 'unavailable' }
        lastToken = await token?.()
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

function isSignedOut({ status, type }: Response): boolean {
  return status === 401 || type === 'opaqueredirect'
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !passing.has(status)
}

function retryAfter({ headers }: Response): { retryAfterMs?: number } {
  return asked(Number(headers.get('Retry-After') ?? NaN) * 1000)
}

function failedUntil(retryMs: number | undefined): StreamEnd {
  return { kind: 'failed', ...asked(retryMs) }
}

function asked(retryAfterMs = 0): { retryAfterMs?: number } {
  return retryAfterMs > 0 ? { retryAfterMs } : {}
}
