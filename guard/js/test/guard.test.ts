import { generateKeyPair } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  canonical,
  checkStore,
  createGuard,
  type Guard,
  type GuardOptions,
  type Store,
} from '../src/guard.js'
import { fakeService, memoryStore, NOW, options, publicKey, receipt, request, row } from './backend.js'

let store: ReturnType<typeof memoryStore>
let copresence: ReturnType<typeof fakeService>
let guard: Guard

const guarded = (more: Partial<GuardOptions> = {}) =>
  createGuard(options(store, { fetch: copresence.fetch, ...more }))

beforeEach(() => {
  store = memoryStore()
  copresence = fakeService()
  guard = guarded()
})

const said = async (answer: Promise<Response>) => {
  const came = await answer
  const body = (await came.json()) as Record<string, unknown>
  if (came.status >= 400) expect(body['status']).toBe(came.status)
  return { status: came.status, reason: body['reason'], body, headers: came.headers }
}
const open = (headers: Record<string, string>, path?: string) =>
  said(guard.handle(request('POST', headers, '', path)))
const save = (fence: number | string, base: number | string, text: string, path?: string) =>
  said(
    guard.handle(
      request(
        'PUT',
        { 'Presence-Fence': String(fence), 'If-Match': typeof base === 'number' ? `"${base}"` : base },
        text,
        path,
      ),
    ),
  )

describe('W7: a text', () => {
  test('is read with its revision as its ETag', async () => {
    store.rows.set('/docs/a ', row('Hello', 7, 3))
    const { status, body, headers } = await said(guard.handle(request('GET')))

    expect([status, body, headers.get('ETag')]).toEqual([200, { text: 'Hello', revision: 7 }, '"7"'])
  })

  test('is opened by a receipt without a call, and saved under the same fence', async () => {
    copresence.state.isDown = true

    expect(await open({ 'Presence-Receipt': await receipt() })).toMatchObject({
      status: 200,
      body: { revision: 0 },
    })
    expect(await save(418, 0, "Ana's")).toMatchObject({ status: 200, body: { revision: 1 } })
    expect(store.rows.get('/docs/a ')).toEqual(row("Ana's", 1, 418))
  })

  test('is opened after verify has said yes, with the own credential', async () => {
    expect(await open({ 'Presence-Fence': '418' })).toMatchObject({ status: 200 })
    expect(copresence.asked).toEqual([
      {
        path: '/api/presence/editor/verify',
        body: { pagePath: '/docs/a', fence: 418 },
        authorization: 'Bearer ana',
      },
    ])
  })

  test('is opened after verify has said yes to a backend that has the role', async () => {
    guard = guarded({ verifier: () => 'verifier' })

    expect(await open({ 'Presence-Fence': '418' })).toMatchObject({ status: 200 })
    expect(copresence.asked[0]).toMatchObject({ authorization: 'Bearer verifier', body: { userId: 'ana' } })
  })

  test('may be a section', async () => {
    store.rows.set('/docs/a install', row('', 0, 0))
    const path = '/docs/a?section=install'

    expect(await open({ 'Presence-Receipt': await receipt({ section: 'install' }) }, path)).toMatchObject({
      status: 200,
    })
    expect(await save(418, 0, 'Install', path)).toMatchObject({ status: 200 })
    expect(store.rows.get('/docs/a ')).toEqual(row('', 0, 0))
  })

  test('is not there: 404', async () => {
    expect(await said(guard.handle(request('GET', {}, undefined, '/docs/b')))).toMatchObject({ status: 404 })
    expect(await save(418, 0, 'x', '/docs/b')).toMatchObject({ status: 404 })
  })
})

