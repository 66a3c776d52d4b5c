import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose'

/*
 * The backend's part of docs/editing.md: a text is opened under a fence that is certain, and saved under exactly that
 * fence. The guard reads the headers, makes sure of the fence, calls the three statements, and answers.
 */

/** A number as the drivers of databases give it. */
export type Count = number | bigint | string

/** The page, and the section of it, that a request means. */
export interface TextName {
  /** The path of the page's address, as the browser has it. */
  readonly page: string
  /** The section's name; absent for the page as a whole. */
  readonly section?: string | undefined
}

/** A text as it is stored. */
export interface Row {
  readonly text: string
  readonly revision: Count
  readonly fence: Count
}

/** The statements of docs/editing.md, on the application's own database. */
export interface Store<Native = unknown> {
  /** The statement `read`; undefined if there is no such text. */
  read(name: TextName, native: Native): Promise<Row | undefined>
  /** The statements `open` and `read`, in one transaction; undefined if there is no such text. */
  open(name: TextName, fence: number, native: Native): Promise<Row | undefined>
  /** The statement `save`: whether a row has changed, or how many have. */
  save(name: TextName, fence: number, base: number, text: string, native: Native): Promise<boolean | number>
}

type Awaitable<T> = T | Promise<T>
type Action = 'read' | 'open' | 'save'

/** The settings of a guard; their functions get the request and what the framework calls one. */
export interface GuardOptions<Native = unknown> {
  /** The address of Copresence, such as `https://presence.example`. */
  readonly service: string
  /** The issuer and the audience of receipts. Without them, every open asks the service. */
  readonly receipts?: {
    readonly issuer: string
    readonly audience: string
    /** The public keys, or the address where they are; `<service>/api/presence/keys` if absent. */
    readonly keys?: JSONWebKeySet | string
  }
  /** The id of who is signed in, which is the `sub` that Copresence knows; undefined is answered with 401. */
  readonly user: (request: Request, native: Native) => Awaitable<string | undefined>
  /** Gives the text that the request means; undefined is answered with 404. */
  readonly text: (request: Request, native: Native) => Awaitable<TextName | undefined>
  readonly store: Store<Native>
  /** The text that a save brings; the whole body if absent. */
  readonly body?: (request: Request, native: Native) => Awaitable<string>
  /** The meaning of each method; GET and HEAD read, POST opens and PUT saves if absent. */
  readonly methods?: Readonly<Record<string, Action>>
  /**
   * A token of the backend's own with the role `copresence-verifier`. Without it the guard asks with the
   * `Authorization` of the request.
   */
  readonly verifier?: () => Awaitable<string>
  /** The most bytes that a save may bring; 1 MiB if absent. */
  readonly maxBytes?: number
  readonly fetch?: typeof fetch
  /** The time in milliseconds since 1970. */
  readonly now?: () => number
}

/** A guard over some texts. It is a fetch handler itself, as Next and others take them: `export const PUT = guard.handle`. */
export interface Guard<Native = unknown> {
  /** Reads, opens or saves, as the request's method says. */
  readonly handle: (request: Request, native?: Native) => Promise<Response>
  readonly read: (request: Request, native?: Native) => Promise<Response>
  readonly open: (request: Request, native?: Native) => Promise<Response>
  readonly save: (request: Request, native?: Native) => Promise<Response>
  /** Says whether the guard answers requests with this method. */
  readonly answers: (method: string) => boolean
  readonly maxBytes: number
}

interface Problem {
  readonly status: number
  readonly type: string
  readonly detail: string
  readonly [member: string]: unknown
}

/** A refusal on its way to the answer. */
class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail)
  }
}

const MIB = 1_048_576
const ASK_TIMEOUT_MS = 5_000
const KEYS_FRESH_MS = 300_000
const KEYS_ASKED_AGAIN_MS = 30_000
const CLOCKS_DIFFER_S = 30

const METHODS: Readonly<Record<string, Action>> = { GET: 'read', HEAD: 'read', POST: 'open', PUT: 'save' }

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  428: 'Precondition Required',
  503: 'Service Unavailable',
}

function refuse(status: number, type: string, detail: string, more: Record<string, unknown> = {}): never {
  throw new Refused({ status, type: `urn:copresence:problem:${type}`, detail, ...more })
}

const badReceipt = (why: string): never =>
  refuse(400, 'invalid-input', `The receipt ${why}.`, { reason: 'bad-receipt' })

const nobodyKnows = (): never =>
  refuse(503, 'unavailable', 'Copresence cannot be asked whether this is the present fence. Try again.')

