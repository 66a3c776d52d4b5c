import { describe, expect, test, vi } from 'vitest'
import { type Presence, type PresenceOptions, type PresenceStatus } from '../src/index.js'
import { goAway, pass, setVisible, settled } from './browser.js'
import { json, problem, stranger } from './fake-service.js'
import { create, service, setUp } from './presences.js'

/*
 * Nothing but the user's own wish ends presence for good in a tab that is open: what is shown after each answer in
 * each state, what becomes of a lease, and that the next try comes by itself.
 */

setUp({ push: false })

async function holder(options: Partial<PresenceOptions> = {}): Promise<Presence> {
  const presence = create(options)
  presence.setIsEditing(true)
  await settled()
  expect(presence.getSnapshot().lease.status).toBe('held')
  return presence
}

type Answer = () => Response | Promise<Response>

/* Brings a beat now, which is answered so. */
async function beat(answer: Answer | undefined) {
  service.instead = answer
  window.dispatchEvent(new Event('online'))
  await settled()
}

const network: Answer = () => Promise.reject(new TypeError('Failed to fetch'))
const ways: Record<string, Answer | undefined> = {
  live: undefined,
  reconnecting: network,
  'signed-out': () => problem(401),
  refused: () => problem(403),
}
/* How long the first wait after such an answer may be. */
const patience: Partial<Record<PresenceStatus, number>> = {
  live: 15_000,
  reconnecting: 1_000,
  'signed-out': 2_000,
  refused: 32_000,
}
const passing = [408, 425, 429]

function expected(status: number, isOwn: boolean): PresenceStatus {
  if (!isOwn || status < 400 || status >= 500 || passing.includes(status)) return 'reconnecting'
  return status === 401 ? 'signed-out' : 'refused'
}

describe.each(Object.keys(ways))('%s', (state) => {
  test.each([true, false])(
    'every status, the service’s own or not; editing: %s',
    async (isEditing) => {
      const presence = create()
      if (isEditing) presence.setIsEditing(true)
      await settled()
      const lease = isEditing ? 'held' : 'idle'
      const wrong: unknown[] = []
      for (let status = 200; status < 600; status++)
        for (const isOwn of [true, false]) {
          if (isOwn && [204, 205, 304].includes(status)) continue
          await beat(undefined)
          await beat(ways[state])
          const before = presence.getSnapshot()
          if (before.status !== state || before.lease.status !== lease) wrong.push([status, isOwn, before])
          await beat(() => (isOwn ? problem(status) : stranger(status)))
          const after = presence.getSnapshot()
          const tries = service.calls.length
          const wait = patience[expected(status, isOwn)]!
          await pass(wait)
          if (
            after.status !== expected(status, isOwn) ||
            after.lease.status !== lease ||
            after.isEditing !== isEditing ||
            service.calls.length === tries ||
            service.calls.length > tries + 4
          )
            wrong.push([status, isOwn, after.status, after.lease, service.calls.length - tries])
        }

      expect(wrong).toEqual([])
      expect(service.calls.some(({ body }) => body.isEditing === true)).toBe(isEditing)
    },
    60_000,
  )
})