describe('W7: a save', () => {
  beforeEach(async () => {
    await open({ 'Presence-Fence': '418' })
  })

  test('asks nobody', async () => {
    copresence.state.isDown = true
    expect(await save(418, 0, 'x')).toMatchObject({ status: 200 })
  })

  test.each([
    [{}, 428, 'no-fence'],
    [{ 'If-Match': '"0"' }, 428, 'no-fence'],
    [{ 'Presence-Fence': '418' }, 428, 'no-base'],
    [{ 'Presence-Fence': 'x', 'If-Match': '"0"' }, 400, 'bad-fence'],
    [{ 'Presence-Fence': '-1', 'If-Match': '"0"' }, 400, 'bad-fence'],
    [{ 'Presence-Fence': '0', 'If-Match': '"0"' }, 400, 'bad-fence'],
    [{ 'Presence-Fence': '4e2', 'If-Match': '"0"' }, 400, 'bad-fence'],
    [{ 'Presence-Fence': '9007199254740993', 'If-Match': '"0"' }, 400, 'bad-fence'],
    [{ 'Presence-Fence': '418', 'If-Match': '*' }, 400, 'bad-base'],
    [{ 'Presence-Fence': '418', 'If-Match': 'W/"0"' }, 400, 'bad-base'],
    [{ 'Presence-Fence': '418', 'If-Match': '"0", "1"' }, 400, 'bad-base'],
    [{ 'Presence-Fence': '417', 'If-Match': '"0"' }, 409, 'lost'],
    [{ 'Presence-Fence': '419', 'If-Match': '"0"' }, 409, 'not-opened'],
    [{ 'Presence-Fence': '418', 'If-Match': '"1"' }, 412, 'changed'],
  ])('with %j is refused with %i', async (headers, status, reason) => {
    expect(await said(guard.handle(request('PUT', headers as Record<string, string>, 'x')))).toMatchObject({
      status,
      reason,
    })
    expect(store.rows.get('/docs/a ')).toEqual(row('', 0, 418))
  })

  test('that arrives twice is told twice that it is good', async () => {
    expect(await save(418, 0, 'x')).toMatchObject({ status: 200, body: { revision: 1 } })
    expect(await save(418, 0, 'x')).toMatchObject({ status: 200, body: { revision: 1 } })
    expect(await save(418, 0, 'y')).toMatchObject({ status: 412, body: { revision: 1 } })
  })

  test('that is too long is refused', async () => {
    guard = guarded({ maxBytes: 3 })
    expect(await save(418, 0, 'éé')).toMatchObject({ status: 413 })
  })

  test('of nobody is refused', async () => {
    guard = guarded({ user: () => undefined })
    expect(await save(418, 0, 'x')).toMatchObject({ status: 401 })
  })

  test('under a fence that was lost is told both numbers', async () => {
    expect((await save(417, 0, 'x')).body).toMatchObject({ fence: 417, storedFence: 418 })
  })
})

describe('W4: an open', () => {
  test('needs a receipt or a fence', async () => {
    expect(await open({})).toMatchObject({ status: 428, reason: 'no-fence' })
  })

  test.each(['x', '1.5', '-418', '9007199254740992', '0'])('with the fence %s is refused', async (fence) => {
    expect(await open({ 'Presence-Fence': fence })).toMatchObject({ status: 400, reason: 'bad-fence' })
  })

  test('with an invented fence is refused, says who holds the page, and moves nothing', async () => {
    const refused = await open({ 'Presence-Fence': '9007199254740991', Authorization: 'Bearer mallory' })

    expect(refused).toMatchObject({ status: 409, reason: 'lost', body: { editor: { name: 'Ana' } } })
    expect(store.rows.get('/docs/a ')).toEqual(row('', 0, 0))
  })

  test("with another user's fence is refused", async () => {
    expect(await open({ 'Presence-Fence': '418', Authorization: 'Bearer ben' })).toMatchObject({
      status: 409,
    })
    // The credential is Ana's, but the backend says that this is Ben.
    guard = guarded({ user: () => 'ben' })
    expect(await open({ 'Presence-Fence': '418' })).toMatchObject({ status: 400, reason: 'bad-fence' })
  })

  test('below the stored fence is refused with both', async () => {
    store.rows.set('/docs/a ', row('', 0, 500))
    const refused = await open({ 'Presence-Receipt': await receipt() })

    expect(refused).toMatchObject({ status: 409, reason: 'lost', body: { fence: 418, storedFence: 500 } })
  })

  test('is refused while nobody knows, and is good with a receipt', async () => {
    copresence.state.isDown = true
    const refused = await open({ 'Presence-Fence': '418' })

    expect(refused).toMatchObject({ status: 503 })
    expect(refused.headers.get('Retry-After')).toBe('2')
    expect(await open({ 'Presence-Receipt': await receipt() })).toMatchObject({ status: 200 })
  })

  test.each([401, 403, 429, 500, 503, 200])(
    'is refused with 503 if verify answers %i without sense',
    async (status) => {
      guard = guarded({ fetch: async () => new Response('<html>', { status }) })
      expect(await open({ 'Presence-Fence': '418' })).toMatchObject({ status: 503 })
    },
  )

  test('without a credential to ask with is refused with 503', async () => {
    guard = guarded({ user: () => 'ana' })
    const bare = new Request('http://wiki.example/docs/a', {
      method: 'POST',
      headers: { 'Presence-Fence': '418' },
    })
    expect(await said(guard.handle(bare))).toMatchObject({ status: 503 })
  })

  test('by a store that does not take the fence is our mistake, and is loud', async () => {
    guard = guarded({
      store: { ...store, open: (name: { page: string }) => store.read(name, undefined) } as Store,
    })
    await expect(guard.handle(request('POST', { 'Presence-Fence': '418' }))).rejects.toThrow(
      'must take the fence',
    )
  })
})

