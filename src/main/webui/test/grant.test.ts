import { describe, expect, test, vi } from 'vitest'
import { createGrant } from '../src/core/grant.js'
import type { PresenceOptions } from '../src/index.js'
import { goAway, pass, settled } from './browser.js'
import { problem } from './fake-service.js'
import { create, live, service, setUp } from './presences.js'

// A5: the application's grants go with the calls about a presence's page.

setUp({}, (service) => (service.streaming = true))

/** A grant that ends in so many seconds, told apart by its name. */
function grantFor(seconds: number, name: string): string {
  const payload = { sub: 'ana', exp: Math.floor(Date.now() / 1000) + seconds, name: `${name}ÿþ?>` }
  const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url')
  return `e30.${encoded}.${name}`
}

/** An application that counts how often it is asked, and gives grants named g1, g2, … */
function application(seconds = 600) {
  let count = 0
  return vi.fn(() => Promise.resolve(grantFor(seconds, `g${++count}`)))
}

const said = (headers: Record<string, string>) => headers['Presence-Grant']?.split('.')[2]
const grants = () => service.calls.map(({ headers }) => said(headers))
const deny = (
  more: Record<string, string> = { 'WWW-Authenticate': 'Presence-Grant error="invalid_grant"' },
) => problem(401, more)

describe('a grant', () => {
  test('goes with each call: join, heartbeat, stream, lease commands and leave', async () => {
    const grant = application()
    const presence = await live({ grant })
    presence.setIsEditing(true)
    await settled()
    await presence.takeOver()
    presence.stop()
    await settled()

    expect(service.calls.map(({ name, headers }) => `${name} ${said(headers)}`)).toEqual([
      'join g1',
      'heartbeat g1',
      'takeover g1',
      'leave g1',
    ])
    expect(service.streams.map(({ headers }) => said(headers))).toEqual(['g1'])
    expect(grant).toHaveBeenCalledTimes(1)
  })

  test('goes with the leave of a document that goes away', async () => {
    await live({ grant: application() })
    goAway()

    expect(said(service.last().headers)).toBe('g1')
    expect(service.last().name).toBe('leave')
  })

  test('goes beside a token, and without one the header is left out', async () => {
    await live({ grant: () => undefined, token: () => 'T' })

    expect(service.last().headers).toMatchObject({ Authorization: 'Bearer T' })
    expect(service.last().headers).not.toHaveProperty('Presence-Grant')
  })

  test('is asked for again when it has less than 30 s left, and the stream goes on under the new one', async () => {
    const grant = application(100)
    await live({ grant })
    for (let i = 0; i < 4; i++) {
      await pass(15_000)
      service.stream.ping()
    }
    expect(grant).toHaveBeenCalledTimes(1)
    expect(service.streams).toHaveLength(1)
    await pass(20_000)

    expect(grant).toHaveBeenCalledTimes(2)
    expect(grants().at(-1)).toBe('g2')
    expect(service.streams.map(({ headers, isOpen }) => [said(headers), isOpen])).toEqual([
      ['g1', false],
      ['g2', true],
    ])
    expect(service.stream.headers['Last-Event-ID']).toBe('v1')
  })

  test('is asked for once when two wait for it', async () => {
    let give: (grant: string) => void = () => undefined
    const ask = vi.fn(() => new Promise<string>((resolve) => (give = resolve)))
    const grant = createGrant(ask)
    const both = Promise.all([grant.get(), grant.get()])
    await settled()
    give(grantFor(600, 'g1'))

    expect((await both).map((one) => one!.split('.')[2])).toEqual(['g1', 'g1'])
    expect(ask).toHaveBeenCalledTimes(1)
  })

  test.each(['', 'opaque', 'a.b.c', 'a.e30.c', `a.${btoa('{"exp":"soon"}')}.c`])(
    'whose end cannot be read is asked for before each call: %j',
    async (one) => {
      const ask = vi.fn(() => one)
      const grant = createGrant(ask)

      expect([await grant.get(), await grant.get()]).toEqual([one, one])
      expect(ask).toHaveBeenCalledTimes(2)
    },
  )
})

