import { answered, lapsed, noHold, type PresenceLease } from './lease.js'
import {
  present,
  type Beat,
  type BeatMessage,
  type LeaseMessage,
  type PresenceEditing,
  type PresencePerson,
  type PresenceProblem,
  type PresenceSection,
  type PresenceSnapshot,
  type PresenceViewer,
} from './protocol.js'
import { askedWait, backOff } from './retry.js'
import { sectionOf } from './section.js'
import { connectService, type Call, type LeaseCall, type Reply, type ServiceOptions } from './service.js'
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
  /** Who holds the page's edit lease; undefined when nobody does. */
  readonly editor: PresenceViewer | undefined
  /** The id of `editor`, also when the service does not list them. */
  readonly editorUserId: string | undefined
  /** Who has asked the editor for the page and waits for an answer. */
  readonly requestedByUserId: string | undefined
  /** The sections that somebody edits; each has a lease of its own, beside the page's. */
  readonly sections: readonly PresenceSection[]
  /** The section that this tab is in, as `sectionOf` names it; undefined for the page as a whole. */
  readonly section: string | undefined
  /**
   * Whether this tab wants to edit where it is: somebody has begun to change something, not just opened the
   * page. `lease` tells whether they may.
   */
  readonly isEditing: boolean
  /** Where the lease is for which this tab wishes. */
  readonly lease: PresenceLease
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
  /** The section it starts in, by its anchor (see `sectionOf`); without one, the page as a whole. */
  readonly section?: string
}

/** One tab's presence on a page, joined from the moment it was created until it is stopped. */
export interface Presence {
  /** Calls the listener after each change of the state, never at once; returns what ends that. */
  subscribe(listener: () => void): () => void
  /** The present state; the same object until something changes. */
  getSnapshot(): PresenceState
  /**
   * Claims the lease where the tab is, or gives the claim up. Saying the same twice is fine. After a lease was
   * lost, `true` is a new claim, behind all others, and `false` says that the user knows.
   */
  setIsEditing(next: boolean): void
  /**
   * Claims, and asks whoever holds the lease to hand it over. Like the three calls below it gives undefined when
   * that is done, else why not; it never rejects. `lease` tells what came of it.
   */
  requestEdit(): Promise<PresenceProblem | undefined>
  /** Gives the lease to who has asked for it. */
  handOver(): Promise<PresenceProblem | undefined>
  /** Keeps the lease from who has asked for it; nobody can ask again for a while. */
  keep(): Promise<PresenceProblem | undefined>
  /** Takes the lease from whoever has it, where the user's role allows that. */
  takeOver(): Promise<PresenceProblem | undefined>
  /** To be called at each keystroke: shows the others for 6 s that somebody types here. */
  typing(): void
  /**
   * Moves the tab to a section of its page, named by its anchor (see `sectionOf`). A claim goes with it: it ends here
   * and is a new one there.
   */
  setSection(anchor: string | undefined): void
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
/* The service shows typing for 6 s, and counts no more than one such beat in 3 s, by its own clock. */
const typingEveryMs = 3_200
/* A service that is late to end a lease is not asked about it in a loop. */
const shortestHoldMs = 250

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
   *
   * Calls about the lease are errands, which take the same one way. An answer speaks of the wish with which it
   * was asked, and of no later one.
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

