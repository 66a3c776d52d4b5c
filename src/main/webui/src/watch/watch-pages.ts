import { createGrant } from '../core/grant.js'
import { createListeners } from '../core/listeners.js'
import { createPatience } from '../core/patience.js'
import type { PresenceProblem } from '../core/protocol.js'
import type { ServiceOptions } from '../core/service.js'
import { lookUp, type LookupReply, type PageRow } from './lookup.js'

/** The options of {@link watchPages}. */
export interface WatchOptions extends Pick<ServiceOptions, 'baseUrl' | 'token' | 'grant' | 'fetch'> {
  /**
   * The pages to watch, each an absolute path; or what gives them, asked before each lookup. The first 200 are looked up:
   * give those that can be seen.
   */
  readonly pages: readonly string[] | (() => readonly string[])
  /** False to be shown no more than a tab that hides from others; true by default. */
  readonly isListed?: boolean
}

/**
 * The status of a watch. But for `closed` none is for good: it goes on trying by itself.
 *
 * - `connecting`: asked, not answered yet.
 * - `live`: the service answers.
 * - `reconnecting`: the last lookup failed; what is shown may be old.
 * - `signed-out`: the service knows no session (401), also after another try with a fresh token.
 * - `forbidden`: the user may ask nothing here.
 * - `refused`: the service will not have this; `problem` says why.
 * - `closed`: after `close()`, for good.
 */
export type WatchStatus =
  'connecting' | 'live' | 'reconnecting' | 'signed-out' | 'forbidden' | 'refused' | 'closed'

/** The state of a watch at one moment. It is never changed in place: a new object is news, the same object is none. */
export interface WatchState {
  readonly status: WatchStatus
  /**
   * The pages that somebody is on, by the name under which they are watched. One that is not here is empty, or not open
   * to the user: the service does not say which.
   */
  readonly rows: ReadonlyMap<string, PageRow>
  /** The reason why the status is what it is; while `live`, which pages were refused. Undefined where there is none. */
  readonly problem: PresenceProblem | undefined
}

/** A watch over the pages of a list: who is on which, for somebody who is on none of them by that. */
export interface PageWatch {
  /** Calls the listener after each change of the state, never at once; returns what ends that. */
  subscribe(listener: () => void): () => void
  /** Gives the present state; the same object until something changes. */
  getSnapshot(): WatchState
  /** Watches these pages from now on; the same ones change nothing. */
  setPages(pages: WatchOptions['pages']): void
  /** Looks up at once, such as after the user has signed in, or when the pages that are given are others. */
  refresh(): void
  /** Ends it. Closing twice is fine. */
  close(): void
}

/** The most pages that are looked up. */
export const mostPages = 200

const nothing: ReadonlyMap<string, PageRow> = new Map()
/* A list that is scrolled names other pages all the time. */
const pauseMs = 1_000
const gatherMs = 50

/** The state of a watch that has asked nothing, which is also what a server renders. */
export const idleWatch: WatchState = { status: 'connecting', rows: nothing, problem: undefined }

/**
 * Watches who is on the pages of a list, until it is closed. Needs a browser's `document`. While that is hidden nothing
 * is asked.
 *
 * @example
 * ```ts
 * const watch = watchPages({ pages: () => tickets.map(({ path }) => path) })
 * watch.subscribe(() => render(watch.getSnapshot().rows.get('/tickets/7')?.viewers ?? []))
 * ```
 */