const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url')
const other = await generateKeyPair('ES256')

describe('W4: a receipt', () => {
  const claims = {
    iss: 'https://presence.example',
    aud: 'https://wiki.example',
    sub: 'ana',
    page: '/docs/a',
    fence: 418,
  }
  const times = { iat: NOW, exp: NOW + 600 }

  test.each<[string, () => string | Promise<string>]>([
    ['of another issuer', () => receipt({ iss: 'https://evil.example' })],
    ['for another site', () => receipt({ aud: 'https://shop.example' })],
    ['of another user', () => receipt({ sub: 'ben' })],
    ['for another page', () => receipt({ page: '/docs/b' })],
    ['for a section', () => receipt({ section: 'install' })],
    ['that has ended', () => receipt({ iat: NOW - 1000, exp: NOW - 31 })],
    ['that is not good yet', () => receipt({ iat: NOW + 100 })],
    ['that is not good yet, by nbf', () => receipt({ nbf: NOW + 100 })],
    ['without an end', () => receipt({ exp: undefined })],
    ['without a fence', () => receipt({ fence: undefined })],
    ['with a fence that is text', () => receipt({ fence: '418' })],
    ['with a fence that is too big', () => receipt({ fence: 2 ** 53 })],
    ['of a key that nobody knows', () => receipt({}, { kid: '1999-01' })],
    ['of another key by the same name', () => receipt({}, {}, other.privateKey)],
    ['with alg none', () => `${part({ alg: 'none' })}.${part({ ...claims, ...times })}.`],
    [
      'with HS256 over the public key',
      () => receipt({}, { alg: 'HS256' }, new TextEncoder().encode(JSON.stringify(publicKey))),
    ],
    [
      'whose page was changed',
      async () => (await receipt()).replace(/\.[^.]+\./, `.${part({ ...claims, ...times, fence: 999 })}.`),
    ],
    ['that is garbage', () => 'garbage'],
    ['that is empty parts', () => '..'],
  ])('%s is refused and moves nothing', async (_, bad) => {
    expect(await open({ 'Presence-Receipt': await bad() })).toMatchObject({
      status: 400,
      reason: 'bad-receipt',
    })
    expect(store.rows.get('/docs/a ')).toEqual(row('', 0, 0))
  })

  test('of the page is refused for its section, and the other way round', async () => {
    store.rows.set('/docs/a install', row('', 0, 0))
    const path = '/docs/a?section=install'
    expect(await open({ 'Presence-Receipt': await receipt() }, path)).toMatchObject({ status: 400 })
    expect(await open({ 'Presence-Receipt': await receipt({ section: 'usage' }) }, path)).toMatchObject({
      status: 400,
    })
  })

  test('is refused beside another fence', async () => {
    const headers = { 'Presence-Receipt': await receipt(), 'Presence-Fence': '419' }
    expect(await open(headers)).toMatchObject({ status: 400, reason: 'bad-receipt' })
  })

  test('is for a page in its canonical form', async () => {
    store.rows.set('/caf%c3%a9/%7Eana/ ', row('', 0, 0))
    const headers = { 'Presence-Receipt': await receipt({ page: '/caf%C3%A9/~ana' }) }
    expect(await open(headers, '/caf%c3%a9/%7Eana/')).toMatchObject({ status: 200 })
  })

  test('is judged by keys that are fetched once, and again for a new one, twice a minute at most', async () => {
    let now = NOW * 1000
    const receipts = { issuer: 'https://presence.example', audience: 'https://wiki.example' }
    guard = guarded({ receipts, now: () => now })
    const good = { 'Presence-Receipt': await receipt() }
    const unknown = { 'Presence-Receipt': await receipt({}, { kid: 'next' }) }

    for (let i = 0; i < 3; i++) expect(await open(good)).toMatchObject({ status: 200 })
    for (let i = 0; i < 9; i++) expect(await open(unknown)).toMatchObject({ status: 400 })
    expect(copresence.asked).toHaveLength(1)

    copresence.state.keys = { keys: [publicKey, { ...publicKey, kid: 'next' }] }
    now += 30_000
    expect(await open(unknown)).toMatchObject({ status: 200 })
    expect(copresence.asked).toHaveLength(2)

    copresence.state.isDown = true
    now += 301_000
    expect(await open(good)).toMatchObject({ status: 200 })
    now += 200_000
    expect(await open({ 'Presence-Receipt': await receipt({}, { kid: '2027-01' }) })).toMatchObject({
      status: 503,
    })
  })

  test('is not judged while no key was ever seen', async () => {
    copresence.state.isDown = true
    guard = guarded({ receipts: { issuer: 'https://presence.example', audience: 'https://wiki.example' } })
    expect(await open({ 'Presence-Receipt': await receipt() })).toMatchObject({ status: 503 })
  })

  test('is not taken where no issuer is configured', async () => {
    const { receipts: _, ...bare } = options(store)
    guard = createGuard(bare)
    expect(await open({ 'Presence-Receipt': await receipt() })).toMatchObject({ status: 400 })
  })
})

