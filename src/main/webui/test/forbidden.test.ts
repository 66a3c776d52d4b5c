import { describe, expect, test, vi } from 'vitest'
import type { Presence, PresenceOptions } from '../src/index.js'
import { pass, setVisible, settled } from './browser.js'
import { bob, problem } from './fake-service.js'
import { create, live, service, setUp } from './presences.js'

// A3 and A6: a page that is not open to the user, from the first moment or from one on, and one that they may not edit.

setUp({}, (service) => (service.streaming = true))

async function holder(options: Partial<PresenceOptions> = {}): Promise<Presence> {
  const presence = await live(options)
  presence.setIsEditing(true)
  await settled()
  expect(presence.getSnapshot().lease.status).toBe('held')
  return presence
}

/** The page is withdrawn; the next call or stream hears of it. */
function withdraw(pagePath = '/a'): void {
  service.closed.add(pagePath)
}

const status = (presence: Presence) => presence.getSnapshot().status

describe('a page that is not open to the user', () => {
  test('is forbidden: nobody is seen, and the service’s words say so', async () => {
    withdraw()
    const presence = create()
    await settled()

    expect(presence.getSnapshot()).toMatchObject({
      status: 'forbidden',
      viewers: [],
      others: [],
      viewerCount: 0,
      editor: undefined,
      lease: { status: 'idle' },
      problem: { status: 403, detail: 'This page is not open to you here.' },
    })
    expect(service.streams).toEqual([])
  })

  test('is asked for rarely: about once a minute, and never by what needs no answer', async () => {
    withdraw()
    const presence = create()
    await settled()
    expect(service.calls).toHaveLength(1)
    setVisible(false)
    presence.typing()
    presence.setSection('intro')
    await pass(44_999)
    expect(service.calls).toHaveLength(1)
    await pass(3_600_000 - 44_999)

    expect(service.calls.length).toBeGreaterThan(39)
    expect(service.calls.length).toBeLessThan(82)
    expect(new Set(service.names())).toEqual(new Set(['join']))
    expect(service.streams).toEqual([])
    expect(status(presence)).toBe('forbidden')
  })

  test.each<[string, (presence: Presence) => void]>([
    ['shown', () => setVisible(true)],
    ['given the focus', () => window.dispatchEvent(new Event('focus'))],
    ['refreshed', (presence) => presence.refresh()],
    ['to be edited', (presence) => presence.setIsEditing(true)],
    ['on the network again', () => window.dispatchEvent(new Event('online'))],
  ])('is asked for at once when it is %s, and is back when access is', async (_, act) => {
    withdraw()
    const presence = create()
    await settled()
    service.closed.clear()
    act(presence)
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ status: 'live', problem: undefined, viewerCount: 1 })
    expect(service.streams).toHaveLength(1)
  })

  test('comes back by itself', async () => {
    withdraw()
    const presence = create()
    await settled()
    service.closed.clear()
    await pass(90_000)

    expect(status(presence)).toBe('live')
    expect(service.stream.isOpen).toBe(true)
  })

  test('ends a wish to edit, and each new one asks once', async () => {
    withdraw()
    const presence = create()
    presence.setIsEditing(true)
    await settled()
    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'forbidden' } })
    const before = service.calls.length

    presence.setIsEditing(true)
    await settled()
    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'forbidden' } })
    expect(service.calls).toHaveLength(before + 1)
    expect(await presence.requestEdit()).toMatchObject({ status: 403 })
    presence.setIsEditing(false)
    expect(presence.getSnapshot().lease).toEqual({ status: 'idle' })
  })

  test('is not what a role is that is missing for a lease command', async () => {
    const presence = await live()
    service.next(() =>
      problem(403, {}, { type: 'urn:copresence:problem:forbidden', detail: 'You may not do this.' }),
    )

    expect(await presence.takeOver()).toMatchObject({ status: 403, detail: 'You may not do this.' })
    expect(status(presence)).toBe('live')
  })

  test('may be left for another, which is asked for at once', async () => {
    withdraw()
    const presence = create()
    await settled()
    presence.setPagePath('/b')
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ status: 'live', pagePath: '/b' })
  })

  test('takes the tab off the page where it was before', async () => {
    withdraw('/b')
    const presence = await live()
    presence.setPagePath('/b')
    await settled()

    expect(status(presence)).toBe('forbidden')
    expect(service.last()).toMatchObject({ name: 'leave', body: { pagePath: '/a', unloading: false } })
  })

  test('takes no other presence of the document off its page', async () => {
    withdraw('/b')
    const first = await live()
    const second = create({ pagePath: '/b' })
    await settled()

    expect(first.getSnapshot()).toMatchObject({ status: 'live', pagePath: '/a' })
    expect(second.getSnapshot()).toMatchObject({
      status: 'forbidden',
      pagePath: '/b',
      problem: { status: 403 },
    })
    expect(await second.takeOver()).toMatchObject({ status: 403 })
  })

  test('is left without a word, since the service has ended the tab', async () => {
    const presence = await live()
    withdraw()
    await pass(15_000)
    expect(status(presence)).toBe('forbidden')
    const before = service.calls.length
    presence.stop()
    await pass(600_000)

    expect(service.calls).toHaveLength(before)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is an outage while the decision cannot be made, and nothing is lost by that', async () => {
    service.viewers = [bob]
    const presence = await holder()
    service.instead = () => problem(503, { 'Retry-After': '2' })
    await pass(20_000)

    expect(presence.getSnapshot()).toMatchObject({
      status: 'reconnecting',
      viewers: [bob],
      lease: { status: 'held' },
    })
  })
})

