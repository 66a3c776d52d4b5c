import { vi } from 'vitest'
import { initials } from '../src/ui/people.js'
import type { PresenceLevel, PresenceSection, PresenceViewer } from '../src/core/protocol.js'

const leaseCalls = new Set(['request', 'handover', 'keep', 'takeover'])

/** The id of a viewer where no more than initials is told. */
export function ticketOf(userId: string): string {
  return `k-${userId.slice(2)}`
}

/** One request as it went over the wire. */
export interface Call {
  name: string
  url: string
  body: Record<string, unknown>
  init: RequestInit
  headers: Record<string, string>
}

export const ana: PresenceViewer = { id: 'u-ana', name: 'Ana Reis', tabCount: 1 }
export const bob: PresenceViewer = { id: 'u-bob', name: 'Bob Stone', tabCount: 1 }

/**
 * A service in memory behind `fetch`. It answers beats the way the real one does for a page whose snapshot
 * the test sets; a test that wants another answer queues it with `next`.
 */
export class FakeService {
  readonly calls: Call[] = []
  self: Record<string, unknown> | undefined = { id: ana.id, name: ana.name }
  viewers: PresenceViewer[] = [ana]
  editorUserId: string | undefined
  requestedByUserId: string | undefined
  sections: PresenceSection[] | undefined
  /** How much of the page's people is told. */
  level: PresenceLevel = 'names'
  /** The answer to a claim; undefined is the lease with fence 7, null is none. */
  editing: unknown
  ttlMs = 45_000
  /** Claims that survived a reload. */
  claimed = new Set<unknown>()
  etag = 'v1'
  nextHeartbeatMs = 15_000
  /** The pages that are not open to the user. */
  readonly closed = new Set<unknown>()
  /** What is answered to every beat and call that has no answer of its own; undefined is the usual. */
  instead: (() => Response | Promise<Response>) | undefined
  /** The streams that were asked for; without `streaming` they are 404, as from a service that has none. */
  readonly streams: FakeStream[] = []
  streaming = false
  private readonly queue: Array<() => Response | Promise<Response>> = []
  private readonly streamQueue: Array<() => Response | Promise<Response>> = []

  readonly fetch = vi.fn((input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = String(input)
    if (url.includes('/api/presence/stream?')) return this.open(new FakeStream(url, init))
    const name = url.slice(url.lastIndexOf('/') + 1)
    const body = JSON.parse(String(init.body)) as Record<string, unknown>
    this.calls.push({ name, url, body, init, headers: init.headers as Record<string, string> })
    const isLast = name === 'leave' || name === 'batch'
    const answer =
      (isLast ? undefined : (this.queue.shift() ?? this.instead)) ?? (() => this.answer(name, body))
    return answered(answer, init.signal)
  })

  /** Answers the next beat that has no other answer yet. */
  next(answer: () => Response | Promise<Response>): this {
    this.queue.push(answer)
    return this
  }

  /** Drops the answers that are queued. */
  answerAsUsual(): void {
    this.queue.length = 0
  }

  /** Delays the next heartbeat until the function it returns is called, with an answer of its own or the usual. */
  delay(): (answer?: Response) => void {
    let release: (answer?: Response) => void = () => undefined
    const held = new Promise<Response | undefined>((resolve) => (release = resolve))
    this.next(async () => {
      const call = this.calls.at(-1)!
      return (await held) ?? this.answer(call.name, call.body)
    })
    return release
  }

  /** Answers the next stream that has no other answer yet. */
  nextStream(answer: () => Response | Promise<Response>): this {
    this.streamQueue.push(answer)
    return this
  }

  names(): string[] {
    return this.calls.map((call) => call.name)
  }

  last(): Call {
    return this.calls.at(-1)!
  }

  answer(name: string, body: Record<string, unknown>): Response {
    if (this.closed.has(body.pagePath)) return forbidden()
    if (name === 'leave') return json(200, {})
    if (name === 'batch') return json(200, { results: [] })
    if (leaseCalls.has(name)) {
      const { editing = { granted: true, fence: 7 } } = this
      const snapshot = this.snapshot(String(body.pagePath))
      return json(200, {
        pagePath: body.pagePath,
        etag: this.etag,
        snapshot,
        ...(editing !== null && { editing }),
      })
    }
    const claims = body.isEditing === true || (body.isEditing === undefined && this.claimed.has(body.tabId))
    return json(200, {
      pagePath: body.pagePath,
      etag: this.etag,
      ttlMs: this.ttlMs,
      nextHeartbeatMs: this.nextHeartbeatMs,
      self: this.ownSelf(),
      ...(body.known !== this.etag && { snapshot: this.snapshot(String(body.pagePath)) }),
      ...(claims && this.editing !== null && { editing: this.editing ?? { granted: true, fence: 7 } }),
    })
  }

  /** The stream that was asked for last. */
  get stream(): FakeStream {
    return this.streams.at(-1)!
  }