  let state: PresenceState = { ...idleState(options.pagePath), section: sectionOf(options.section) }
  /* running: beats go out. suspended: between pagehide and pageshow. halted: the service said no. */
  let phase: 'running' | 'suspended' | 'halted' | 'stopped' = 'running'
  let tabId: string | undefined
  let incarnation = 0
  /* What the application said; undefined in a fresh document, where a reload may still hold a claim. */
  let claim: boolean | undefined
  /* Counts the changes of the wish: another claim, section or page. */
  let wish = 0
  let hold = noHold
  let holdTimer: ReturnType<typeof setTimeout> | undefined
  /* How long the tab lives, hidden or visible, after a beat; undefined until one was answered. */
  const lives: { hidden?: number; visible?: number } = {}
  /* For how many ms from now the service keeps the tab at least. */
  let keptFor = notAtAll
  let claimedAt = 0
  let errands: Errand[] = []
  let isTyping = false
  let typedAt = -Infinity
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
    isDue = false
    sentAt = performance.now()
    const { pagePath } = state
    const before = placed
    placed = pagePath
    const asked = wish
    const life = isVisible() ? 'visible' : 'hidden'
    const left = countdown()
    // Should the answer get lost, the tab may live shorter than it did.
    const kept = keptFor
    keptFor = kept() > 0 ? () => Math.min(kept(), left(lives[life] ?? intervalMs)) : notAtAll
    watchHold()
    const reply = await send(joined ? 'heartbeat' : 'join', message(tabId))
    if (!reply) return
    if (reply.kind === 'refused') placed = before
    if (reply.kind === 'signed-out') placed = undefined
    if (stopped()) return sayGoodbye()
    if (reply.kind === 'beat') {
      const ms = (lives[life] = reply.beat.ttlMs ?? reply.beat.nextHeartbeatMs)
      keptFor = () => left(ms)
    }
    settle(reply, pagePath, asked)
  }

  /* The answer, or undefined when nobody waits for it any more. */
  async function send(call: Call, body: BeatMessage | LeaseMessage): Promise<Reply | undefined> {
    const attempt = (inFlight = new AbortController())
    isOvertaken = false
    claimedAt = Date.now()
    const limit = setTimeout(() => attempt.abort(), requestLimitMs)
    const reply = await service.beat(call, body, attempt.signal)
    clearTimeout(limit)
    if (inFlight !== attempt) return undefined
    inFlight = undefined
    return reply
  }

  function place(tab: string): LeaseMessage {
    const { pagePath, section } = state
    return { pagePath, tabId: tab, ...present('section', section) }
  }

  function message(tab: string): BeatMessage {
    const typing = isTyping
    isTyping = false
    if (typing) typedAt = performance.now()
    return {
      ...place(tab),
      isVisible: isVisible(),
      incarnation,
      ...((joined || claim !== undefined) && { isEditing: claim ?? false }),
      ...(joined && known !== undefined && { known }),
      ...(typing && { isTyping: true }),
    }
  }

  function settle(reply: Reply, pagePath: string, asked: number) {
    const isOfThisPage = pagePath === state.pagePath
    if (reply.kind !== 'beat') dropErrands(problemOf(reply))
    switch (reply.kind) {
      case 'beat':
        failures = 0
        intervalMs = reply.beat.nextHeartbeatMs
        if (isOfThisPage) accept(reply.beat, asked)
        wait(intervalMs)
        return goOn()
      case 'failed':
        isPaused = reply.retryAfterMs !== undefined
        publish({ status: 'reconnecting', problem: reply.problem })
        return wait(
          reply.retryAfterMs === undefined
            ? backOff(failures++, longestRetryMs)
            : askedWait(reply.retryAfterMs),
        )
      case 'signed-out':
        return halt({ status: 'signed-out' })
      case 'refused':
        if (!isOfThisPage) return void beat()
        // The tab is not where it was before either.
        leave(false)
        return halt({ status: 'refused', self: state.self, problem: reply.problem })
    }
  }

  function accept(answer: Beat, asked: number) {
    joined = isHeard = true
    publish({
      status: 'live',
      problem: undefined,
      self: answer.self ?? state.self,
      ...(asked === wish && turnOf(answer)),
      ...newsOf(answer),
    })
    openStream()
  }

  /* What an answer says of the wish with which it was asked. */
  function turnOf(answer: Beat): Partial<PresenceState> | undefined {
    claim ??= answer.editing !== undefined
    if (!claim && !answer.turn?.lost) return undefined
    const next = answered(hold, answer, claimedAt, (answer.snapshot ?? state).viewers)
    const { lease } = next
    if (lease.status === 'lost') {
      // Claiming on would bring a new lease one day, over a text that others have changed meanwhile.
      newWish(false)
      isDue = true
    }
    hold = next
    watchHold()
    return { isEditing: claim, editing: claim ? answer.editing : undefined, lease }
  }

  function setIsEditing(next: boolean) {
    if (stopped()) return
    if (claim !== next) {
      newWish(next, { isEditing: next })
      void beat()
    } else if (!next) newWish(next)
  }

  function newWish(next: boolean | undefined, change?: Partial<PresenceState>) {
    claim = next
    wish++
    hold = noHold
    dropErrands()
    publish({ editing: undefined, lease: hold.lease, ...change })
  }

  /* From the lease's last certain moment on nothing may be saved under it. */
  function watchHold() {
    clearTimeout(holdTimer)
    if (hold.endsAt) holdTimer = setTimeout(endHold, Math.max(heldFor(), shortestHoldMs))
  }

  function heldFor(): number {
    return Math.min(keptFor(), hold.endsAt! - Date.now())
  }

  function endHold() {
    if (heldFor() > 0) return watchHold()
    lapse()
    void beat()
  }

  function lapse(isTold = true) {
    if (!hold.endsAt) return
    hold = lapsed(hold)
    publish({ lease: hold.lease, editing: undefined }, isTold)
  }

  function run(call: LeaseCall): Promise<PresenceProblem | undefined> {
    return new Promise((done) => {
      if (phase !== 'running' || isPaused) return done(state.problem ?? unsent)
      errands.push({ call, done })
      // Whether there is anybody to ask, a beat finds out.
      if (call === 'request' && !inFlight && !state.editing) isDue = true
      goOn()
    })
  }

  /* Sends what waits for the way to be free. */
  function goOn() {
    if (inFlight) return
    const [errand] = errands
    if (errand && joined && (errand.call !== 'request' || state.editing)) {
      errands.shift()
      void go(errand)
    } else if (isDue) void beat()
  }

  async function go({ call, done }: Errand) {
    // It is free, and ours.
    if (call === 'request' && state.editing?.granted) {
      done(undefined)
      return goOn()
    }
    const { pagePath } = state
    let asked = wish
    const reply = await send(`editor/${call}`, place(tabId!))
    if (reply?.kind !== 'beat') isDue = true
    else if (pagePath === state.pagePath) {
      if (call === 'takeover' && asked === wish) {
        newWish(true)
        asked = wish
      }
      accept(reply.beat, asked)
    }
    done(reply?.kind === 'beat' ? undefined : problemOf(reply))
    if (reply && stopped()) sayGoodbye()
    else goOn()
  }

  function dropErrands(problem = unsent) {
    for (const { done } of errands.splice(0)) done(problem)
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
    // The lease is with somebody else, or asked for by somebody else, than our last beat said: ask for this tab's
    // place, its fence or the deadline.
    const { editing, self, lease, section } = state
    const seen = section === undefined ? snapshot : snapshot.sections?.find((one) => one.section === section)
    const asker = 'requestedBy' in lease ? lease.requestedBy?.id : undefined
    const editor = editing?.granted ? self?.id : editing?.editorUserId
    if (editing && (seen?.editorUserId !== editor || seen?.requestedByUserId !== asker)) void beat()
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
    const { viewers, editorUserId, requestedByUserId, sections = nowhere, viewerCount, tabCount } = snapshot
    return { viewers, editorUserId, requestedByUserId, sections, viewerCount, tabCount }
  }

  function wait(ms: number) {
    clearTimeout(timer)
    timer = setTimeout(() => {
      isPaused = false
      void beat()
    }, ms)
  }

  function halt(next: Partial<PresenceState>) {
    phase = 'halted'
    unfollow()
    joined = false
    known = undefined
    clearTimeout(timer)
    endLife()
    const { pagePath, section, isEditing, lease } = state
    publish({
      ...idleState(pagePath),
      section,
      isEditing,
      lease: lease.status === 'waiting' ? noHold.lease : lease,
      ...next,
    })
  }

  /* The service may have let go of the tab. */
  function endLife() {
    keptFor = notAtAll
    lapse()
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
    endLife()
    dropErrands()
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

  function publish(change: Partial<PresenceState>, isTold = true) {
    const next = derive({ ...state, ...change })
    if (isSame(next, state)) return
    state = next
    if (isTold) tell()
    else queueMicrotask(tell)
  }

  function tell() {
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
    getSnapshot() {
      // A machine that wakes up runs the page's handlers before its timers, but who renders must not be told now.
      if (heldFor() <= 0) lapse(false)
      return state
    },
    setIsEditing,
    requestEdit() {
      setIsEditing(true)
      return run('request')
    },
    handOver: () => run('handover'),
    keep: () => run('keep'),
    takeOver: () => run('takeover'),
    typing() {
      if (phase !== 'running' || isTyping || performance.now() - typedAt < typingEveryMs) return
      isTyping = true
      void beat()
    },
    setSection(anchor) {
      const next = sectionOf(anchor)
      if (stopped() || next === state.section) return
      newWish(claim, { section: next })
      void beat()
    },
    setPagePath(next) {
      if (stopped() || next === state.pagePath) return
      // Nobody edits the page that was left; but a fresh document that said nothing yet may get its claim back.
      newWish(placed || claim ? false : claim, { ...idleState(next), self: state.self })
      unfollow()
      joined = false
      known = undefined
      if (phase === 'halted') phase = 'running'
      void beat()
    },
    stop() {
      if (stopped()) return
      phase = 'stopped'
      clearTimeout(timer)
      clearTimeout(holdTimer)
      stream.stop()
      dropAside()
      newWish(false, { ...idleState(state.pagePath), status: 'stopped' })
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
    requestedByUserId: undefined,
    sections: nowhere,
    section: undefined,
    isEditing: false,
    lease: noHold.lease,
    editing: undefined,
    viewerCount: 0,
    tabCount: 0,
    problem: undefined,
  }
}

const nobody: readonly PresenceViewer[] = []
const nowhere: readonly PresenceSection[] = []

/** The problem of a call that never reached the service. */
export const unsent: PresenceProblem = { status: 0, title: 'The service was not reached' }

/* What is said about the lease, and who waits to hear what came of it. */
interface Errand {
  readonly call: LeaseCall
  readonly done: (problem: PresenceProblem | undefined) => void
}

function problemOf(reply: Reply | undefined): PresenceProblem {
  return (reply && 'problem' in reply && reply.problem) || unsent
}

function notAtAll(): number {
  return 0
}

/* What is left of a number of ms that begins now, by both clocks of a browser: one may stop while the machine
 * sleeps, the other may be set. */
function countdown(): (ms: number) => number {
  const ticks = performance.now()
  const time = Date.now()
  return (ms) => ms - Math.max(performance.now() - ticks, Date.now() - time)
}

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