const notOurs: [string, Answer][] = [
  ['no network', network],
  ['nothing at all', () => new Response('')],
  ['a page', () => new Response('<html>Welcome to the hotel</html>')],
  ['somebody else’s JSON', () => json(200, { ok: true })],
  [
    'JSON that is none',
    () => new Response('{"pagePath":', { headers: { 'Content-Type': 'application/json' } }),
  ],
  ['a redirect', () => Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' })],
  ['an opaque answer', () => Object.defineProperty(new Response(null), 'type', { value: 'opaque' })],
  ['404 of a router without a route', () => stranger(404)],
  ['403 of a firewall', () => stranger(403)],
  ['401 of a gateway', () => stranger(401)],
  ['401 with somebody else’s problem', () => json(401, { type: 'about:blank', status: 401 }, problemJson)],
  ['404 with a problem of another service', () => json(404, { type: 'urn:other:not-found' }, problemJson)],
  ['400 with a problem that is not typed as one', () => json(400, { type: 'urn:copresence:problem:x' })],
  ['400 with a problem that is no text', () => json(400, { type: 7 }, problemJson)],
  ['405', () => stranger(405)],
  ['502', () => stranger(502)],
  ['503', () => stranger(503)],
  ['the service’s own 503', () => problem(503)],
  [
    'an answer that breaks',
    () => new Response(new ReadableStream({ start: (feed) => feed.error(new Error()) })),
  ],
  ['an answer that never comes', () => new Promise<Response>(() => undefined)],
]
const problemJson = { 'Content-Type': 'application/problem+json' }

describe('an answer that is not the service’s own', () => {
  test.each(notOurs)(
    '%s: an outage, over which a lease is kept and after which all is well',
    async (_, answer) => {
      const presence = await holder()
      const seen = new Set<string>()
      presence.subscribe(() =>
        seen.add(`${presence.getSnapshot().status} ${presence.getSnapshot().lease.status}`),
      )
      service.instead = answer
      await pass(35_000)
      expect([...seen]).toEqual(['reconnecting held'])
      service.instead = undefined
      await pass(31_000)

      expect(presence.getSnapshot()).toMatchObject({ status: 'live', lease: { status: 'held', fence: 7 } })
    },
  )

  test.each(notOurs)(
    '%s for a night: the lease ends in time, and the tab is present in the morning',
    async (_, answer) => {
      const presence = await holder()
      service.instead = answer
      await pass(45_001)
      expect(presence.getSnapshot()).toMatchObject({
        status: 'reconnecting',
        isEditing: true,
        lease: { status: 'lost' },
      })
      await pass(8 * 3_600_000)
      service.instead = undefined
      await pass(60_000)

      expect(presence.getSnapshot()).toMatchObject({ status: 'live', lease: { status: 'held' } })
      expect(service.calls.length).toBeLessThan(2_500)
    },
  )

  test('a pause that a proxy asks for is kept, but for no longer than a minute', async () => {
    const presence = await holder()
    service.next(() => stranger(503, { 'Retry-After': '86400' }))
    await pass(15_000)
    window.dispatchEvent(new Event('online'))
    await pass(59_000)
    expect(service.calls).toHaveLength(2)
    await pass(2_001)

    expect(presence.getSnapshot().status).toBe('live')
  })
})

describe('a token', () => {
  test.each<[string, PresenceOptions['token']]>([
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['hangs', () => new Promise(() => undefined)],
  ])('that %s is an outage, and the next one is good', async (_, bad) => {
    let isBad = false
    const presence = await holder({ token: () => (isBad ? bad!() : 'good') })
    isBad = true
    await pass(26_000)
    expect(presence.getSnapshot()).toMatchObject({ status: 'reconnecting', lease: { status: 'held' } })
    isBad = false
    await pass(20_000)

    expect(presence.getSnapshot().status).toBe('live')
  })

  test('that is stale for a while is asked for again, and the lease outlives it', async () => {
    let token = 'old'
    const presence = await holder({ token: () => token })
    const usual = service.fetch.getMockImplementation()!
    service.fetch.mockImplementation((url, init) =>
      (init!.headers as Record<string, string>).Authorization === 'Bearer old'
        ? Promise.resolve(problem(401))
        : usual(url, init),
    )
    await pass(17_000)
    expect(presence.getSnapshot()).toMatchObject({ status: 'signed-out', lease: { status: 'held' } })
    token = 'new'
    await pass(4_000)

    expect(presence.getSnapshot()).toMatchObject({ status: 'live', lease: { status: 'held', fence: 7 } })
  })

  test('that expires while the laptop sleeps is renewed in the morning', async () => {
    const presence = await holder()
    service.instead = () => problem(401)
    await pass(12 * 3_600_000)
    expect(presence.getSnapshot()).toMatchObject({
      status: 'signed-out',
      isEditing: true,
      lease: { status: 'lost' },
    })
    expect(service.calls.length).toBeLessThan(1_600)
    service.instead = undefined
    await pass(60_000)

    expect(presence.getSnapshot()).toMatchObject({ status: 'live', lease: { status: 'held' } })
  })
})

describe('what is refused', () => {
  const bad = (field: string) =>
    problem(400, {}, { violations: [{ field, message: 'must be something else' }] })

  test('a section: the tab is on the page all the same, claims nothing, and a good section mends it', async () => {
    service.instead = () =>
      service.last().body.section === 'odd' ? bad('section') : service.answer('join', service.last().body)
    const presence = create({ section: 'odd' })
    presence.setIsEditing(true)
    await settled()

    expect(presence.getSnapshot()).toMatchObject({
      status: 'live',
      isEditing: true,
      lease: { status: 'idle' },
      problem: { status: 400, violations: [{ field: 'section' }] },
    })
    expect(service.last().body).toMatchObject({ isEditing: false })
    expect(service.last().body).not.toHaveProperty('section')
    expect(await presence.requestEdit()).toMatchObject({ status: 400 })
    await pass(60_000)
    expect(presence.getSnapshot()).toMatchObject({ status: 'live', problem: { status: 400 } })

    presence.setSection('intro')
    await settled()
    expect(service.last().body).toMatchObject({ section: 'intro', isEditing: true })
    expect(presence.getSnapshot()).toMatchObject({
      status: 'live',
      problem: undefined,
      lease: { status: 'held' },
    })
  })

  test('a section that was good: its lease is lost, and that of the page is not taken for it', async () => {
    const presence = await holder({ section: 'intro' })
    service.next(() => bad('section'))
    await pass(15_000)

    expect(presence.getSnapshot()).toMatchObject({
      status: 'live',
      isEditing: false,
      lease: { status: 'lost' },
    })
    expect(service.calls.filter(({ body }) => body.isEditing === true && !body.section)).toEqual([])
  })

  test('a page: another one mends it at once', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    service.next(() => bad('pagePath')).next(() => bad('pagePath'))
    const presence = create({ pagePath: 'nowhere' })
    await settled()
    presence.refresh()
    await settled()
    expect(presence.getSnapshot().status).toBe('refused')
    expect(warned.mock.calls).toEqual([['Copresence: Because.']])
    presence.setPagePath('/b')
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ status: 'live', problem: undefined })
  })

  test.each([
    ['a change of the configuration', () => problem(403)],
    ['an update of the service', () => bad('pagePath')],
    ['an update of the client’s calls', () => problem(415)],
  ])('heals by itself after %s, without a reload', async (_, answer) => {
    const presence = await holder()
    service.instead = answer
    await pass(3_600_000)
    expect(presence.getSnapshot()).toMatchObject({ status: 'refused', isEditing: true })
    expect(service.calls.length).toBeLessThan(40)
    service.instead = undefined
    await pass(300_000)

    expect(presence.getSnapshot()).toMatchObject({ status: 'live', lease: { status: 'held' } })
  })

  test('too many tabs: tried again when the service said so', async () => {
    service.instead = () => problem(429, { 'Retry-After': '30' })
    const presence = create()
    await pass(100_000)
    expect(presence.getSnapshot()).toMatchObject({ status: 'reconnecting', problem: { status: 429 } })
    expect(service.calls.length).toBeLessThan(5)
    service.instead = undefined
    await pass(31_000)

    expect(presence.getSnapshot().status).toBe('live')
  })

  test('ends with the tab: a hidden or stopped one keeps to the same waits, or asks nothing', async () => {
    const presence = create()
    await settled()
    service.instead = () => problem(403)
    setVisible(false)
    await pass(600_000)
    expect(service.calls.length).toBeLessThan(12)
    goAway()
    const before = service.calls.length
    await pass(600_000)
    expect(service.calls).toHaveLength(before)
    presence.stop()

    expect(vi.getTimerCount()).toBe(0)
  })
})
