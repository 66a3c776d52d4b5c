import {
  parseBeat,
  parseProblem,
  type Beat,
  type BeatMessage,
  type LeaveMessage,
  type PresenceProblem,
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
}

/** What became of a join or heartbeat. */
export type Reply =
  | { readonly kind: 'beat'; readonly beat: Beat }
  | { readonly kind: 'signed-out' }
  /** The same request would be refused again. */
  | { readonly kind: 'refused'; readonly problem: PresenceProblem }
  /** Worth another try, at the earliest after `retryAfterMs` where the service said so. */
  | { readonly kind: 'failed'; readonly problem?: PresenceProblem; readonly retryAfterMs?: number }

export interface Service {
  /** Never rejects; a signal that aborts makes it a failure at once. */
  beat(call: 'join' | 'heartbeat', message: BeatMessage, signal: AbortSignal): Promise<Reply>
  /** Sent before it returns, so that a document that goes away can call it; nobody waits for its answer. */
  leave(message: LeaveMessage): void
}

/* These say "not now"; every other 4xx says "not like this". */
const passing = new Set([408, 425, 429])

export function connectService(options: ServiceOptions): Service {
  const { baseUrl = '', token } = options
  let lastToken: string | undefined

  function post(call: string, message: BeatMessage | LeaveMessage, init: RequestInit): Promise<Response> {
    const send = options.fetch ?? fetch
    return send(`${baseUrl}/api/presence/${call}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(lastToken && { Authorization: `Bearer ${lastToken}` }),
      },
      body: JSON.stringify(message),
      credentials: token ? 'same-origin' : 'include',
      // A redirect is a login page in front of the service, which a background request can't go through.
      redirect: 'manual',
      ...init,
    })
  }

  async function read(response: Response): Promise<Reply> {
    const { status } = response
    if (status === 401 || response.type === 'opaqueredirect') return { kind: 'signed-out' }
    const body: unknown = await response.json().catch(() => undefined)
    if (response.ok) {
      const beat = parseBeat(body)
      if (beat) return { kind: 'beat', beat }
      return { kind: 'failed', problem: { status, title: 'The answer is not one of a presence service' } }
    }
    const problem = parseProblem(status, body)
    if (status >= 400 && status < 500 && !passing.has(status)) return { kind: 'refused', problem }
    const retryAfterMs = Number(response.headers.get('Retry-After') ?? NaN) * 1000
    return { kind: 'failed', problem, ...(retryAfterMs > 0 && { retryAfterMs }) }
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
  }
}