describe('a page that is withdrawn', () => {
  test.each<[string, () => Promise<void>]>([
    ['the next heartbeat', () => pass(15_000)],
    [
      'the page’s event on the stream',
      async () => {
        service.stream.write('event: forbidden\ndata: {"pagePath":"/a"}\n\n')
        await settled()
      },
    ],
    [
      'the end of the stream',
      async () => {
        service.stream.bye('forbidden', 0)
        await settled()
      },
    ],
  ])('by %s: people vanish, and what was held is lost for good', async (_, hear) => {
    service.viewers = [bob]
    const presence = await holder()
    const said: string[] = []
    presence.subscribe(() => {
      const { status, lease, isEditing, viewers } = presence.getSnapshot()
      said.push(`${status} ${lease.status} ${isEditing} ${viewers.length}`)
    })
    withdraw()
    await hear()

    expect(presence.getSnapshot()).toMatchObject({
      status: 'forbidden',
      isEditing: false,
      editing: undefined,
      lease: { status: 'lost', forbidden: true },
      problem: { status: 403 },
    })
    expect(new Set(said)).toEqual(new Set(['forbidden lost false 0']))
    const { url, init } = service.stream
    expect(init.signal!.aborted).toBe(true)
    expect(url).toContain('%2Fa')

    service.closed.clear()
    await pass(90_000)
    expect(presence.getSnapshot()).toMatchObject({
      status: 'live',
      isEditing: false,
      lease: { status: 'lost', forbidden: true },
    })
    expect(service.last().body.isEditing).not.toBe(true)
  })

  test('by the stream is asked for once more, so that the service ends the tab', async () => {
    await holder()
    const before = service.calls.length
    withdraw()
    service.stream.bye('forbidden', 0)
    await settled()

    expect(service.calls.slice(before).map(({ name, body }) => [name, body.isEditing])).toEqual([
      ['join', false],
    ])
    await pass(44_000)
    expect(service.calls).toHaveLength(before + 1)
  })

  test('by a stream that heartbeats contradict: no loop of the two', async () => {
    const presence = await live()
    for (let i = 0; i < 60; i++) service.nextStream(() => problem(403, {}, { type: forbiddenType }))
    service.stream.bye('forbidden', 0)
    const before = service.calls.length
    await pass(600_000)

    expect(service.streams.length).toBeLessThan(16)
    expect(service.calls.length - before).toBeLessThan(60)
    expect(status(presence)).toBe('live')
  })
})

const forbiddenType = 'urn:copresence:problem:forbidden'

describe('a page that the user may see and not edit', () => {
  const barred = { granted: false, forbidden: true }

  test('says so, and the wish ends', async () => {
    const presence = await live()
    service.editing = barred
    presence.setIsEditing(true)
    await settled()

    expect(presence.getSnapshot()).toMatchObject({
      status: 'live',
      isEditing: false,
      editing: undefined,
      lease: { status: 'forbidden' },
    })
    await pass(60_000)
    expect(service.calls.filter(({ body }) => body.isEditing)).toHaveLength(1)
    expect(presence.getSnapshot().lease).toEqual({ status: 'forbidden' })
  })

  test('is asked for again by each new wish, and held once that is allowed', async () => {
    const presence = await live()
    service.editing = barred
    presence.setIsEditing(true)
    await settled()
    service.editing = undefined
    presence.setIsEditing(true)
    await settled()

    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 7 })
  })

  test('answers a request too', async () => {
    const presence = await live()
    service.editing = barred

    expect(await presence.requestEdit()).toMatchObject({ status: 403, reason: 'forbidden' })
  })

  test('is lost to who held it, who knows why, in all presences of the document', async () => {
    const presence = await holder()
    const other = await live()
    service.editing = barred
    await pass(15_000)

    for (const { getSnapshot } of [presence, other])
      expect(getSnapshot()).toMatchObject({
        status: 'live',
        isEditing: false,
        lease: { status: 'lost', forbidden: true },
      })
    service.editing = undefined
    await pass(60_000)
    expect(presence.getSnapshot().lease.status).toBe('lost')
  })
})
