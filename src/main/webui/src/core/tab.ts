import { createCalls } from './calls.js'
import { createClaim } from './claim.js'
import { followDocument, isVisible } from './document-life.js'
import type { Grant } from './grant.js'
import { createHold } from './hold.js'
import { noStanding } from './lease.js'
import { createLoss } from './loss.js'
import { createNewest } from './newest.js'
import { createOpening } from './opening.js'
import type { Place, TabVoice } from './options.js'
import { createPatience } from './patience.js'
import type { Answer, HeartbeatMessage, LeaseMessage, PresenceProblem } from './protocol.js'
import { createRefused } from './refused.js'
import { connectService, type Call, type LeaseCommand, type Reply } from './service.js'
import { createState, idleState, mayNotEdit, unsent, type PresenceState } from './state.js'
import { isTurn } from './turn.js'
import { createTyping } from './typing.js'

/** A document's tab, present on a page from the moment it was created until it is stopped. */
export interface Tab {
  /** Gives the present state; the same object until something changes. */
  getSnapshot(): PresenceState
  /** Claims the lease where the tab is, or gives the claim up. `false` also says that a loss is known. */
  setIsEditing(next: boolean): void
  /**
   * Sends a lease command; gives undefined when that is done, else why not, and never rejects. A take-over with `now`
   * leaves the holder no time.
   */
  command(command: LeaseCommand, now?: true): Promise<PresenceProblem | undefined>
  /** Notes a keystroke, of which the others hear. */
  typing(): void
  /** Notes that all that was typed is saved. */
  saved(): void
  /** Moves to a section, and the claim with it. */
  setSection(next: string | undefined): void
  /** Says whether others may see the tab. */
  setIsListed(next: boolean): void
  /** Moves to another page, where others may see the tab or not; that ends the claim. */
  setPagePath(next: string, isListed: boolean): void
  /** Asks the service now, unless it wants a pause or is known to answer. */
  wake(): void
  /** Leaves, and ends all timers, calls and listeners. Nothing may be asked of the tab afterwards. */
  stop(): void
}

/* The time in ms after which an answer may be another, since the service must be done with the lease's last moment. */
const afterYieldMs = 250
/*
 * The interval of heartbeats while somebody waits for this tab's answer. Whoever has asked may then take over, of which
 * no stream tells, because the page looks the same; and a holder has 5 s.
 */
const askedMs = 2_500

/*
 * Here wishes become messages, and answers become the state. What has to be remembered for longer has an owner of its
 * own: see `calls`, `claim`, `hold`, `newest` and `document-life`.
 *
 * Whatever is answered, the next heartbeat is planned: `patience` says when.
 *
 * A page that is not open to the user is asked for rarely, and by no more than the user's own acts: by then the service
 * has let go of the tab and of its claim, so the wish to edit ends here too.
 */

/**
 * Joins a page and keeps this document's tab present on it: one call per interval, which the service sets. While
 * it is visible, a stream brings changes at once; where none can be had they come with those calls. `options`
 * is asked before each call, and `tell` called after each change of the state, never at once.
 */