  /** The page's present snapshot as an event of a stream. */
  event(): string {
    return `event: snapshot\nid: ${this.etag}\ndata: ${JSON.stringify(this.snapshot('/a'))}\n\n`
  }

  private open(stream: FakeStream): Promise<Response> {
    this.streams.push(stream)
    const usual = () => {
      const page = new URL(stream.url, 'https://a.example').searchParams.get('pagePath')
      if (this.closed.has(page)) return forbidden()
      return this.streaming ? stream.response() : problem(404)
    }
    return answered(this.streamQueue.shift() ?? usual, stream.init.signal)
  }

  private ownSelf(): Record<string, unknown> | undefined {
    const { self, level, viewers } = this
    const isListed = level === 'initials' && viewers.some(({ id }) => id === self?.id)
    return isListed ? { ...self, viewerId: ticketOf(String(self!.id)) } : self
  }

  /** The page as those see it who see less than names. */
  private projection(pagePath: string): Record<string, unknown> {
    const { level, viewers, editorUserId } = this
    const viewerCount = viewers.length
    if (level === 'none') return { pagePath, level }
    const isRequested = this.requestedByUserId !== undefined && { isRequested: true }
    if (level === 'count')
      return {
        pagePath,
        level,
        viewerCount,
        ...(editorUserId !== undefined && { isEdited: true }),
        ...isRequested,
      }
    return {
      pagePath,
      level,
      viewers: viewers.map(({ id, name }) => ({ id: ticketOf(id), initials: initials(name) })),
      ...(editorUserId !== undefined && { editorUserId: ticketOf(editorUserId) }),
      ...isRequested,
      viewerCount,
    }
  }

  private snapshot(pagePath: string): Record<string, unknown> {
    if (this.level !== 'names') return this.projection(pagePath)
    return {
      pagePath,
      viewers: this.viewers,
      viewerCount: this.viewers.length,
      tabCount: this.viewers.reduce((sum, viewer) => sum + viewer.tabCount, 0),
      ...(this.editorUserId !== undefined && { editorUserId: this.editorUserId }),
      ...(this.requestedByUserId !== undefined && { requestedByUserId: this.requestedByUserId }),
      ...(this.sections && { sections: this.sections }),
    }
  }
}

/** A stream as it was asked for, and the service's end of it, fed by hand. */
export class FakeStream {
  readonly headers: Record<string, string>
  private feed: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(
    readonly url: string,
    readonly init: RequestInit,
  ) {
    this.headers = init.headers as Record<string, string>
    // As in a browser, giving up breaks what is being read too.
    init.signal?.addEventListener('abort', () => this.cut())
  }

  get isOpen(): boolean {
    return !this.init.signal!.aborted
  }

  response(headers: Record<string, string> = {}): Response {
    const body = new ReadableStream<Uint8Array>({ start: (feed) => void (this.feed = feed) })
    this.write(': open\n\n')
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream', ...headers } })
  }

  write(text: string | Uint8Array): void {
    this.feed?.enqueue(typeof text === 'string' ? new TextEncoder().encode(text) : text)
  }

  ping(): void {
    this.write('event: ping\ndata: {}\n\n')
  }

  bye(reason: string, retryMs: number): void {
    this.write(`retry: ${retryMs}\nevent: bye\ndata: {"reason":"${reason}","retryMs":${retryMs}}\n\n`)
    this.end()
  }

  end(): void {
    this.feed?.close()
    this.feed = undefined
  }

  /** The connection breaks. */
  cut(): void {
    this.feed?.error(new TypeError('network error'))
    this.feed = undefined
  }
}

function answered(
  answer: () => Response | Promise<Response>,
  signal: AbortSignal | null | undefined,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError')))
    if (signal?.aborted) reject(new DOMException('given up', 'AbortError'))
    Promise.resolve().then(answer).then(resolve, reject)
  })
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  })
}

/** A refusal of the service's own, of these fields where it is about fields. */
export function problem(
  status: number,
  headers: Record<string, string> = {},
  more: Record<string, unknown> = {},
): Response {
  const type = 'urn:copresence:problem:of-a-test'
  return json(
    status,
    { type, title: `Problem ${status}`, status, detail: 'Because.', ...more },
    { 'Content-Type': 'application/problem+json', ...headers },
  )
}

/** The refusal of a page that is not open to the user: the same bytes whatever the page and the cause. */
export function forbidden(): Response {
  return problem(
    403,
    {},
    {
      type: 'urn:copresence:problem:forbidden',
      title: 'Forbidden',
      detail: 'This page is not open to you here.',
    },
  )
}

/** What a proxy says while it has nobody to ask: not the service's own, whatever its status. */
export function stranger(status: number, headers: Record<string, string> = {}): Response {
  const isEmpty = status === 204 || status === 205 || status === 304
  return new Response(isEmpty ? null : '<html>Back soon</html>', {
    status,
    headers: { 'Content-Type': 'text/html', ...headers },
  })
}