test('another method is not allowed', async () => {
  const answer = await guard.handle(request('DELETE'))
  expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'GET, HEAD, POST, PUT'])
})

describe('checkStore', () => {
  test('is content with a store that follows the recipe, and leaves its text', async () => {
    store.rows.set('/docs/a ', row('As it was', 3, 9))
    await checkStore(store, { page: '/docs/a' })
    expect(store.rows.get('/docs/a ')?.text).toBe('As it was')
  })

  const wrong: Record<string, Partial<Store>> = {
    'an open must take': { open: (name) => store.read(name, undefined) },
    'older revision': {
      save: async (name, fence, _, text) => {
        const now = store.rows.get('/docs/a ')!
        return store.save(name, fence, Number(now.revision), text, undefined)
      },
    },
    'waiting writer': {
      save: async (name, fence, base, text) => {
        const now = store.rows.get('/docs/a ')!
        if (Number(now.fence) > fence) return false
        return store.save(name, Number(now.fence), base, text, undefined)
      },
    },
    sleeper: {
      save: async (name, fence, base, text) => {
        const now = store.rows.get('/docs/a ')!
        return fence <= Number(now.fence) && store.save(name, Number(now.fence), base, text, undefined)
      },
    },
    'lower fence': {
      open: async (_, fence) => {
        store.rows.set('/docs/a ', { ...store.rows.get('/docs/a ')!, fence })
        return store.rows.get('/docs/a ')
      },
    },
  }
  test.each(Object.entries(wrong))('says what is wrong: %s', async (sentence, change) => {
    await expect(checkStore({ ...store, ...change }, { page: '/docs/a' })).rejects.toThrow(sentence)
  })
})

test.each([
  ['/', '/'],
  ['/a/', '/a'],
  ['/%41%7e', '/A~'],
  ['/a%2cb', '/a%2Cb'],
  ['/é', '/%C3%A9'],
  ['/e%CC%81', '/%C3%A9'],
  ['/a[1]^|', '/a%5B1%5D%5E%7C'],
  ['/100%', '/100%25'],
  ['/%E9', '/%E9'],
])('canonical: %s is %s', (path, expected) => {
  expect(canonical(path)).toBe(expected)
})
