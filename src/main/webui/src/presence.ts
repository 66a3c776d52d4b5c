import type {
  BeatMessage,
  Beat,
  PresenceEditing,
  PresencePerson,
  PresenceProblem,
  PresenceSnapshot,
  PresenceViewer,
} from './protocol.js'
import { askedWait, backOff } from './retry.js'
import { connectService, type Reply, type ServiceOptions } from './service.js'
import { createStream } from './stream.js'
import { claimTabId, nextIncarnation } from './tab-id.js'

/**
 * Where a presence stands.
 *
 * - `connecting`: asked to join, not answered yet.
 * - `live`: the service knows that this tab is here.
 * - `reconnecting`: the last request failed; what is shown may be old; tried again by itself.
 * - `signed-out`: the service knows no session (401). Silent until the tab is visible again or moves on.
 * - `refused`: the service will not have this request (`problem` says why). Silent likewise.
 * - `stopped`: after `stop()`, for good.
 */
export type PresenceStatus = 'connecting' | 'live' | 'reconnecting' | 'signed-out' | 'refused' | 'stopped'

/** All that is known at one moment. Never changed in place: a new object is news, the same object is none. */
export interface PresenceState {
  readonly status: PresenceStatus
  /** The page as the application named it. */
  readonly pagePath: string
  /** The signed-in user; undefined until the service has said. */
  readonly self: PresencePerson | undefined
  /** Everybody on the page, this user included, in order of arrival. */
  readonly viewers: readonly PresenceViewer[]
  /** Everybody but this user. */
  readonly others: readonly PresenceViewer[]
  /** Who holds the edit lease; undefined when nobody does. */
  readonly editor: PresenceViewer | undefined
  /** The id of `editor`, also when the service does not list them. */
  readonly editorUserId: string | undefined
  /** Whether this tab wants to edit; `editing` tells whether it may. */
  readonly isEditing: boolean
  /** The service's answer to that wish; undefined while it is on its way or there is no wish. */
  readonly editing: PresenceEditing | undefined
  /** All people on the page, also beyond those listed in `viewers`. */
  readonly viewerCount: number
  /** All their tabs. */
  readonly tabCount: number
  /** Why the status is `refused` or `reconnecting`, where the service said so. */
  readonly problem: PresenceProblem | undefined
}

/** What {@link createPresence} needs to know. */
export interface PresenceOptions extends ServiceOptions {
  /** The page this tab is on: an absolute path such as `location.pathname`. */
  readonly pagePath: string
}

/** One tab's presence on a page, joined from the moment it was created until it is stopped. */
export interface Presence {
  /** Calls the listener after each change of the state, never at once; returns what ends that. */
  subscribe(listener: () => void): () => void
  /** The present state; the same object until something changes. */
  getSnapshot(): PresenceState
  /** Claims the page for editing, or gives the claim up. Saying the same twice is fine. */
  setIsEditing(next: boolean): void
  /** Moves the tab to another page, which ends its claim; the present page again changes nothing. */
  setPagePath(next: string): void
  /** Leaves, and ends all timers, requests and listeners. Stopping twice is fine. */
  stop(): void
}

const requestLimitMs = 10_000
/* Below the service's TTL of 45 s, so that a short outage makes nobody blink. */
const longestRetryMs = 30_000
/* The service holds a change back for 250 ms at most; one whose announcement got lost is rare. */
const streamLagMs = 3_000

/**
 * Joins a page and keeps this tab present on it: one request per interval, which the service sets. While the
 * tab is visible, a stream brings changes at once; where none can be had they come with those requests. Needs
 * a browser's `document`; create it after mounting where pages are rendered on a server. One per document is
 * the rule: a tab is on one page at a time, so the one created last wins.
 */
