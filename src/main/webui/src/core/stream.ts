import type { PresenceSnapshot, StreamEvent } from './protocol.js'
import { askedWait, backOff, rareWait } from './retry.js'
import type { Service, Failure } from './service.js'

/** The one who hears what a stream brings; nothing comes after `close`. */
export interface StreamListener {
  /** The page as it is now. */
  onSnapshot(snapshot: PresenceSnapshot, etag: string | undefined): void
  /** The service is still there, and nothing has changed. */
  onPing(): void
  /** The stream ended, for this reason, and nobody here closed it. */
  onEnd(reason: Failure['kind']): void
  /** The wait after an end is over, and `open` opens again. */
  onReady(): void
}

/** A page's snapshots as they come: at most one connection, and what is to be waited for before the next. */
export interface Stream {
  /** True from the moment that it was asked for, whether or not the service has answered yet. */
  isOpen(): boolean
  /** Opens it with what is already known of the page; does nothing while it is open or has to wait. */
  open(pagePath: string, known: string | undefined): void
  /** Closes it. A wait goes on. */
  close(): void
  /** Ends it as one that doesn't work. */
  fail(): void
  /** Forgets its failures, because what caused them may be over; a wait that the service wants goes on. */
  retry(): void
  /** Closes it, and ends all timers. */
  stop(): void
}

/* The service writes a comment at once, so only a proxy that holds answers back keeps silent so long. */
const firstSignMs = 10_000
/* Two pings and a half, of which the service sends one in 15 s; no service is configured to send fewer than one in 30 s. */
const silenceMs = 40_000
/* While there is no stream the beats go on, and nobody waits for it. */
const longestBackOffMs = 300_000

/** Creates a stream that is not open yet. */
export function createStream(service: Service, listener: StreamListener): Stream {
  let current: AbortController | undefined
  let failures = 0
  let silence: ReturnType<typeof setTimeout> | undefined
  let wait: ReturnType<typeof setTimeout> | undefined
  let isAsked = false

  function open(pagePath: string, known: string | undefined) {
    if (current || wait) return
    const attempt = (current = new AbortController())
    expectWithin(firstSignMs)
    const hear = (event?: StreamEvent) => {
      if (current !== attempt) return
      expectWithin(silenceMs)
      if (event?.kind === 'snapshot') listener.onSnapshot(event.snapshot, event.etag)
      if (event?.kind !== 'ping') return
      // A stream that lives long enough to be pinged works.
      failures = 0
      listener.onPing()
    }
    void service.stream(pagePath, known, attempt.signal, hear).then((end) => {
      if (current === attempt) finish(end)
    })
  }

  function expectWithin(ms: number) {
    clearTimeout(silence)
    silence = setTimeout(fail, ms)
  }

  function finish(end: Failure) {
    close()
    const ms = waitAfter(end)
    wait = setTimeout(() => {
      wait = undefined
      listener.onReady()
    }, ms)
    listener.onEnd(end.kind)
  }

  function waitAfter(end: Failure): number {
    isAsked = false
    switch (end.kind) {
      case 'signed-out':
        // At once, but a service that finds each credential expired is not asked in a loop.
        return failures++ === 0 ? 0 : backOff(failures, longestBackOffMs)
      case 'forbidden':
        // Nobody tells when it is open again: a heartbeat that succeeds does not end this wait.
        isAsked = true
        return rareWait()
      case 'refused':
        return longestBackOffMs * (1 + Math.random() / 2)
      case 'failed': {
        const ownWait = backOff(failures++, longestBackOffMs)
        if (!end.retryAfterMs) return ownWait
        isAsked = true
        return Math.max(askedWait(end.retryAfterMs), ownWait)
      }
    }
  }

  function fail() {
    if (current) finish({ kind: 'failed' })
  }

  function close() {
    clearTimeout(silence)
    current?.abort()
    current = undefined
  }

  function endWait() {
    clearTimeout(wait)
    wait = undefined
  }

  return {
    isOpen: () => !!current,
    open,
    close,
    fail,
    retry() {
      failures = 0
      if (!isAsked) endWait()
    },
    stop() {
      close()
      endWait()
    },
  }
}