/** Makes a guard over the texts of a store. */
export function createGuard<Native = unknown>(options: GuardOptions<Native>): Guard<Native> {
  const { store, now = Date.now, maxBytes = MIB } = options
  const ask = options.fetch ?? ((...given: Parameters<typeof fetch>) => fetch(...given))
  const service = options.service.replace(/\/+$/, '')
  const methods = options.methods ?? METHODS
  const keys = options.receipts && keysOf(options.receipts.keys ?? `${service}/api/presence/keys`, ask, now)

  async function nameOf(request: Request, native: Native): Promise<TextName> {
    return (await options.text(request, native)) ?? refuse(404, 'not-found', 'There is no such text.')
  }

  async function userOf(request: Request, native: Native): Promise<string> {
    return (await options.user(request, native)) || refuse(401, 'unauthenticated', 'Nobody is signed in.')
  }

  async function read(request: Request, native: Native): Promise<Response> {
    const row = await store.read(await nameOf(request, native), native)
    return shown(row ?? refuse(404, 'not-found', 'There is no such text.'))
  }

  async function open(request: Request, native: Native): Promise<Response> {
    const user = await userOf(request, native)
    const name = await nameOf(request, native)
    const stated = fenceOf(request)
    const receipt = request.headers.get('Presence-Receipt')
    if (!receipt && stated === undefined)
      refuse(428, 'precondition-required', 'An open says the receipt or the fence of the lease.', {
        reason: 'no-fence',
      })
    const fence = receipt
      ? await fenceOfReceipt(receipt, user, name)
      : await askedFence(stated as number, user, name, request)
    if (stated !== undefined && stated !== fence) badReceipt('is for another fence than Presence-Fence says')
    const row = await store.open(name, fence, native)
    if (!row) refuse(404, 'not-found', 'There is no such text.')
    const stored = count(row.fence)
    if (stored < fence) throw new Error('store.open must take the fence: see docs/editing.md')
    if (stored > fence)
      refuse(409, 'lease-refused', 'Somebody has opened this text later.', {
        reason: 'lost',
        fence,
        storedFence: stored,
      })
    return shown(row)
  }

  async function save(request: Request, native: Native): Promise<Response> {
    await userOf(request, native)
    const name = await nameOf(request, native)
    const fence =
      fenceOf(request) ??
      refuse(428, 'precondition-required', 'A save says the fence under which the text was opened.', {
        reason: 'no-fence',
      })
    const base = baseOf(request)
    const text = await (options.body ?? wholeBody)(request, native)
    const changed = await store.save(name, fence, base, text, native)
    if (typeof changed !== 'boolean' && !(changed === 0 || changed === 1))
      throw new Error('store.save must say whether one row has changed: see docs/editing.md')
    return changed ? saved(base + 1) : unchanged(name, fence, text, native)
  }

  /* No row has changed: why, or that this very save has arrived before. */
  async function unchanged(name: TextName, fence: number, text: string, native: Native): Promise<Response> {
    const row = (await store.read(name, native)) ?? refuse(404, 'not-found', 'There is no such text.')
    const storedFence = count(row.fence)
    const revision = count(row.revision)
    if (storedFence !== fence) {
      const isLost = storedFence > fence
      const detail = isLost
        ? 'Somebody has opened this text later.'
        : 'This text was not opened under this fence.'
      refuse(409, 'lease-refused', detail, { reason: isLost ? 'lost' : 'not-opened', fence, storedFence })
    }
    if (row.text !== text)
      refuse(412, 'changed', 'The text was changed by somebody who has no lease.', {
        reason: 'changed',
        revision,
      })
    return saved(revision)
  }

  async function wholeBody(request: Request): Promise<string> {
    const text = await request.text()
    if (new TextEncoder().encode(text).length > maxBytes)
      refuse(413, 'body-too-large', 'The text is too long.')
    return text
  }

  async function fenceOfReceipt(receipt: string, user: string, name: TextName): Promise<number> {
    if (!keys || !options.receipts) return badReceipt('is not taken here, since no issuer is configured')
    const claims = await keys.verified(receipt, options.receipts)
    if (claims.sub !== user) badReceipt('is for another user')
    if (typeof claims['page'] !== 'string' || canonical(claims['page']) !== canonical(name.page))
      badReceipt('is for another page')
    if (claims['section'] !== name.section) badReceipt('is for another section')
    const fence = claims['fence']
    return isFence(fence) ? fence : badReceipt('has no fence')
  }

  async function askedFence(fence: number, user: string, name: TextName, request: Request): Promise<number> {
    const authorization = options.verifier
      ? `Bearer ${await options.verifier()}`
      : request.headers.get('Authorization')
    if (!authorization) return nobodyKnows()
    const question = {
      pagePath: name.page,
      fence,
      ...(name.section === undefined ? {} : { section: name.section }),
      ...(options.verifier ? { userId: user } : {}),
    }
    const answer = await ask(`${service}/api/presence/editor/verify`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        Authorization: authorization,
      },
      body: JSON.stringify(question),
      redirect: 'error',
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    })
      .then(async (came) => ({ status: came.status, body: (await came.json()) as Record<string, unknown> }))
      .catch(nobodyKnows)
    if (answer.status === 409) throw new Refused({ ...answer.body, status: 409, fence } as unknown as Problem)
    const editor = answer.body?.['editor'] as { id?: unknown } | undefined
    if (answer.status !== 200) nobodyKnows()
    if (editor?.id !== user)
      refuse(400, 'invalid-input', 'The fence is of another user.', { reason: 'bad-fence', fence })
    return fence
  }

  const answered =
    (work: (request: Request, native: Native) => Promise<Response>) =>
    async (request: Request, native?: Native) => {
      try {
        return await work(request, native as Native)
      } catch (refused) {
        if (refused instanceof Refused) return problem(refused.problem)
        throw refused
      }
    }

  const actions = { read: answered(read), open: answered(open), save: answered(save) }
  return {
    ...actions,
    maxBytes,
    answers: (method) => Object.hasOwn(methods, method),
    handle: async (request, native) => {
      const action = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined
      if (action) return actions[action](request, native)
      const answer = problem({
        status: 405,
        type: 'urn:copresence:problem:method-not-allowed',
        detail: 'A text is read, opened or saved.',
      })
      answer.headers.set('Allow', Object.keys(methods).join(', '))
      return answer
    },
  }
}