export function createTab(options: () => TabVoice, place: Place, tell: () => void): Tab {
  const service = connectService(options)
  const current = createState({ ...idleState(place.pagePath), ...place }, () => {
    loss.look()
    tell()
  })
  const calls = createCalls(service, () => void sendHeartbeat(), canSend, sendCommand)
  const { heartbeat } = calls
  const claim = createClaim(heartbeat)
  const hold = createHold(current, heartbeat)
  const refused = createRefused(current, hold, place.isListed)
  const opening = createOpening(current, () => options().open, refuseToEdit)
  const newest = createNewest(
    service,
    current,
    calls,
    isFollowing,
    (snapshot, before) => isTurn(snapshot, current.state, before) && heartbeat(),
    () => {
      forbid()
      heartbeat()
    },
  )
  const life = followDocument(
    heartbeat,
    () => {
      calls.giveUp()
      leavePage()
      hold.end()
      leave(true)
    },
    () => current.publish({ status: 'connecting' }),
  )
  const loss = createLoss(
    getSnapshot,
    () => options().beforeLoss,
    () => void command('handover'),
  )
  const patience = createPatience()
  const typing = createTyping()
  let isJoined = false
  let warned: string | undefined
  /* The page on which the service may believe this tab to be, which is the page to leave, by the same right. */
  let placed: { readonly pagePath: string; readonly permit: Grant | undefined } | undefined

  async function sendHeartbeat() {
    if (!isHere() || !life.identity) return
    const { pagePath } = current.state
    const before = placed
    placed = { pagePath, permit: options().permit }
    const renewed = hold.renewing()
    const said = message()
    const isSameWish = claim.send(said.isEditing)
    // A join alone may leave a claim as it is.
    const reply = await send(isJoined && claim.wish !== undefined ? 'heartbeat' : 'join', said)
    if (!reply) return
    if (reply.kind !== 'answered' && reply.kind !== 'failed') placed = before
    if (endIfStopped()) return
    if (reply.kind === 'answered') {
      refused.answered(said)
      renewed(reply.answer)
      claim.hear(said.isEditing, reply.answer)
    }
    if (reply.kind === 'refused' && refused.take(said, reply.problem)) heartbeat()
    else settle(reply, pagePath, isSameWish())
  }

  function send(call: Call, said: HeartbeatMessage | LeaseMessage): Promise<Reply | undefined> {
    hold.sending()
    newest.sending()
    return calls.send(call, said)
  }

  function position(): LeaseMessage {
    const { pagePath, section } = current.state
    return { pagePath, tabId: life.identity!.tabId, section: refused.section ? undefined : section }
  }

  function message(): HeartbeatMessage {
    return {
      ...position(),
      ...life.identity!,
      isVisible: isVisible(),
      isListed: refused.listing(),
      isEditing: claim.wish && !refused.section,
      known: newest.known,
      isTyping: typing.take(),
      receiptKnown: hold.isReceiptKnown(),
    }
  }

  function settle(reply: Reply, pagePath: string, isOfThisWish: boolean) {
    const isOfThisPage = pagePath === current.state.pagePath
    if (reply.kind !== 'answered') calls.drop(reply.problem)
    if ((reply.kind === 'refused' || reply.kind === 'forbidden') && !isOfThisPage) return heartbeat()
    const ms = patience.after(reply)
    switch (reply.kind) {
      case 'answered':
        calls.plan(ms, false)
        return calls.advance(isOfThisPage && accept(reply.answer, isOfThisWish))
      case 'failed':
        current.publish({ status: 'reconnecting', problem: reply.problem })
        break
      case 'signed-out':
        if (ms === 0) return heartbeat()
        withdraw({ status: 'signed-out' })
        break
      case 'forbidden':
        if (placed?.pagePath !== pagePath) leave(false)
        placed = undefined
        claim.leave()
        forbid(reply.problem)
        break
      case 'refused':
        if (placed?.pagePath !== pagePath) {
          // The tab is not where it was before either.
          leave(false)
          hold.end()
        }
        warn(reply.problem)
        withdraw({ status: 'refused', self: current.state.self, problem: reply.problem })
    }
    calls.plan(ms, !!reply.retryAfterMs)
  }

  /* Nothing is shown then, so the console is where somebody looks. */
  function warn({ title, detail = title }: Partial<PresenceProblem> = {}) {
    if (detail !== warned) console.warn(`Copresence: ${detail}`)
    warned = detail
  }

  function accept(answer: Answer, isOfThisWish: boolean): boolean {
    const lease = isOfThisWish ? leaseAfter(answer) : undefined
    isJoined = true
    current.publish({
      status: 'live',
      problem: refused.problem,
      self: answer.self ?? current.state.self,
      ...lease,
      ...newest.take(answer),
    })
    newest.follow(options().permit?.last)
    const { editing, deadlineMs, yieldMs } = answer
    const isAsked = editing?.granted && deadlineMs !== undefined && options().beforeLoss
    const soonMs = yieldMs === undefined ? isAsked && askedMs : yieldMs + afterYieldMs
    if (soonMs) calls.hasten(soonMs)
    return lease?.lease?.status === 'lost'
  }

  function leaseAfter(answer: Answer): Partial<PresenceState> | undefined {
    if (!claim.wish && !answer.lost) return undefined
    // Nothing was typed under the lease that is being opened, so another one in its place loses nothing.
    if (answer.editing?.granted && opening.isUnderWay()) hold.release()
    const lease = opening.see(hold.take(answer))
    if (lease.status === 'lost' || lease.status === 'forbidden') {
      // Claiming on would bring a new lease one day, over a text that others have changed meanwhile.
      claim.say(false)
      calls.drop(answer.forbidden && mayNotEdit)
    }
    const isEditing = !!claim.wish
    return { isEditing, editing: isEditing ? answer.editing : undefined, lease }
  }

  function forbid(problem?: PresenceProblem) {
    const end = claim.wish && { isEditing: false, editing: undefined, lease: opening.see(hold.bar()) }
    if (end) claim.say(false)
    withdraw({ status: 'forbidden', self: current.state.self, problem, ...end })
  }

  /* Nothing is known of the page now; a lease that is held stays so until its time. */
  function withdraw(next: Partial<PresenceState>) {
    leavePage()
    const { pagePath, section, isEditing, isListed, editing, lease } = current.state
    current.publish({
      ...idleState(pagePath),
      section,
      isEditing,
      isListed,
      ...(lease.status !== 'waiting' && { lease, editing }),
      ...next,
    })
  }

  function leavePage() {
    newest.forget()
    refused.leave()
    isJoined = false
  }

  function leave(unloading: boolean) {
    const { identity } = life
    if (!placed || !identity) return
    const { pagePath, permit } = placed
    const giveUp = unloading && claim.isGivenUp() ? { isListed: refused.listing() } : undefined
    service.leave({ pagePath, ...identity, unloading }, giveUp, permit)
    placed = undefined
    claim.leave()
  }

  /* Whether there should be a stream. */
  function isFollowing(): boolean {
    return isHere() && current.state.status === 'live' && isVisible() && options().push !== false
  }

  function isForbidden(): boolean {
    return current.state.status === 'forbidden'
  }

  function isHere(): boolean {
    return life.phase === 'here'
  }

  function endIfStopped(): boolean {
    if (life.phase !== 'stopped') return false
    leave(false)
    life.end()
    return true
  }

  function canSend(command: LeaseCommand): boolean {
    return isJoined && (command !== 'request' || !!current.state.editing)
  }

  function command(command: LeaseCommand, now?: true): Promise<PresenceProblem | undefined> {
    const sent = isHere() && !refused.section && calls.command(command, now)
    return sent || Promise.resolve(current.state.problem ?? unsent)
  }

  async function sendCommand(command: LeaseCommand, now?: true): Promise<PresenceProblem | undefined> {
    // It is free, and ours.
    if (command === 'request' && current.state.editing?.granted) return void calls.advance()
    const { pagePath } = current.state
    const isSameWish = claim.send(command === 'takeover')
    const reply = await send(`editor/${command}`, { ...position(), now })
    let isDue = true
    let problem: PresenceProblem | undefined
    if (reply?.kind !== 'answered') problem = reply?.problem ?? unsent
    else if ((isDue = pagePath === current.state.pagePath)) {
      const isOfThisWish = isSameWish()
      if (command === 'takeover' && isOfThisWish) wish(true)
      isDue = accept(reply.answer, isOfThisWish)
    }
    if (!reply || !endIfStopped()) calls.advance(isDue)
    return problem
  }

  function wish(next: boolean | undefined, change?: Partial<PresenceState>) {
    claim.say(next)
    hold.release()
    opening.end()
    calls.drop()
    current.publish({ editing: undefined, lease: noStanding.lease, ...change })
  }

  /* The application did not open the text, so nobody writes it here. */
  function refuseToEdit(problem: PresenceProblem) {
    wish(false, { isEditing: false, lease: { status: 'lost', problem } })
    heartbeat()
  }

  function wake() {
    if (current.state.status !== 'live') calls.heartbeatIfIdle()
  }

  life.on(document, 'visibilitychange', () => {
    if (!isVisible()) newest.hide()
    if (isVisible() || !isForbidden()) heartbeat()
  })
  // The browser's word is a hint, which a heartbeat tells from the truth.
  life.on(window, 'online', () => {
    patience.forget()
    newest.renew()
    heartbeat()
  })
  life.on(window, 'offline', heartbeat)
  life.on(window, 'focus', wake)

  function getSnapshot(): PresenceState {
    // A machine that wakes up runs the page's handlers before its timers, but who renders must not be told now.
    hold.check()
    return current.state
  }

  return {
    getSnapshot,
    setIsEditing(next) {
      // What is typed and not saved is given up too.
      if (!next) loss.saved()
      if (claim.wish !== next) {
        wish(next, { isEditing: next })
        heartbeat()
      } else if (!next) wish(next)
    },
    command,
    saved: loss.saved,
    typing() {
      loss.typed()
      if (isHere() && !isForbidden() && typing.note()) heartbeat()
    },
    setSection(next) {
      if (next === current.state.section) return
      refused.move()
      loss.saved()
      wish(claim.wish, { section: next })
      if (!isForbidden()) heartbeat()
    },
    setIsListed(next) {
      if (!refused.list(next)) return
      current.publish({ isListed: next })
      if (!isForbidden()) heartbeat()
    },
    setPagePath(next, isListed) {
      const { pagePath, self } = current.state
      if (next === pagePath) return
      // Nobody edits the page that was left; but a fresh document that said nothing yet may get its claim back.
      loss.saved()
      wish(placed || claim.wish ? false : claim.wish, { ...idleState(next), self, isListed })
      refused.move(isListed)
      leavePage()
      heartbeat()
    },
    wake,
    stop() {
      life.stop()
      newest.stop()
      loss.saved()
      wish(false, { ...idleState(current.state.pagePath), status: 'stopped' })
      if (!calls.stop()) endIfStopped()
    },
  }
}
