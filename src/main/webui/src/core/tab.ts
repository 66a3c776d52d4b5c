import { createClaim } from './claim.js'
import { answered, lapsed, noHold } from './lease.js'
import { createPatience } from './patience.js'
import {
  present,
  type Beat,
  type BeatMessage,
  type LeaseMessage,
  type PresenceProblem,
  type PresenceSnapshot,
} from './protocol.js'
import { connectService, type Call, type LeaseCall, type Reply, type ServiceOptions } from './service.js'
import { derive, idleState, isSame, nowhere, unsent, type PresenceState } from './state.js'
import { createStream } from './stream.js'
import { claimTabId, nextIncarnation } from './tab-id.js'

/** A document's tab, present on a page from the moment it was created until it is stopped. */
export interface Tab {
  /** The present state; the same object until something changes. */
  getSnapshot(): PresenceState
  /** Claims the lease where the tab is, or gives the claim up. `false` also says that a loss is known. */
  setIsEditing(next: boolean): void
  /** Says something about the lease; gives undefined when that is done, else why not, and never rejects. */
  call(call: LeaseCall): Promise<PresenceProblem | undefined>
  /** To be called at each keystroke. */
  typing(): void
  /** Moves to a section, and the claim with it. */
  setSection(next: string | undefined): void
  /** Moves to another page, which ends the claim. */
  setPagePath(next: string): void
  /** Asks the service now, unless it wants a pause or is known to answer. */
  wake(): void
  /** Leaves, and ends all timers, requests and listeners. Stopping twice is fine. */
  stop(): void
}

/** Where a tab begins. */
export interface Place {
  readonly pagePath: string
  readonly section?: string | undefined
}

const requestLimitMs = 10_000
/* The service holds a change back for 250 ms at most; one whose announcement got lost is rare. */
const streamLagMs = 3_000
/* The service shows typing for 6 s, and counts no more than one such beat in 3 s, by its own clock. */
const typingEveryMs = 3_200
/* A service that is late to end a lease is not asked about it in a loop. */
const shortestHoldMs = 250

/**
 * Joins a page and keeps this document's tab present on it: one request per interval, which the service sets. While
 * it is visible, a stream brings changes at once; where none can be had they come with those requests. `options`
 * is asked before each request, and `tell` called after each change of the state, never at once.
 */
