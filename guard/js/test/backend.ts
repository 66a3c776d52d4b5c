import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import type { GuardOptions, Row, Store, TextName } from '../src/guard.js'

/** The address of a service that is not asked in earnest, and of the site whose texts are guarded. */
export const service = 'https://presence.example'
export const wiki = 'https://wiki.example'

/** The statements of docs/editing.md over rows in memory. */
export function memoryStore(rows: Map<string, Row> = new Map([['/docs/a ', row('', 0, 0)]])): Store & {
  rows: Map<string, Row>
} {
  const key = ({ page, section = '' }: TextName) => `${page} ${section}`
  return {
    rows,
    read: async (name) => rows.get(key(name)),
    async open(name, fence) {
      const now = rows.get(key(name))
      if (now && Number(now.fence) <= fence) rows.set(key(name), { ...now, fence })
      return rows.get(key(name))
    },
    async save(name, fence, base, text) {
      const now = rows.get(key(name))
      if (!now || now.fence !== fence || now.revision !== base) return false
      rows.set(key(name), row(text, base + 1, fence))
      return true
    },
  }
}

export const row = (text: string, revision: number, fence: number): Row => ({ text, revision, fence })

export const keyPair = await generateKeyPair('ES256', { extractable: true })
export const publicKey = { ...(await exportJWK(keyPair.publicKey)), kid: '2026-11', alg: 'ES256', use: 'sig' }

/** The time of these tests, in seconds since 1970. */
export const NOW = 1_795_556_475

/** A receipt as the service signs it, with other claims where they are given; undefined takes one away. */
export function receipt(
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: Parameters<SignJWT['sign']>[0] = keyPair.privateKey,
): Promise<string> {
  const all = {
    iss: service,
    aud: wiki,
    sub: 'ana',
    page: '/docs/a',
    fence: 418,
    iat: NOW,
    exp: NOW + 600,
    ...claims,
  }
  return new SignJWT(all as JWTPayload)
    .setProtectedHeader({ alg: 'ES256', kid: '2026-11', ...header })
    .sign(key)
}

/** Copresence with one lease, which Ana holds on /docs/a under fence 418; it can be down. */
export function fakeService() {
  const asked: { path: string; body: Record<string, unknown>; authorization: string | null }[] = []
  const state = { isDown: false, keys: { keys: [publicKey] as object[] }, asked }
  const answer = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    if (state.isDown) throw new TypeError('fetch failed')
    const path = String(url).slice(service.length)
    if (path === '/api/presence/keys') {
      asked.push({ path, body: {}, authorization: null })
      return Response.json(state.keys)
    }
    const body = JSON.parse(String(init.body)) as Record<string, unknown>
    const authorization = new Headers(init.headers).get('Authorization')
    asked.push({ path, body, authorization })
    const user = authorization === 'Bearer verifier' ? body['userId'] : authorization?.slice('Bearer '.length)
    if (!['ana', 'ben', 'mallory'].includes(String(user)))
      return Response.json({ status: 401 }, { status: 401 })
    const isHeld =
      user === 'ana' && body['fence'] === 418 && body['pagePath'] === '/docs/a' && !body['section']
    if (isHeld) return Response.json({ ...body, editor: { id: 'ana', name: 'Ana' } })
    const problem = {
      type: 'urn:copresence:problem:lease-refused',
      title: 'Conflict',
      status: 409,
      reason: 'lost',
    }
    return Response.json({ ...problem, editor: { id: 'ana', name: 'Ana' } }, { status: 409 })
  }
  return { ...state, state, fetch: answer as typeof fetch }
}

/** The user is who the bearer says, the page is the address's, and a section is in the query. */
export function options(store: Store, more: Partial<GuardOptions> = {}): GuardOptions {
  return {
    service,
    receipts: { issuer: service, audience: wiki, keys: { keys: [publicKey] } },
    user: (request) => request.headers.get('Authorization')?.slice('Bearer '.length),
    text: (request) => {
      const { pathname, searchParams } = new URL(request.url)
      return { page: pathname, section: searchParams.get('section') ?? undefined }
    },
    store,
    now: () => NOW * 1000,
    ...more,
  }
}

/** A request of this user, Ana if it is not said. */
export function request(
  method: string,
  headers: Record<string, string> = {},
  body?: string,
  path = '/docs/a',
): Request {
  return new Request(`http://wiki.example${path}`, {
    method,
    headers: { Authorization: 'Bearer ana', ...headers },
    ...(body === undefined ? {} : { body }),
  })
}
