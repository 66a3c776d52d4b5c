import type { Calls } from './calls.js'
import type { Answer, PresenceSnapshot } from './protocol.js'
import type { Service } from './service.js'
import { nowhere, type CurrentState, type PresenceState } from './state.js'
import { createStream } from './stream.js'

/** The newest snapshot of a page, of those that heartbeats and a stream bring. */
export interface Newest {
  /** The version of what is shown, which the service need not send again; undefined when nothing is. */
  readonly known: string | undefined
  /** Notes that a call goes out now. */
  sending(): void
  /** Gives what an answer adds to the state, which is nothing while a stream may bring newer. */
  take(answer: Answer): Partial<PresenceState> | undefined
  /**
   * Opens the stream, where there should be one; under another grant than the one before it is a new one, since none lives
   * longer than its grant.
   */
  follow(grant: string | undefined): void
  /** Closes the stream, because nobody sees the page. */
  hide(): void
  /** Closes the stream and forgets what is known, because the page is left. */
  forget(): void
  /** Replaces the stream, because the network is another. */
  renew(): void
  /** Closes the stream, and ends all timers. */
  stop(): void
}

/* The service waits with a change for 250 ms at most; one whose announcement got lost is rare. */
const streamLagMs = 3_000

/*
 * Heartbeats alone make the tab present. A stream only brings snapshots sooner: a heartbeat that succeeds opens it,
 * and it is closed when the tab is hidden, moves or goes.
 *
 * Snapshots come by both. Each of the two is in order by itself, but of an answer and an event that crossed it nobody
 * here can say which is older. So from the moment that a stream is asked for until it ends, only its events are shown,
 * all of which the service read after that moment. What an answer brings meanwhile waits, and is dropped when an event
 * comes after it. If none comes for a while, the stream is behind and is ended. When it ends, the answer that waits is
 * shown: it was asked for after all events.
 */

/**
 * Creates the snapshots of a page of which nothing is known. There is a stream while `isFollowing`. `onEvent` is called
 * with what it shows and with the state before that, and `onForbidden` when it has told that the page is not open to the user.
 */
export function createNewest(
  service: Service,
  current: CurrentState,
  calls: Calls,
  isFollowing: () => boolean,
  onEvent: (snapshot: PresenceSnapshot, before: PresenceState) => void,
  onForbidden: () => void,
): Newest {
  let known: string | undefined
  /* A heartbeat succeeded since the stream ended. */
  let isHeard = false
  /* An event came since the last call was sent. */
  let isOvertaken = false
  /* What the last answer brought and no event yet. */
  let waiting: Answer | undefined
  /* The grant under which the stream was opened, or would be. */
  let granted: string | undefined
  let lag: ReturnType<typeof setTimeout> | undefined

  const stream = createStream(service, {
    onSnapshot(snapshot, etag) {
      isOvertaken = true
      drop()
      const before = current.state
      current.publish(news(snapshot, etag))
      onEvent(snapshot, before)
    },
    onPing() {
      if (isFollowing()) calls.onPing()
    },
    onEnd(reason) {
      isHeard = false
      if (reason === 'forbidden') return onForbidden()
      showWaiting()
    },
    onReady() {
      // A service that restarted should know this tab before it tells who is there.
      if (isHeard) open()
      else if (isFollowing()) calls.heartbeatIfIdle()
    },
  })

  function open() {
    if (isFollowing()) stream.open(current.state.pagePath, known)
  }

  function showWaiting() {
    const { snapshot, etag } = waiting ?? {}
    drop()
    if (snapshot) current.publish(news(snapshot, etag))
  }

  function hide() {
    stream.close()
    showWaiting()
  }

  function renew() {
    // On another network the old connection may be dead without a sign.
    stream.retry()
    hide()
  }

  function drop() {
    waiting = undefined
    clearTimeout(lag)
    lag = undefined
  }

  function news({ pagePath, ...page }: PresenceSnapshot, etag: string | undefined): Partial<PresenceState> {
    known = etag
    return { editorUserId: undefined, requestedByUserId: undefined, sections: nowhere, ...page }
  }

  return {
    get known() {
      return known
    },
    sending() {
      isOvertaken = false
    },
    take(answer) {
      const { snapshot, etag } = answer
      isHeard = true
      // What kept the heartbeats away has kept the stream away too.
      if (current.state.status === 'reconnecting') stream.retry()
      if (snapshot && stream.isOpen() && !isOvertaken) {
        waiting = answer
        lag ??= setTimeout(stream.fail, streamLagMs)
        return undefined
      }
      drop()
      return isOvertaken ? undefined : snapshot && news(snapshot, etag)
    },
    follow(grant) {
      if (grant !== granted) renew()
      granted = grant
      open()
    },
    hide,
    forget() {
      stream.close()
      drop()
      known = undefined
    },
    renew,
    stop() {
      stream.stop()
      drop()
    },
  }
}
