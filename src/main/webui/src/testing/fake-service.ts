import { hash } from '../core/hash.js'
import type { PresencePerson, PresenceSection, PresenceViewer } from '../core/protocol.js'
import { fakeSelf } from './fake-presence.js'

/** A request as the application's client made it. */
export interface FakeRequest {
  /** The call: `join`, `heartbeat`, `leave`, `stream`, `editor/request`, … */
  readonly call: string
  /** The body; empty where there is none. */
  readonly body: Readonly<Record<string, unknown>>
  /** The headers, in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** The options of a {@link FakeService}. */
export interface FakeServiceOptions {
  /** The user of the client that calls; {@link fakeSelf} by default. `canTakeOver` says that they may. */
  readonly self?: PresencePerson & { readonly canTakeOver?: true }
}

/** The doings of somebody on a page. */
export interface FakeVisit {
  /** The section where they are; the page as a whole by default. */
  readonly section?: string
  /** True when they claim to edit there. */
  readonly isEditing?: boolean
  /** True when all their tabs are hidden. */
  readonly away?: true
  /** True when they type. */
  readonly typing?: true
  /** The number of their tabs; 1 by default. */
  readonly tabCount?: number
}

/** A service in memory, behind `fetch`, with other people who do what the test says. */
export interface FakeService {
  /** The `fetch` to give to `createPresence`, to a hook, or to the whole page as `globalThis.fetch`. */
  readonly fetch: typeof fetch
  /** The requests so far, in their order. */
  readonly requests: readonly FakeRequest[]
  /** Brings somebody to a page, or says what they do there now. */
  enter(person: PresencePerson, pagePath: string, visit?: FakeVisit): void
  /** Takes them off their page. */
  leave(person: PresencePerson): void
  /** Has them ask for the lease for which they wait. */
  ask(person: PresencePerson): void
  /** Has them hand over the lease that they hold, to who has asked. */
  handOver(person: PresencePerson): void
  /** Has them keep it. */
  keep(person: PresencePerson): void
  /**
   * Answers each call from now on with a problem of this status, as the service would (401: signed out, 403: not open
   * to the user, 503: not now); undefined answers as usual again.
   */
  failWith(status: number | undefined): void
}

interface Tab {
  readonly person: PresencePerson
  pagePath: string
  visit: FakeVisit
  /* The order in which claims came; undefined without one. */
  claim?: number | undefined
  lostTo?: PresencePerson | undefined
}

interface Request {
  readonly by: Tab
  readonly deadline: number
}

const answerMs = 60_000
const keptMs = 120_000

/**
 * Gives a service in memory, for tests of an application with the real client. It knows joins, heartbeats, leaves, streams,
 * leases with their queue, fences that only rise, and requests with their answers; it has no limits, no rules of access, and
 * takes over at once. It keeps time by `Date.now()` and has no timers, so fake timers are fine, and nothing has to be ended.
 *
 * @example
 * ```ts
 * const service = fakeService()
 * vi.stubGlobal('fetch', service.fetch)
 * service.enter(bob, '/docs/a', { isEditing: true })
 * ```
 */
export function fakeService({ self = fakeSelf }: FakeServiceOptions = {}): FakeService {
  const requests: FakeRequest[] = []
  const tabs = new Map<string, Tab>()
  const asked = new Map<string, Request>()
  const keptUntil = new Map<string, number>()
  const fences = new Map<string, { readonly holder: Tab; readonly fence: number }>()
  const streams = new Set<{ readonly pagePath: string; told: string; tell(text: string): void }>()
  let claims = 0
  let lastFence = 0
  let failure: number | undefined

  const placeOf = ({ pagePath, visit }: Tab) => `${pagePath} ${visit.section ?? ''}`

  function queue(place: string): Tab[] {
    const waiting = [...tabs.values()].filter((tab) => tab.claim !== undefined && placeOf(tab) === place)
    return waiting.sort((one, other) => one.claim! - other.claim!)
  }

  function settle() {
    for (const [place, { by, deadline }] of asked) if (deadline <= Date.now()) give(place, by)
    for (const place of new Set([...fences.keys(), ...[...tabs.values()].map(placeOf)])) {
      const [holder] = queue(place)
      if (!holder) fences.delete(place)
      else if (fences.get(place)?.holder !== holder) fences.set(place, { holder, fence: ++lastFence })
    }
  }

  function give(place: string, to: Tab) {
    asked.delete(place)
    const [holder] = queue(place)
    if (!holder || holder === to) return
    holder.claim = undefined
    holder.lostTo = to.person
    to.claim = -++claims
  }

  function changed() {
    for (const [place, { by }] of asked) if (!queue(place).includes(by)) asked.delete(place)
    settle()
    for (const stream of streams) {
      const { etag, snapshot } = snapshotOf(stream.pagePath)
      if (etag === stream.told) continue
      stream.told = etag
      stream.tell(`event: snapshot\nid: ${etag}\ndata: ${JSON.stringify(snapshot)}\n\n`)
    }
  }

  function snapshotOf(pagePath: string) {
    const here = [...tabs.values()].filter((tab) => tab.pagePath === pagePath)
    const viewers = new Map<string, PresenceViewer>()
    for (const { person, visit } of here) {
      const { tabCount = 1, section, away, typing } = visit
      const before = viewers.get(person.id)?.tabCount ?? 0
      const { id, name, avatar } = person
      const more = {
        ...(avatar && { avatar }),
        ...(section && { section }),
        ...(away && { away }),
        ...(typing && { typing }),
      }
      viewers.set(id, { id, name, ...more, tabCount: before + tabCount })
    }
    const editorUserId = fences.get(`${pagePath} `)?.holder.person.id
    const requestedByUserId = asked.get(`${pagePath} `)?.by.person.id
    const named = [...new Set(here.map(({ visit }) => visit.section))]
    const sections = named.flatMap((section): PresenceSection[] => {
      const holder = section && fences.get(`${pagePath} ${section}`)?.holder
      const asker = section && asked.get(`${pagePath} ${section}`)?.by.person.id
      if (!holder) return []
      const request = asker ? { requestedByUserId: asker } : {}
      return [{ section: section!, editorUserId: holder.person.id, ...request }]
    })
    const snapshot = {
      pagePath,
      viewers: [...viewers.values()],
      viewerCount: viewers.size,
      tabCount: [...viewers.values()].reduce((sum, { tabCount }) => sum + tabCount, 0),
      ...(editorUserId !== undefined && { editorUserId }),
      ...(requestedByUserId !== undefined && { requestedByUserId }),
      ...(sections.length > 0 && { sections }),
    }
    return { snapshot, etag: String(hash(JSON.stringify(snapshot))) }
  }

  function editingOf(tab: Tab): object {
    const { lostTo } = tab
    tab.lostTo = undefined
    if (lostTo) return { editing: { granted: false, lost: true, lostTo } }
    if (tab.claim === undefined) return {}
    const place = placeOf(tab)
    const { holder, fence } = fences.get(place)!
    const request = asked.get(place)
    const told = request && {
      requestedBy: request.by.person,
      deadlineMs: request.deadline - Date.now(),
    }
    if (holder === tab) return { editing: { granted: true, fence, ...told } }
    const keptMs = (keptUntil.get(place) ?? 0) - Date.now()
    const kept = keptMs > 0 && { keptMs }
    const position = queue(place).indexOf(tab)
    return { editing: { granted: false, editorUserId: holder.person.id, position, ...told, ...kept } }
  }

  function answer(tab: Tab, known: unknown): Response {
    changed()
    const { etag, snapshot } = snapshotOf(tab.pagePath)
    return json(200, {
      pagePath: tab.pagePath,
      etag,
      ttlMs: 45_000,
      nextHeartbeatMs: 15_000,
      self,
      ...(known !== etag && { snapshot }),
      ...editingOf(tab),
    })
  }

  function heartbeat(body: Record<string, unknown>): Response {
    const key = `tab ${String(body.tabId)}`
    const pagePath = String(body.pagePath)
    const { section, isVisible, isTyping } = body
    const before = tabs.get(key)
    const tab = before ?? { person: self, pagePath, visit: {} }
    const visit: FakeVisit = {
      ...(typeof section === 'string' && { section }),
      ...(isVisible === false && { away: true }),
      ...(isTyping === true && { typing: true }),
    }
    if (tab.pagePath !== pagePath || tab.visit.section !== visit.section) tab.claim = undefined
    Object.assign(tab, { pagePath, visit })
    if (body.isEditing === true) tab.claim ??= ++claims
    if (body.isEditing === false) tab.claim = undefined
    tabs.set(key, tab)
    return answer(tab, body.known)
  }

  function command(name: string, body: Record<string, unknown>): Response {
    const tab = tabs.get(`tab ${String(body.tabId)}`)
    if (!tab) return refusal('no-claim')
    settle()
    const place = placeOf(tab)
    const holder = fences.get(place)?.holder
    if (name === 'takeover') {
      if (!self.canTakeOver) return problem(403)
      if (holder && holder !== tab) give(place, tab)
      tab.claim ??= ++claims
    } else if (name === 'request') {
      if (tab.claim === undefined) return refusal('no-claim', holder?.person)
      if ((keptUntil.get(place) ?? 0) > Date.now()) return refusal('editor-keeps', holder?.person)
      if (holder !== tab) asked.set(place, { by: tab, deadline: Date.now() + answerMs })
    } else if (holder !== tab) return refusal('not-editor', holder?.person)
    else {
      const request = asked.get(place)
      if (!request) return refusal('not-requested', holder.person)
      if (name === 'handover') give(place, request.by)
      else keepFrom(place)
    }
    return answer(tab, undefined)
  }

  function keepFrom(place: string) {
    asked.delete(place)
    keptUntil.set(place, Date.now() + keptMs)
  }

  function stream(pagePath: string, init: RequestInit): Response {
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      start(feed) {
        const one = { pagePath, told: '', tell: (text: string) => feed.enqueue(encoder.encode(text)) }
        init.signal?.addEventListener('abort', () => {
          if (streams.delete(one)) feed.error(new DOMException('given up', 'AbortError'))
        })
        one.tell(': open\n\n')
        streams.add(one)
        changed()
      },
    })
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
  }

  function fetched(input: RequestInfo | URL, init: RequestInit = {}): Response {
    const url = new URL(input instanceof Request ? input.url : String(input), 'https://app.example')
    const call = url.pathname.replace(/^.*\/api\/presence\//, '')
    const body = init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {}
    const headers = Object.fromEntries(new Headers(init.headers).entries())
    requests.push({ call, body, headers })
    if (failure !== undefined) return problem(failure)
    if (call === 'stream') return stream(url.searchParams.get('pagePath') ?? '', init)
    if (call === 'me') return json(200, self)
    if (call === 'list') return json(200, snapshotOf(url.searchParams.get('pagePath') ?? '').snapshot)
    if (call === 'join' || call === 'heartbeat') return heartbeat(body)
    if (call.startsWith('editor/')) return command(call.slice('editor/'.length), body)
    const leaves = call === 'batch' ? (body.leaves as Record<string, unknown>[]) : [body]
    for (const { tabId } of leaves) tabs.delete(`tab ${String(tabId)}`)
    changed()
    return json(200, {})
  }

  function of(person: PresencePerson): Tab {
    const tab = tabs.get(`person ${person.id}`)
    if (!tab) throw new Error(`${person.name || person.id} is on no page: let them enter first`)
    return tab
  }

  return {
    requests,
    fetch: async (input, init) => {
      init?.signal?.throwIfAborted()
      return fetched(input, init)
    },
    enter(person, pagePath, visit = {}) {
      const key = `person ${person.id}`
      const tab: Tab = tabs.get(key) ?? { person, pagePath, visit }
      if (!visit.isEditing || tab.pagePath !== pagePath || tab.visit.section !== visit.section)
        tab.claim = undefined
      Object.assign(tab, { pagePath, visit })
      if (visit.isEditing) tab.claim ??= ++claims
      tabs.set(key, tab)
      changed()
    },
    leave(person) {
      tabs.delete(`person ${person.id}`)
      changed()
    },
    ask(person) {
      const tab = of(person)
      asked.set(placeOf(tab), { by: tab, deadline: Date.now() + answerMs })
      changed()
    },
    handOver(person) {
      const place = placeOf(of(person))
      const request = asked.get(place)
      if (request) give(place, request.by)
      changed()
    },
    keep(person) {
      keepFrom(placeOf(of(person)))
      changed()
    },
    failWith(status) {
      failure = status
    },
  }
}

function json(status: number, body: object, type = 'application/json'): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } })
}

const kinds: Record<number, string> = { 401: 'unauthenticated', 403: 'forbidden', 503: 'unavailable' }

function problem(status: number, more: object = {}): Response {
  const type = `urn:copresence:problem:${kinds[status] ?? 'of-a-test'}`
  const body = { type, title: `Problem ${status}`, status, detail: 'The test wants it so.', ...more }
  return json(status, body, 'application/problem+json')
}

function refusal(reason: string, editor?: PresencePerson): Response {
  return problem(409, { type: 'urn:copresence:problem:lease-refused', reason, ...(editor && { editor }) })
}
