import type { HeartbeatMessage, LeaseMessage, PresenceProblem } from './protocol.js'
import type { Call, LeaseCommand, Reply, Service } from './service.js'
import { unsent } from './state.js'

/** The calls of a tab, one at a time, and when the next heartbeat is. */
export interface Calls {
  /** Has a heartbeat sent now, or after the call in flight; does nothing during a pause. */
  heartbeat(): void
  /** Has a heartbeat sent now, unless a call is in flight, whose answer will do. */
  heartbeatIfIdle(): void
  /**
   * Has a lease command sent as soon as it can be, with a heartbeat before if that makes it possible; a take-over with
   * `now` leaves the holder no time. Gives why it was not done, if it was not, and never rejects; gives nothing during a pause.
   */
  command(command: LeaseCommand, now?: true): Promise<PresenceProblem | undefined> | undefined
  /** Gives up the commands that wait, for this reason. */
  drop(reason?: PresenceProblem): void
  /** Has a heartbeat sent now if it is due soon, because a ping has woken a tab whose timers the browser slows down. */
  onPing(): void
  /** Sends a call; gives undefined when it was given up, and a failure when there is no answer within 10 s. */
  send(call: Call, message: HeartbeatMessage | LeaseMessage): Promise<Reply | undefined>
  /** Sends what waits for the way to be free: a command, else a heartbeat that is due, or due from now on. */
  advance(isDue?: boolean): void
  /** Plans the next heartbeat in so many ms; with `isPause` nothing is sent before. */
  plan(ms: number, isPause: boolean): void
  /** Has the next heartbeat sent in so many ms, unless it is planned for an earlier moment. */
  hasten(ms: number): void
  /** Gives up the plan, the pause, the call in flight and the commands that wait. */
  giveUp(): void
  /** Gives up the plan, and says whether a call is in flight, which goes on. */
  stop(): boolean
}

interface PendingCommand {
  readonly command: LeaseCommand
  readonly now: true | undefined
  readonly done: (problem: PresenceProblem | undefined) => void
}

const longestCallMs = 10_000

/*
 * One call is in flight at a time, so answers arrive in the order of the questions and a heartbeat of the page that
 * was left never comes after the join of the new one. Whoever wants a heartbeat meanwhile marks it as due, and lease
 * commands take the same one way. Only a leave on `pagehide` does not wait: the call in flight is given up, and the
 * service orders the two by their incarnation.
 */

/**
 * Creates the one way of a tab to the service. `sendHeartbeat` and `sendCommand` send by it and, when that is
 * answered, plan and advance; `canSend` tells whether a command can be sent now.
 */
export function createCalls(
  service: Service,
  sendHeartbeat: () => void,
  canSend: (command: LeaseCommand) => boolean,
  sendCommand: (command: LeaseCommand, now: true | undefined) => Promise<PresenceProblem | undefined>,
): Calls {
  let inFlight: AbortController | undefined
  let isDue = false
  const pending: PendingCommand[] = []
  /* The service asked for a pause (Retry-After): nothing but the timer ends it. */
  let isPaused = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let plannedMs = 0
  let dueAt = 0
  let sentAt = 0

  function heartbeat() {
    if (isPaused) return
    isDue = !!inFlight
    if (isDue) return
    stop()
    sentAt = performance.now()
    sendHeartbeat()
  }

  function heartbeatIfIdle() {
    if (!inFlight) heartbeat()
  }

  function advance(isWanted = false) {
    isDue ||= isWanted
    if (inFlight) return
    const [next] = pending
    if (next && canSend(next.command)) {
      pending.shift()
      void sendCommand(next.command, next.now).then(next.done)
    } else if (isDue) heartbeat()
  }

  function drop(reason = unsent) {
    for (const { done } of pending.splice(0)) done(reason)
  }

  function plan(ms: number, isPause: boolean) {
    isPaused = isPause
    plannedMs = ms
    dueAt = performance.now() + ms
    stop()
    timer = setTimeout(() => {
      isPaused = false
      heartbeat()
    }, ms)
  }

  function stop(): boolean {
    clearTimeout(timer)
    return !!inFlight
  }

  return {
    heartbeat,
    heartbeatIfIdle,
    command(command, now) {
      if (isPaused) return undefined
      return new Promise((done) => {
        pending.push({ command, now, done })
        advance(!inFlight && !canSend(command))
      })
    },
    drop,
    onPing() {
      if (performance.now() - sentAt >= (plannedMs * 2) / 3) heartbeatIfIdle()
    },
    async send(call, message) {
      const attempt = (inFlight = new AbortController())
      const limit = setTimeout(() => attempt.abort(), longestCallMs)
      const reply = await service.ask(call, message, attempt.signal)
      clearTimeout(limit)
      if (inFlight !== attempt) return undefined
      inFlight = undefined
      return reply
    },
    advance,
    plan,
    hasten(ms) {
      if (!isPaused && performance.now() + ms < dueAt) plan(ms, false)
    },
    giveUp() {
      stop()
      isPaused = false
      inFlight?.abort()
      inFlight = undefined
      drop()
    },
    stop,
  }
}