const json = (status: number, type: string, body: unknown, headers: Record<string, string>) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers },
  })

const shown = (row: Row) =>
  json(
    200,
    'application/json',
    { text: row.text, revision: count(row.revision) },
    { ETag: `"${count(row.revision)}"` },
  )

const saved = (revision: number) => json(200, 'application/json', { revision }, { ETag: `"${revision}"` })

const problem = (said: Problem) =>
  json(
    said.status,
    'application/problem+json',
    { title: TITLES[said.status], ...said },
    said.status === 503 ? { 'Retry-After': '2' } : {},
  )

const isFence = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0

function count(value: Count): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new Error('revision and fence must be whole numbers below 2^53')
  return number
}

function fenceOf(request: Request): number | undefined {
  const said = request.headers.get('Presence-Fence')
  if (said === null || said === '') return undefined
  if (/^\d{1,16}$/.test(said) && isFence(Number(said))) return Number(said)
  return refuse(400, 'invalid-input', 'Presence-Fence must be a whole number from 1 to 2^53 - 1.', {
    reason: 'bad-fence',
  })
}

/* One strong entity tag, since `*` and a list would save over a text that nobody has seen. */
function baseOf(request: Request): number {
  const said = request.headers.get('If-Match')
  if (said === null || said === '')
    return refuse(
      428,
      'precondition-required',
      'A save says in If-Match over which revision it was written.',
      {
        reason: 'no-base',
      },
    )
  const revision = /^"(\d{1,16})"$/.exec(said)?.[1]
  if (revision !== undefined && Number.isSafeInteger(Number(revision))) return Number(revision)
  return refuse(400, 'invalid-input', 'If-Match must be one revision in quotation marks, as ETag says it.', {
    reason: 'bad-base',
  })
}

/*
 * The public keys of the service. They are asked for again after five minutes, and for a key that is not among them at
 * most twice a minute. While the service is down the last ones stay good, so that receipts are.
 */