export function createPresence(options: PresenceOptions): Presence {
  /*
   * One request is in flight at a time, so answers arrive in the order of the questions and a beat of the
   * page that was left never comes after the join of the new one. Whoever wants a beat meanwhile marks it as
   * due. Only a leave on `pagehide` does not wait: the request in flight is given up, and the service orders
   * the two by their incarnation.
   *
   * Beats alone make the tab present. A stream only brings snapshots sooner: a beat that succeeds opens it, and
   * it is closed when the tab is hidden, moves or goes.
   *
   * Snapshots come by both. Each of the two is in order by itself, but of a beat and an event that crossed it
   * nobody here can say which is older. So from the moment that a stream is asked for until it ends, only its
   * events are shown, all of which the service read after that moment. What a beat brings meanwhile is put
   * aside, and dropped when an event comes after it. If none comes for a while, the stream is behind and is
   * ended. When it ends, what lies aside is shown: that beat was sent after all events.
   */
  const service = connectService(options)
  const stream = createStream(service, {
    onSnapshot: showEvent,
    onPing: answerPing,
    onEnd: () => {
      isHeard = false
      showAside()
    },
    onReady: () => {
      // A service that restarted should know this tab before it tells who is there.
      if (isHeard) openStream()
      else if (isFollowing() && !inFlight) void beat()
    },
  })
  const listeners = new Set<() => void>()
  const lifetime = new AbortController()

  let state = idleState(options.pagePath)
  /* running: beats go out. suspended: between pagehide and pageshow. halted: the service said no. */
  let phase: 'running' | 'suspended' | 'halted' | 'stopped' = 'running'
  let tabId: string | undefined
  let incarnation = 0
  /* What the application said; undefined in a fresh document, where a reload may still hold a claim. */
  let claim: boolean | undefined
  let joined = false
  let known: string | undefined
  /* The page on which the service may believe this tab to be, which is the page to leave. */
  let placed: string | undefined
  let inFlight: AbortController | undefined
  let isDue = false
  let sentAt = 0
  let intervalMs = 0
  /* A beat succeeded since the stream ended. */
  let isHeard = false
  /* An event came since the last beat was sent. */
  let isOvertaken = false
  /* What the last beat brought and no event yet. */
  let aside: Beat | undefined
  let asideTimer: ReturnType<typeof setTimeout> | undefined
  /* The service asked for a pause (Retry-After): nothing but the timer ends it. */
  let isPaused = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function start() {
    const mine = (incarnation = nextIncarnation())
    phase = 'running'
    tabId = undefined
    joined = isPaused = false
    const id = await claimTabId()
    if (mine !== incarnation) return
    tabId = id
    void beat()
  }

  async function beat() {
    if (phase !== 'running' || !tabId || isPaused) return
    if (inFlight) {
      isDue = true
      return
    }
    clearTimeout(timer)
    isDue = isOvertaken = false
    sentAt = performance.now()
    const attempt = (inFlight = new AbortController())
    const { pagePath } = state
    const before = placed
    placed = pagePath
    const limit = setTimeout(() => attempt.abort(), requestLimitMs)
    const call = joined ? 'heartbeat' : 'join'
    const reply = await service.beat(call, message(tabId), attempt.signal)
    clearTimeout(limit)
    if (inFlight !== attempt) return
    inFlight = undefined
    if (reply.kind === 'refused') placed = before
    if (reply.kind === 'signed-out') placed = undefined
    if (stopped()) return sayGoodbye()
    settle(reply, pagePath)
  }

  function message(tab: string): BeatMessage {
    return {
      pagePath: state.pagePath,
      tabId: tab,
      isVisible: isVisible(),
      incarnation,
      ...((joined || claim !== undefined) && { isEditing: claim ?? false }),
      ...(joined && known !== undefined && { known }),
    }
  }

  function settle(reply: Reply, pagePath: string) {
    const isOfThisPage = pagePath === state.pagePath
    switch (reply.kind) {
      case 'beat':
        failures = 0
        intervalMs = reply.beat.nextHeartbeatMs
        if (isOfThisPage) accept(reply.beat)
        return isDue ? void beat() : wait(intervalMs)
      case 'failed':
        isPaused = reply.retryAfterMs !== undefined
        publish({ status: 'reconnecting', problem: reply.problem })
        return wait(
          reply.retryAfterMs === undefined
            ? backOff(failures++, longestRetryMs)
            : askedWait(reply.retryAfterMs),
        )
      case 'signed-out':
        return halt({ ...idleState(state.pagePath), status: 'signed-out', isEditing: state.isEditing })
      case 'refused':
        if (!isOfThisPage) return void beat()
        // The tab is not where it was before either.
        leave(false)
        return halt({
          ...idleState(pagePath),
          status: 'refused',
          self: state.self,
          isEditing: state.isEditing,
          problem: reply.problem,
        })
    }
  }

  function accept(answer: Beat) {
    joined = isHeard = true
    claim ??= answer.editing !== undefined
    publish({
      status: 'live',
      problem: undefined,
      self: answer.self ?? state.self,
      isEditing: claim,
      editing: claim ? answer.editing : undefined,
      ...newsOf(answer),
    })
    openStream()
  }

  function openStream() {
    if (isFollowing() && options.push !== false) stream.open(state.pagePath, known)
  }

  function newsOf(answer: Beat): Partial<PresenceState> | undefined {
    if (answer.snapshot && stream.isOpen() && !isOvertaken) {
      aside = answer
      asideTimer ??= setTimeout(stream.fail, streamLagMs)
      return undefined
    }
    dropAside()
    return isOvertaken ? undefined : answer.snapshot && news(answer.snapshot, answer.etag)
  }

  function showAside() {
    const shown = aside
    dropAside()
    if (shown?.snapshot) publish(news(shown.snapshot, shown.etag))
  }

  function dropAside() {
    aside = undefined
    clearTimeout(asideTimer)
    asideTimer = undefined
  }

  function showEvent(snapshot: PresenceSnapshot, etag: string | undefined) {
    isOvertaken = true
    dropAside()
    publish(news(snapshot, etag))
    // The lease is with somebody else than our last beat said: ask for this tab's place, or its fence.
    const { editing, self, editorUserId } = state
    if (editing && editorUserId !== (editing.granted ? self?.id : editing.editorUserId)) void beat()
  }

  /* A ping wakes a tab whose timers the browser has slowed down. */
  function answerPing() {
    if (isFollowing() && !inFlight && performance.now() - sentAt >= (intervalMs * 2) / 3) void beat()
  }

  /* Whether there should be a stream. */
  function isFollowing(): boolean {
    return phase === 'running' && state.status === 'live' && isVisible()
  }

  function unfollow() {
    stream.close()
    dropAside()
  }

  /* What a snapshot adds to the state; the etag is remembered for the next beat. */
  function news(snapshot: PresenceSnapshot, etag: string | undefined): Partial<PresenceState> {
    known = etag
    const { viewers, editorUserId, viewerCount, tabCount } = snapshot
    return { viewers, editorUserId, viewerCount, tabCount }
  }

  function wait(ms: number) {
    clearTimeout(timer)
    timer = setTimeout(() => {
      isPaused = false
      void beat()
    }, ms)
  }

  function halt(next: PresenceState) {
    phase = 'halted'
    unfollow()
    joined = false
    known = undefined
    clearTimeout(timer)
    publish(next)
  }

  function wake() {
    if (phase !== 'halted') return
    phase = 'running'
    publish({ status: 'connecting', problem: undefined })
  }

  function leave(unloading: boolean) {
    if (!placed || !tabId) return
    service.leave({ pagePath: placed, tabId, unloading, incarnation })
    placed = undefined
  }

  function suspend() {
    clearTimeout(timer)
    unfollow()
    inFlight?.abort()
    inFlight = undefined
    leave(true)
    if (stopped()) lifetime.abort()
    else phase = 'suspended'
  }

  function sayGoodbye() {
    leave(false)
    lifetime.abort()
  }

  function stopped(): boolean {
    return phase === 'stopped'
  }

  function publish(change: Partial<PresenceState>) {
    const next = derive({ ...state, ...change })
    if (isSame(next, state)) return
    state = next
    for (const listener of [...listeners]) {
      try {
        listener()
      } catch (error) {
        // The listener's trouble is reported, and is not ours.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  function listen(target: EventTarget, type: string, listener: (event: Event) => void) {
    target.addEventListener(type, listener, { signal: lifetime.signal })
  }

  // Never on beforeunload: it also runs when the user then chooses to stay.
  listen(window, 'pagehide', suspend)
  // Chromium says "visible" before this on a return from the back/forward cache: only here we are back.
  listen(window, 'pageshow', () => {
    if (phase !== 'suspended') return
    publish({ status: 'connecting' })
    void start()
  })
  listen(document, 'visibilitychange', () => {
    if (isVisible()) {
      wake()
    } else {
      stream.close()
      showAside()
    }
    void beat()
  })
  // The browser's word is a hint; the beat finds out the truth.
  listen(window, 'online', () => {
    failures = 0
    // On another network the old connection may be dead without a sign.
    stream.renew()
    showAside()
    void beat()
  })
  listen(window, 'offline', () => void beat())
  listen(document, 'prerenderingchange', () => void start())
  // Nobody looks at a page that is rendered in advance.
  if (!('prerendering' in document && document.prerendering)) void start()

  return {
    subscribe(listener) {
      // Wrapped, so that one listener that subscribes twice is two subscriptions.
      const entry = () => listener()
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    getSnapshot: () => state,
    setIsEditing(next) {
      if (stopped() || claim === next) return
      claim = next
      publish({ isEditing: next, editing: undefined })
      void beat()
    },
    setPagePath(next) {
      if (stopped() || next === state.pagePath) return
      // Nobody edits the page that was left; but a fresh document that said nothing yet may get its claim back.
      if (placed || claim) claim = false
      unfollow()
      joined = false
      known = undefined
      if (phase === 'halted') phase = 'running'
      publish({ ...idleState(next), self: state.self })
      void beat()
    },
    stop() {
      if (stopped()) return
      phase = 'stopped'
      clearTimeout(timer)
      stream.stop()
      dropAside()
      publish({ ...idleState(state.pagePath), status: 'stopped' })
      listeners.clear()
      if (!inFlight) sayGoodbye()
    },
  }
}

/** The state before anything was asked, which is also what a server renders. */
export function idleState(pagePath: string): PresenceState {
  return {
    status: 'connecting',
    pagePath,
    self: undefined,
    viewers: nobody,
    others: nobody,
    editor: undefined,
    editorUserId: undefined,
    isEditing: false,
    editing: undefined,
    viewerCount: 0,
    tabCount: 0,
    problem: undefined,
  }
}

const nobody: readonly PresenceViewer[] = []

function derive(state: PresenceState): PresenceState {
  const { viewers, self, editorUserId } = state
  return {
    ...state,
    others: viewers.filter((viewer) => viewer.id !== self?.id),
    editor: viewers.find((viewer) => viewer.id === editorUserId),
  }
}

/* States are plain data of a few hundred bytes, built in one order of keys. */
function isSame(one: PresenceState, other: PresenceState): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function isVisible(): boolean {
  return document.visibilityState === 'visible'
}