export function createTab(options: () => ServiceOptions, place: Place, tell: () => void): Tab {
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
   * Whatever is answered, the next beat is planned: `patience` says when.
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
  const patience = createPatience()
  const claim = createClaim(() => void beat())
  const lifetime = new AbortController()

  let state: PresenceState = { ...idleState(place.pagePath), section: place.section }
  /* running: beats go out. suspended: between pagehide and pageshow. */
  let phase: 'running' | 'suspended' | 'stopped' = 'running'
  let tabId: string | undefined
  let incarnation = 0
  /* The section that the service refused: the tab is on the page as a whole instead, and claims nothing there. */
  let unfit: { readonly section: string; readonly problem: PresenceProblem } | undefined
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
    const body = message(tabId)
    claim.send(body.isEditing)
    // A join alone may leave a claim as it is.
    const reply = await send(joined && claim.wish !== undefined ? 'heartbeat' : 'join', body)
    if (!reply) return
    if (reply.kind === 'refused' || reply.kind === 'signed-out') placed = before
    if (stopped()) return sayGoodbye()
    if (reply.kind === 'beat') {
      const ms = (lives[life] = reply.beat.ttlMs ?? reply.beat.nextHeartbeatMs)
      keptFor = () => left(ms)
      claim.hear(body.isEditing, reply.beat)
    }
    if (reply.kind === 'refused' && refusesSection(body, reply.problem)) void beat()
    else settle(reply, pagePath, asked)
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

  function position(tab: string): LeaseMessage {
    const { pagePath, section } = state
    return { pagePath, tabId: tab, ...present('section', unfit ? undefined : section) }
  }

  /* A section that is refused takes neither the tab off the page nor a claim to the page as a whole. */
  function refusesSection({ section }: BeatMessage, problem: PresenceProblem): boolean {
    if (section === undefined || !problem.violations?.some(({ field }) => field === 'section')) return false
    if (section === state.section) {
      unfit = { section, problem }
      lapse()
    }
    return true
  }

  function message(tab: string): BeatMessage {
    const typing = isTyping
    isTyping = false
    if (typing) typedAt = performance.now()
    return {
      ...position(tab),
      isVisible: isVisible(),
      incarnation,
      ...(claim.wish !== undefined && { isEditing: claim.wish && !unfit }),
      ...(joined && known !== undefined && { known }),
      ...(typing && { isTyping: true }),
    }
  }

  function settle(reply: Reply, pagePath: string, asked: number) {
    const isOfThisPage = pagePath === state.pagePath
    if (reply.kind !== 'beat') dropErrands(problemOf(reply))
    if (reply.kind === 'refused' && !isOfThisPage) return void beat()
    const ms = patience.after(reply)
    switch (reply.kind) {
      case 'beat':
        intervalMs = ms
        if (isOfThisPage) accept(reply.beat, asked)
        wait(ms)
        return goOn()
      case 'failed':
        publish({ status: 'reconnecting', problem: reply.problem })
        break
      case 'signed-out':
        if (ms === 0) return void beat()
        withdraw({ status: 'signed-out' })
        break
      case 'refused':
        if (placed !== pagePath) {
          // The tab is not where it was before either.
          leave(false)
          endLife()
        }
        withdraw({ status: 'refused', self: state.self, problem: reply.problem })
    }
    isPaused = reply.retryAfterMs !== undefined
    wait(ms)
  }

  function accept(answer: Beat, asked: number) {
    // What kept the beats away has kept the stream away too.
    if (state.status === 'reconnecting') stream.retry()
    joined = isHeard = true
    publish({
      status: 'live',
      problem: unfit?.problem,
      self: answer.self ?? state.self,
      ...(asked === wish && turnOf(answer)),
      ...newsOf(answer),
    })
    openStream()
  }

  /* What an answer says of the wish with which it was asked. */
  function turnOf(answer: Beat): Partial<PresenceState> | undefined {
    if (!claim.wish && !answer.turn?.lost) return undefined
    const next = answered(hold, answer, claimedAt, (answer.snapshot ?? state).viewers)
    const { lease } = next
    if (lease.status === 'lost') {
      // Claiming on would bring a new lease one day, over a text that others have changed meanwhile.
      newWish(false)
      isDue = true
    }
    hold = next
    watchHold()
    const isEditing = claim.wish === true
    return { isEditing, editing: isEditing ? answer.editing : undefined, lease }
  }

  function setIsEditing(next: boolean) {
    if (stopped()) return
    if (claim.wish !== next) {
      newWish(next, { isEditing: next })
      void beat()
    } else if (!next) newWish(next)
  }

  function newWish(next: boolean | undefined, change?: Partial<PresenceState>) {
    claim.wish = next
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
      if (phase !== 'running' || isPaused || unfit) return done(state.problem ?? unsent)
      errands.push({ call, done })
      if (!joined && !inFlight) isDue = true
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
    claim.send(call === 'takeover')
    const reply = await send(`editor/${call}`, position(tabId!))
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
    if (isFollowing() && options().push !== false) stream.open(state.pagePath, known)
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

  /* Nothing is known of the page now; a lease that is held stays so until its time. */
  function withdraw(next: Partial<PresenceState>) {
    unfollow()
    joined = false
    known = undefined
    const { pagePath, section, isEditing, editing, lease } = state
    publish({
      ...idleState(pagePath),
      section,
      isEditing,
      ...(lease.status !== 'waiting' && { lease, editing }),
      ...next,
    })
  }

  /* The service may have let go of the tab. */
  function endLife() {
    keptFor = notAtAll
    lapse()
  }

  /* Whatever makes an answer likelier is a reason to ask. */
  function wake() {
    if (state.status !== 'live' && !inFlight) void beat()
  }

  function leave(unloading: boolean) {
    if (!placed || !tabId) return
    service.leave({ pagePath: placed, tabId, unloading, incarnation }, unloading && claim.isGivenUp())
    placed = undefined
    claim.leave()
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
    if (!isVisible()) {
      stream.close()
      showAside()
    }
    void beat()
  })
  // The browser's word is a hint; the beat finds out the truth.
  listen(window, 'online', () => {
    patience.forget()
    // On another network the old connection may be dead without a sign.
    stream.renew()
    showAside()
    void beat()
  })
  listen(window, 'offline', () => void beat())
  listen(window, 'focus', wake)
  listen(document, 'prerenderingchange', () => void start())
  // Nobody looks at a page that is rendered in advance.
  if (!('prerendering' in document && document.prerendering)) void start()

  return {
    getSnapshot() {
      // A machine that wakes up runs the page's handlers before its timers, but who renders must not be told now.
      if (heldFor() <= 0) lapse(false)
      return state
    },
    setIsEditing,
    call: run,
    typing() {
      if (phase !== 'running' || isTyping || performance.now() - typedAt < typingEveryMs) return
      isTyping = true
      void beat()
    },
    setSection(next) {
      if (stopped() || next === state.section) return
      unfit = undefined
      newWish(claim.wish, { section: next })
      void beat()
    },
    setPagePath(next) {
      if (stopped() || next === state.pagePath) return
      // Nobody edits the page that was left; but a fresh document that said nothing yet may get its claim back.
      newWish(placed || claim.wish ? false : claim.wish, { ...idleState(next), self: state.self })
      unfit = undefined
      unfollow()
      joined = false
      known = undefined
      void beat()
    },
    wake,
    stop() {
      if (stopped()) return
      phase = 'stopped'
      clearTimeout(timer)
      clearTimeout(holdTimer)
      stream.stop()
      dropAside()
      newWish(false, { ...idleState(state.pagePath), status: 'stopped' })
      if (!inFlight) sayGoodbye()
    },
  }
}

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

function isVisible(): boolean {
  return document.visibilityState === 'visible'
}