function keysOf(given: JSONWebKeySet | string, ask: typeof fetch, now: () => number) {
  let known: ReturnType<typeof createLocalJWKSet> | undefined =
    typeof given === 'string' ? undefined : createLocalJWKSet(given)
  let knownAt = -Infinity
  let triedAt = -Infinity
  let failed = false
  let asking: Promise<void> | undefined

  async function askAnew(address: string): Promise<void> {
    triedAt = now()
    try {
      const answer = await ask(address, { redirect: 'error', signal: AbortSignal.timeout(ASK_TIMEOUT_MS) })
      if (!answer.ok) throw new Error(String(answer.status))
      known = createLocalJWKSet((await answer.json()) as JSONWebKeySet)
      knownAt = now()
      failed = false
    } catch {
      failed = true
    }
  }

  async function refresh(after: number): Promise<void> {
    if (typeof given !== 'string' || (!asking && now() - triedAt < after)) return
    asking ??= askAnew(given).finally(() => (asking = undefined))
    await asking
  }

  async function claims(receipt: string, from: { issuer: string; audience: string }): Promise<JWTPayload> {
    const { payload } = await jwtVerify(receipt, known ?? nobodyKnows(), {
      algorithms: ['ES256'],
      issuer: from.issuer,
      audience: from.audience,
      requiredClaims: ['iss', 'aud', 'sub', 'page', 'fence', 'iat', 'exp'],
      clockTolerance: CLOCKS_DIFFER_S,
      currentDate: new Date(now()),
    })
    if ((payload.iat as number) > now() / 1000 + CLOCKS_DIFFER_S) badReceipt('is not good yet')
    return payload
  }

  return {
    async verified(receipt: string, from: { issuer: string; audience: string }): Promise<JWTPayload> {
      if (now() - knownAt > KEYS_FRESH_MS) await refresh(known ? KEYS_ASKED_AGAIN_MS : 1_000)
      try {
        return await claims(receipt, from).catch(async (unknown: unknown) => {
          if (!(unknown instanceof errors.JWKSNoMatchingKey)) throw unknown
          await refresh(KEYS_ASKED_AGAIN_MS)
          return claims(receipt, from)
        })
      } catch (bad) {
        if (bad instanceof Refused) throw bad
        if (bad instanceof errors.JWKSNoMatchingKey && failed) return nobodyKnows()
        if (bad instanceof errors.JWTExpired) return badReceipt('has ended')
        if (bad instanceof errors.JWTClaimValidationFailed) return badReceipt(`is not for here: ${bad.claim}`)
        return badReceipt('is not signed by the service')
      }
    },
  }
}

/** The canonical form of a page's path, as Copresence has it, of a path that a browser has. */
export function canonical(path: string): string {
  const decoded = path
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/(?:%[89a-f][0-9a-f])+/gi, (bytes) => {
      try {
        return decodeURIComponent(bytes)
      } catch {
        return bytes
      }
    })
    .replace(/%[0-7][0-9a-f]/gi, (escape) => {
      const character = decodeURIComponent(escape)
      return /[\w.~-]/.test(character) ? character : escape.toUpperCase()
    })
  const whole = decoded
    .normalize('NFC')
    .replace(/[^\0-\x7f]+|[[\]^|]/gu, (raw) => encodeURIComponent(raw.replace(/\p{Surrogate}/gu, '\ufffd')))
  return whole.length > 1 && whole.endsWith('/') ? whole.slice(0, -1) : whole
}

/** A request of Node's `http`, as far as the adapters use it, with what a framework has added. */
interface NodeRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The address before a router has taken a part of it, where there is one. */
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body as a parser has left it, if one has. */
  readonly body?: unknown
}

async function ofNode(request: NodeRequest, maxBytes: number): Promise<Request> {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !name.startsWith(':')) headers.set(name, String(value))
  const method = request.method ?? 'GET'
  const address = new URL(`http://localhost${request.originalUrl ?? request.url ?? '/'}`)
  if (method === 'GET' || method === 'HEAD') return new Request(address, { method, headers })
  return new Request(address, { method, headers, body: await bodyOf(request, maxBytes) })
}

async function bodyOf(request: NodeRequest, maxBytes: number): Promise<string> {
  const { body } = request
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  if (body !== undefined && body !== null) return JSON.stringify(body)
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ''
  for await (const part of request) {
    const chunk = typeof part === 'string' ? new TextEncoder().encode(part) : (part as Uint8Array)
    bytes += chunk.length
    // One byte too many is enough for the guard to say so.
    if (bytes <= maxBytes) text += decoder.decode(chunk, { stream: true })
    else return ' '.repeat(maxBytes + 1)
  }
  return text + decoder.decode()
}

/** A response of Express, as far as the adapter uses it. */
interface ExpressResponse {
  status(code: number): unknown
  set(name: string, value: string): unknown
  send(body: string): unknown
}

/** The guard as a middleware of Express: `app.all('/docs/*path', express(guard))`. Other methods go on to the next one. */
export function express<R extends NodeRequest>(guard: Guard<R>) {
  return async (request: R, response: ExpressResponse, next: (error?: unknown) => void): Promise<void> => {
    if (!guard.answers(request.method ?? '')) return next()
    try {
      const answer = await guard.handle(await ofNode(request, guard.maxBytes), request)
      response.status(answer.status)
      answer.headers.forEach((value, name) => response.set(name, value))
      response.send(await answer.text())
    } catch (error) {
      next(error)
    }
  }
}