export function watchPages(options: WatchOptions): PageWatch {
  const listeners = createListeners()
  const patience = createPatience()
  const grants = options.grant && createGrant(options.grant)
  const life = new AbortController()
  const { signal } = life
  let { pages } = options
  let state = idleWatch
  let shown = JSON.stringify([state.status, []])
  /* What was asked, as text, and the version of the answer that came. */
  let asked = ''
  let known: string | undefined
  let refused = new Set<string>()
  let partly: PresenceProblem | undefined
  let isAsking = false
  let isDue = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueAt = 0
  let askedAt = -Infinity
  /* The service asked for a pause (Retry-After): nothing but the timer ends it. */
  let isPaused = false

  function publish(next: WatchState) {
    const text = JSON.stringify([next.status, [...next.rows], next.problem])
    if (text === shown) return
    shown = text
    state = next
    listeners.tell()
  }

  function plan(ms: number) {
    dueAt = performance.now() + ms
    clearTimeout(timer)
    timer = setTimeout(() => {
      isPaused = false
      void ask()
    }, ms)
  }

  function wanted(): readonly string[] {
    const given = typeof pages === 'function' ? pages() : pages
    return [...new Set(given)].slice(0, mostPages)
  }

  async function ask() {
    isDue = isAsking
    if (isAsking || signal.aborted || document.visibilityState === 'hidden') return
    const all = wanted()
    const now = JSON.stringify(all)
    if (now !== asked) {
      asked = now
      known = partly = undefined
      refused = new Set()
    }
    const open = all.filter((page) => !refused.has(page))
    if (open.length === 0) {
      publish({ status: 'live', rows: nothing, problem: partly })
      return plan(pauseMs)
    }
    isAsking = true
    askedAt = performance.now()
    const isListed = options.isListed === false ? false : undefined
    const reply = await lookUp({ pages: open, known, isListed }, options, grants, signal)
    isAsking = false
    if (signal.aborted) return
    take(reply, open)
  }

  function take(reply: LookupReply, open: readonly string[]) {
    const { kind } = reply
    if (kind === 'answered') {
      const { etag, rows = state.rows, nextLookupMs } = reply.answer
      known = etag
      publish({ status: 'live', rows, problem: partly })
      const usual = patience.after({ kind, answer: { nextHeartbeatMs: nextLookupMs } })
      // By chance, since a restarted service would be asked by all lists at once.
      plan(usual * (1 - Math.random() / 10))
      if (isDue) hasten()
      return
    }
    const bad = kind === 'refused' ? badPages(reply.problem, open) : []
    if (bad.length > 0) {
      // One bad link takes no other row away.
      for (const page of bad) refused.add(page)
      partly = reply.problem
      return plan(0)
    }
    const wait = patience.after(reply)
    isPaused = reply.retryAfterMs !== undefined
    if (wait > 0) {
      const status = kind === 'failed' ? 'reconnecting' : kind
      if (kind !== 'failed') known = undefined
      publish({ status, rows: kind === 'failed' ? state.rows : nothing, problem: reply.problem })
    }
    plan(wait)
  }

  /* Soon, unless it is planned for an earlier moment: what changes in a moment is asked for together. */
  function hasten(within = gatherMs) {
    if (isPaused || signal.aborted) return
    if (isAsking) {
      isDue = true
      return
    }
    const ms = Math.max(within, askedAt + pauseMs - performance.now())
    if (performance.now() + ms < dueAt) plan(ms)
  }

  function goOn() {
    if (document.visibilityState === 'hidden' || isPaused) return
    if (state.status !== 'live') void ask()
    else if (performance.now() >= dueAt) void ask()
    else plan(dueAt - performance.now())
  }

  document.addEventListener('visibilitychange', goOn, { signal })
  window.addEventListener('pageshow', goOn, { signal })
  window.addEventListener(
    'online',
    () => {
      patience.forget()
      goOn()
    },
    { signal },
  )
  plan(0)

  return {
    subscribe: listeners.add,
    getSnapshot: () => state,
    setPages(next) {
      pages = next
      if (JSON.stringify(wanted()) !== asked) hasten()
    },
    refresh: () => hasten(0),
    close() {
      if (signal.aborted) return
      clearTimeout(timer)
      life.abort()
      publish({ status: 'closed', rows: nothing, problem: undefined })
      listeners.clear()
    },
  }
}

/* The pages that a refusal names, as `pages[3]`. */
function badPages(problem: PresenceProblem | undefined, pages: readonly string[]): string[] {
  const places = problem?.violations?.map(({ field }) => /^pages\[(\d+)\]$/.exec(field)?.[1]) ?? []
  return places.map((place) => pages[Number(place)]).filter((page) => page !== undefined)
}