describe('a grant that the service refuses', () => {
  test('is asked for once more, at once and unseen', async () => {
    const grant = application()
    const presence = await live({ grant })
    const seen = new Set<string>()
    presence.subscribe(() => seen.add(presence.getSnapshot().status))
    service.next(deny)
    await pass(15_000)

    expect(grants()).toEqual(['g1', 'g1', 'g2'])
    expect(grant).toHaveBeenCalledTimes(2)
    expect([...seen]).toEqual([])
    await pass(60_000)
    expect(grant).toHaveBeenCalledTimes(2)
  })

  test('for good is asked for with the tries, which become rare', async () => {
    const grant = application()
    const presence = create({ grant })
    service.instead = () => deny()
    await pass(3_600_000)

    expect(presence.getSnapshot().status).toBe('signed-out')
    expect(grant.mock.calls.length).toBeLessThan(140)
    service.instead = undefined
    await pass(60_000)
    expect(presence.getSnapshot().status).toBe('live')
  })

  test('is not asked for because of a 401 that is about the token', async () => {
    const grant = application()
    await live({ grant })
    service.next(() => deny({ 'WWW-Authenticate': 'Bearer' }))
    await pass(15_000)

    expect(grants()).toEqual(['g1', 'g1', 'g1'])
  })

  test('at the stream is renewed too', async () => {
    service.nextStream(() => deny())
    const presence = await live({ grant: application() })
    await pass(100)

    expect(service.streams.map(({ headers }) => said(headers))).toEqual(['g1', 'g2'])
    expect(presence.getSnapshot().status).toBe('live')
  })

  test('does not open the page: a newer one may', async () => {
    service.closed.add('/a')
    const presence = create({ grant: application() })
    await settled()
    expect(presence.getSnapshot().status).toBe('forbidden')
    service.closed.clear()
    await pass(90_000)

    expect(grants().slice(0, 2)).toEqual(['g1', 'g2'])
    expect(presence.getSnapshot().status).toBe('live')
  })

  test('late takes no newer one away', async () => {
    const grant = createGrant(application())
    const old = await grant.get()
    grant.refuse(old)
    const next = await grant.get()
    grant.refuse(old)

    expect(await grant.get()).toBe(next)
  })
})

describe('an application that gives no grant', () => {
  test.each<[string, NonNullable<PresenceOptions['grant']>]>([
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['hangs', () => new Promise(() => undefined)],
  ])('but %s is an outage, and the next one is good', async (_, bad) => {
    let isBad = false
    const presence = await live({ grant: () => (isBad ? bad() : 'good') })
    isBad = true
    await pass(26_000)
    expect(presence.getSnapshot().status).toBe('reconnecting')
    isBad = false
    await pass(32_000)

    expect(presence.getSnapshot().status).toBe('live')
    expect(vi.getTimerCount()).toBeLessThan(4)
  })
})

describe('grants of several presences in one document', () => {
  test('each speaks for its own page alone, also where one waits for its grant', async () => {
    let give: (grant: string) => void = () => undefined
    const first = await live({ grant: () => 'a.a.first' })
    const second = create({ pagePath: '/b', grant: () => new Promise((resolve) => (give = resolve)) })
    await settled()
    second.stop()
    give('a.a.second')
    await settled()

    expect(first.getSnapshot().status).toBe('live')
    for (const { body, headers } of service.calls)
      expect(said(headers)).toBe(body.pagePath === '/a' ? 'first' : 'second')
    expect(service.last().body.pagePath).toBe('/a')
  })

  test('one without a grant on another page has none', async () => {
    await live({ grant: application() })
    create({ pagePath: '/b' })
    await settled()

    expect(service.last().body.pagePath).toBe('/b')
    expect(grants()).toEqual(['g1', undefined])
  })

  test('those of one page share its tab, whose right ends with the presence that has it', async () => {
    const first = await live({ grant: application() })
    await live()
    await pass(15_000)
    expect(grants().at(-1)).toBe('g1')
    first.stop()
    await pass(15_000)

    expect(service.last()).toMatchObject({ name: 'heartbeat', body: { pagePath: '/a' } })
    expect(grants().at(-1)).toBeUndefined()
    expect(said(service.stream.headers)).toBeUndefined()
  })

  test('one that comes opens a page at once that was closed', async () => {
    service.closed.add('/a')
    const first = create()
    await settled()
    expect(first.getSnapshot().status).toBe('forbidden')
    service.closed.clear()
    create({ grant: application() })
    await settled()

    expect(first.getSnapshot().status).toBe('live')
    expect(grants()).toEqual([undefined, 'g1'])
  })

  test('a page that is left because the next is refused is left by its own right', async () => {
    const presence = await live({ grant: application() })
    service.closed.add('/b')
    presence.setPagePath('/b')
    await settled()

    expect(service.last()).toMatchObject({ name: 'leave', body: { pagePath: '/a' } })
    expect(said(service.last().headers)).toBe('g1')
  })
})