/** A request of Fastify, as far as the adapter uses it. */
interface FastifyRequest {
  readonly raw: NodeRequest
  readonly body?: unknown
}

/** A reply of Fastify, as far as the adapter uses it. */
interface FastifyReply {
  code(status: number): FastifyReply
  header(name: string, value: string): FastifyReply
  send(body: string): unknown
}

/** The guard as a handler of Fastify: `app.route({ method: ['GET', 'POST', 'PUT'], url: '/docs/*', handler: fastify(guard) })`. */
export function fastify<R extends FastifyRequest>(guard: Guard<R>) {
  return async (request: R, reply: FastifyReply): Promise<unknown> => {
    const { method, headers, url } = request.raw
    // Fastify has read the body; a request without one is not to be read again.
    const parsed = { method, headers, url, body: request.body ?? '', [Symbol.asyncIterator]: nothing }
    const answer = await guard.handle(await ofNode(parsed, guard.maxBytes), request)
    reply.code(answer.status)
    answer.headers.forEach((value, name) => reply.header(name, value))
    return reply.send(await answer.text())
  }
}

async function* nothing() {}

/** An event of h3, as far as the adapter uses it: h3 2 has the request of the web, h3 1 (Nitro, Nuxt) that of Node. */
interface H3Event {
  readonly req?: unknown
  readonly node?: { readonly req: unknown } | undefined
}

/** The guard as a handler of h3, Nitro and Nuxt: `export default defineEventHandler(h3(guard))`. */
export function h3<E extends H3Event>(guard: Guard<E>) {
  return async (event: E): Promise<Response> => {
    const isOfTheWeb = typeof (event.req as Request | undefined)?.headers?.get === 'function'
    const request = isOfTheWeb
      ? (event.req as Request)
      : await ofNode(event.node?.req as NodeRequest, guard.maxBytes)
    return guard.handle(request, event)
  }
}

/**
 * Plays the waiting writer, the sleeper, the invented fence, a request that arrives twice and an import against the three
 * functions of a store, on a text that must be there and be nobody's. Rejects with a sentence that says what was wrong.
 */
export async function checkStore<Native>(
  store: Store<Native>,
  name: TextName,
  native?: Native,
): Promise<void> {
  const it = native as Native
  const check = (isSo: boolean, sentence: string) => {
    if (!isSo) throw new Error(`${sentence}: see docs/editing.md`)
  }
  const there = async (row: Promise<Row | undefined>) => {
    const found = await row
    if (!found) throw new Error(`there is no text ${name.page} to try with`)
    return { text: found.text, revision: count(found.revision), fence: count(found.fence) }
  }
  const save = async (fence: number, base: number, text: string) =>
    Number(await store.save(name, fence, base, text, it)) === 1
  const start = await there(store.read(name, it))
  const [ana, ben] = [start.fence + 1, start.fence + 2]

  const opened = await there(store.open(name, ana, it))
  check(opened.fence === ana, 'an open must take its fence')
  check(opened.text === start.text && opened.revision === start.revision, 'an open must not change the text')
  check(
    (await there(store.open(name, ana, it))).fence === ana,
    'an open that is said twice must be good twice',
  )
  check(await save(ana, opened.revision, 'Ana'), 'a save under the opened fence must be accepted')
  check(!(await save(ana, opened.revision, 'Ana again')), 'a save over an older revision must be refused')
  const saved = await there(store.read(name, it))
  check(
    saved.text === 'Ana' && saved.revision === opened.revision + 1,
    'a save must store its text and add 1 to revision',
  )
  check(saved.fence === ana, 'a save must not change the fence')
  check(!(await save(ben, saved.revision, 'Ben')), 'the waiting writer must be refused until he has opened')
  check(
    !(await save(Number.MAX_SAFE_INTEGER, saved.revision, 'Mallory')),
    'a save under an invented fence must be refused',
  )
  check(await save(ana, saved.revision, 'Ana 2'), "an invented fence must not refuse the holder's next save")
  check(
    (await there(store.open(name, ben, it))).text === 'Ana 2',
    'an open must read what was saved before it',
  )
  check(
    !(await save(ana, saved.revision + 1, 'Ana 3')),
    'the sleeper must be refused once another has opened',
  )
  check(
    (await there(store.open(name, ana, it))).fence === ben,
    'an open under a lower fence must not take it',
  )
  check(await save(ben, saved.revision + 1, start.text), 'a save of the newest holder must be accepted')
}
