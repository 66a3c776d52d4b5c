import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Presence } from '../src/index.js'
import { comeBack, goAway, pass, setVisible, settled } from './browser.js'
import { ana, bob, json, problem } from './fake-service.js'
import { live, service, setUp } from './presences.js'

const behindBob = { granted: false, editorUserId: bob.id, position: 1 }
const requestedByBob = { requestedBy: { id: bob.id, name: bob.name }, deadlineMs: 60_000 }
const network = () => Promise.reject(new TypeError('Failed to fetch'))

setUp({}, (service) => (service.viewers = [ana, bob]))

async function holder(): Promise<Presence> {
  const presence = await live()
  presence.setIsEditing(true)
  await settled()
  expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 7 })
  return presence
}

async function waiter(): Promise<Presence> {
  service.editing = behindBob
  const presence = await live()
  presence.setIsEditing(true)
  await settled()
  expect(presence.getSnapshot().lease.status).toBe('waiting')
  return presence
}

const statusOf = (presence: Presence) => presence.getSnapshot().lease.status
const lateBodies = () => service.calls.map(({ name, body }) => [name, body.isEditing])

describe('the states of a lease', () => {
  test('idle: nobody who only opened the page claims it', async () => {
    const presence = await live()
    await pass(60_000)

    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'idle' } })
    expect(service.calls.some(({ body }) => body.isEditing === true)).toBe(false)
  })

  test('idle until the answer is there, then held with its fence', async () => {
    const presence = await live()
    presence.setIsEditing(true)

    expect(presence.getSnapshot()).toMatchObject({ isEditing: true, lease: { status: 'idle' } })
    await settled()
    expect(presence.getSnapshot()).toMatchObject({
      isEditing: true,
      editing: { granted: true, fence: 7 },
      lease: { status: 'held', fence: 7 },
    })
  })

  test('waiting behind the editor, then held without asking again', async () => {
    const presence = await waiter()
    expect(presence.getSnapshot().lease).toEqual({
      status: 'waiting',
      position: 1,
      editor: { id: bob.id, name: 'Bob Stone' },
    })
    service.editing = { granted: true, fence: 8 }
    await pass(15_000)

    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 8 })
  })

  test('lost, with the successor, which ends the wish and gives the claim up at once', async () => {
    const presence = await holder()
    service.editing = { granted: false, lost: true, lostTo: { id: bob.id, name: 'Bob Stone' } }
    await pass(15_000)

    expect(presence.getSnapshot()).toMatchObject({
      isEditing: false,
      editing: undefined,
      lease: { status: 'lost', successor: { id: bob.id, name: 'Bob Stone' } },
    })
    expect(service.last().body.isEditing).toBe(false)
    await pass(60_000)
    expect(statusOf(presence)).toBe('lost')
    expect(lateBodies().slice(-3)).toEqual([
      ['heartbeat', false],
      ['heartbeat', false],
      ['heartbeat', false],
    ])
  })

  test('another fence than the one held is lost, although it is granted', async () => {
    const presence = await holder()
    service.editing = { granted: true, fence: 9 }
    await pass(15_000)

    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'lost' } })
    expect(service.last().body.isEditing).toBe(false)
  })

  test('a loss is told once, and as a loss', async () => {
    const presence = await holder()
    const told: string[] = []
    presence.subscribe(() => told.push(statusOf(presence)))
    service.editing = behindBob
    await pass(15_000)

    expect(told).toEqual(['lost'])
  })

  test('after a loss the user begins anew, or says that they know', async () => {
    const presence = await holder()
    service.editing = behindBob
    await pass(15_000)
    expect(presence.getSnapshot().lease).toMatchObject({ status: 'lost', successor: { id: bob.id } })

    presence.setIsEditing(false)
    expect(presence.getSnapshot().lease).toEqual({ status: 'idle' })
    service.editing = { granted: true, fence: 12 }
    presence.setIsEditing(true)
    await settled()

    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 12 })
  })

  test('nothing is left of it on another page, or after stop', async () => {
    const presence = await holder()
    presence.setPagePath('/b')
    await settled()
    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'idle' } })
    presence.setIsEditing(true)
    await settled()
    presence.stop()

    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'idle' } })
  })
})

describe('a holder stops before the lease can have ended', () => {
  test('when no beat is answered for as long as the tab lives, counted from when the last was sent', async () => {
    const presence = await live()
    service.nextHeartbeatMs = 40_000
    const release = service.delay()
    presence.setIsEditing(true)
    await pass(4_000)
    release()
    await settled()
    expect(statusOf(presence)).toBe('held')

    // Sent 4 s before it was answered: the tab may be gone 41 s from now.
    service.fetch.mockImplementation(network)
    await pass(40_999)
    expect(statusOf(presence)).toBe('held')
    await pass(1)

    expect(presence.getSnapshot()).toMatchObject({
      isEditing: true,
      editing: undefined,
      lease: { status: 'lost' },
    })
  })

  test('and has it again, if the service says that it went to nobody meanwhile', async () => {
    const presence = await holder()
    const answering = service.fetch.getMockImplementation()!
    service.fetch.mockImplementation(network)
    await pass(46_000)
    expect(statusOf(presence)).toBe('lost')
    service.fetch.mockImplementation(answering)
    await pass(30_000)

    expect(presence.getSnapshot()).toMatchObject({ isEditing: true, lease: { status: 'held', fence: 7 } })
  })

  test('and has lost it for good, if somebody had it meanwhile', async () => {
    const presence = await holder()
    const answering = service.fetch.getMockImplementation()!
    service.fetch.mockImplementation(network)
    await pass(46_000)
    service.fetch.mockImplementation(answering)
    service.editing = { granted: true, fence: 8 }
    await pass(30_000)

    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'lost' } })
  })

  test('when the machine slept, before any timer has run', async () => {
    const presence = await holder()
    const listener = vi.fn()
    presence.subscribe(listener)

    vi.setSystemTime(Date.now() + 3_600_000)

    expect(statusOf(presence)).toBe('lost')
    expect(listener).not.toHaveBeenCalled()
    await settled()
    expect(listener).toHaveBeenCalled()
  })

  test('a wall clock that was set back does not prolong it', async () => {
    const presence = await holder()
    vi.setSystemTime(Date.now() - 3_600_000)
    service.fetch.mockImplementation(network)
    await pass(45_000)

    expect(statusOf(presence)).toBe('lost')
  })

  test('a hidden tab lives longer, until it is visible again and may not have been heard', async () => {
    service.ttlMs = 45_000
    const presence = await holder()
    service.ttlMs = 150_000
    service.nextHeartbeatMs = 140_000
    setVisible(false)
    await pass(60_000)
    expect(statusOf(presence)).toBe('held')
    service.fetch.mockImplementation(network)
    setVisible(true)
    await pass(44_999)
    expect(statusOf(presence)).toBe('held')
    await pass(1)

    expect(statusOf(presence)).toBe('lost')
  })

  test('at the deadline of a request that it has not answered', async () => {
    const presence = await holder()
    service.editing = { granted: true, fence: 7, ...requestedByBob, deadlineMs: 10_000 }
    await pass(15_000)
    expect(presence.getSnapshot().lease).toMatchObject({ status: 'held', requestedBy: { id: bob.id } })
    const before = service.fetch.mock.calls.length
    service.fetch.mockImplementation(() => new Promise(() => undefined))
    await pass(10_000)

    expect(statusOf(presence)).toBe('lost')
    expect(service.fetch).toHaveBeenCalledTimes(before + 1)
  })

  test('a service that is late to hand it over is not asked in a loop', async () => {
    const presence = await holder()
    service.editing = { granted: true, fence: 7, ...requestedByBob, deadlineMs: 0 }
    await pass(15_000)
    const before = service.calls.length
    await pass(1_000)

    expect(service.calls.length - before).toBeLessThanOrEqual(5)
    expect(presence.getSnapshot().isEditing).toBe(true)
  })

  test('when the document goes into the back/forward cache; back, the same fence is still good', async () => {
    const presence = await holder()
    goAway()
    expect(statusOf(presence)).toBe('lost')

    comeBack()
    await settled()
    expect(service.last()).toMatchObject({ name: 'join', body: { isEditing: true } })
    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 7 })
  })

  test.each([
    ['the session ends', 401, 'signed-out'],
    ['the page is refused', 403, 'refused'],
  ])('when %s, but no sooner; back, the same fence is still good', async (_, code, status) => {
    const presence = await holder()
    for (let i = 0; i < 20; i++) service.next(() => problem(code))
    await pass(44_000)
    expect(presence.getSnapshot()).toMatchObject({
      status,
      isEditing: true,
      lease: { status: 'held', fence: 7 },
    })
    await pass(1_000)
    expect(presence.getSnapshot()).toMatchObject({ status, isEditing: true, lease: { status: 'lost' } })
    service.answerAsUsual()
    setVisible(true)
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ status: 'live', lease: { status: 'held', fence: 7 } })
  })
})

describe('late answers', () => {
  test('a grant that arrives after the wish has ended changes nothing', async () => {
    const presence = await live()
    const release = service.delay()
    presence.setIsEditing(true)
    await settled()
    presence.setIsEditing(false)
    release()
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'idle' } })
    expect(service.last().body.isEditing).toBe(false)
  })

  test('the answer to a wish does not speak for the next one', async () => {
    const presence = await live()
    const release = service.delay()
    presence.setIsEditing(true)
    await settled()
    presence.setIsEditing(false)
    presence.setIsEditing(true)
    service.editing = behindBob
    release(json(200, { pagePath: '/a', etag: 'v1', ttlMs: 45_000, editing: { granted: true, fence: 3 } }))
    await settled()

    expect(presence.getSnapshot().lease).toMatchObject({ status: 'waiting' })
  })

  test('the answer for one section does not speak for another', async () => {
    const presence = await live({ section: 'one' })
    const release = service.delay()
    presence.setIsEditing(true)
    await settled()
    presence.setSection('two')
    service.editing = behindBob
    release(json(200, { pagePath: '/a', etag: 'v1', ttlMs: 45_000, editing: { granted: true, fence: 3 } }))
    const seen: string[] = []
    presence.subscribe(() => seen.push(statusOf(presence)))
    await settled()

    expect(seen).not.toContain('held')
    expect(service.last().body).toMatchObject({ section: 'two', isEditing: true })
    expect(statusOf(presence)).toBe('waiting')
  })

  test('a beat that was given up and arrives after the next one changes nothing', async () => {
    const presence = await holder()
    const release = service.delay()
    await pass(25_000)
    service.editing = { granted: false, lost: true, lostTo: { id: bob.id, name: bob.name } }
    await pass(2_000)
    expect(statusOf(presence)).toBe('lost')
    release(json(200, { pagePath: '/a', etag: 'v1', ttlMs: 45_000, editing: { granted: true, fence: 7 } }))
    await settled()

    expect(statusOf(presence)).toBe('lost')
  })

  test('a call about the lease and a beat are never on their way at the same time', async () => {
    const presence = await waiter()
    const release = service.delay()
    void presence.requestEdit()
    setVisible(false)
    setVisible(true)
    await settled()
    expect(service.last().name).toBe('request')
    const before = service.calls.length
    await pass(1_000)
    expect(service.calls.length).toBe(before)
    release()
    await settled()

    expect(service.names().slice(before)).toEqual(['heartbeat'])
  })

  test('a take-over that is answered after the user gave up ends with the next beat', async () => {
    const presence = await waiter()
    const release = service.delay()
    void presence.takeOver()
    await settled()
    presence.setIsEditing(false)
    release(json(200, { pagePath: '/a', etag: 'v2', editing: { granted: true, fence: 9 } }))
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'idle' } })
    expect(service.last()).toMatchObject({ name: 'heartbeat', body: { isEditing: false } })
  })
})

describe('asking for a lease', () => {
  test('requestEdit claims what is free, and asks nobody', async () => {
    const presence = await live()

    expect(await settle(presence.requestEdit())).toBeUndefined()
    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 7 })
    expect(service.names()).toEqual(['join', 'heartbeat'])
  })

  test('requestEdit claims what is held, and asks the holder', async () => {
    service.editing = behindBob
    const presence = await live()
    service.next(() => service.answer('heartbeat', { pagePath: '/a', isEditing: true }))
    service.next(() => {
      service.editing = { ...behindBob, requestedBy: { id: ana.id, name: ana.name }, deadlineMs: 60_000 }
      return service.answer('request', { pagePath: '/a' })
    })
    const asked = presence.requestEdit()
    await settled()

    expect(await asked).toBeUndefined()
    expect(service.names()).toEqual(['join', 'heartbeat', 'request'])
    expect(service.last().url).toBe('/api/presence/editor/request')
    expect(service.last().body).toEqual({ pagePath: '/a', tabId: service.calls[0]!.body.tabId })
    expect(presence.getSnapshot().lease).toEqual({
      status: 'waiting',
      position: 1,
      editor: { id: bob.id, name: 'Bob Stone' },
      requestedBy: { id: ana.id, name: 'Ana Reis' },
      deadline: expect.any(Number) as number,
    })
  })

  test('an asker who gives up withdraws, and hears that nothing came of it', async () => {
    service.editing = behindBob
    const presence = await live()
    const release = service.delay()
    const asked = presence.requestEdit()
    await settled()
    presence.setIsEditing(false)
    release()

    expect(await asked).toMatchObject({ status: 0 })
    await settled()
    expect(service.names()).not.toContain('request')
    expect(service.last().body.isEditing).toBe(false)
  })

  test('an asker who leaves the page asks no more', async () => {
    service.editing = behindBob
    const presence = await live()
    service.delay()
    const asked = presence.requestEdit()
    await settled()
    goAway()

    expect(await asked).toMatchObject({ status: 0 })
    expect(service.last().name).toBe('leave')
  })

  test('a refusal says why, and a beat finds out how things stand', async () => {
    const presence = await waiter()
    service.next(() =>
      json(
        409,
        {
          type: 'urn:copresence:problem:lease-refused',
          title: 'Conflict',
          status: 409,
          reason: 'editor-keeps',
          editor: { id: bob.id, name: bob.name },
        },
        { 'Content-Type': 'application/problem+json', 'Retry-After': '90' },
      ),
    )
    service.editing = { ...behindBob, keptMs: 90_000 }

    expect(await settle(presence.requestEdit())).toMatchObject({
      status: 409,
      reason: 'editor-keeps',
      editor: { id: bob.id, name: 'Bob Stone' },
    })
    expect(service.names().slice(-2)).toEqual(['request', 'heartbeat'])
    expect(presence.getSnapshot()).toMatchObject({
      status: 'live',
      lease: { status: 'waiting', canRequestAt: Date.now() + 90_000 },
    })
  })

  test('a holder hands over, and knows to whom', async () => {
    const presence = await holder()
    service.editing = { granted: true, fence: 7, ...requestedByBob }
    await pass(15_000)
    service.editing = null

    expect(await settle(presence.handOver())).toBeUndefined()
    expect(service.names().slice(-2)).toEqual(['handover', 'heartbeat'])
    expect(service.last().body.isEditing).toBe(false)
    expect(presence.getSnapshot()).toMatchObject({
      isEditing: false,
      lease: { status: 'lost', successor: { id: bob.id, name: 'Bob Stone' } },
    })
  })

  test('a holder keeps, and is asked no more', async () => {
    const presence = await holder()
    service.editing = { granted: true, fence: 7, ...requestedByBob }
    await pass(15_000)
    service.editing = { granted: true, fence: 7 }

    expect(await settle(presence.keep())).toBeUndefined()
    expect(service.last().name).toBe('keep')
    expect(presence.getSnapshot()).toMatchObject({ isEditing: true, lease: { status: 'held', fence: 7 } })
    expect(presence.getSnapshot().lease).not.toHaveProperty('requestedBy')
  })

  test('a take-over holds at once, also without a claim before, and from then on claims', async () => {
    const presence = await live()
    service.editing = { granted: true, fence: 11 }

    expect(await settle(presence.takeOver())).toBeUndefined()
    expect(presence.getSnapshot()).toMatchObject({ isEditing: true, lease: { status: 'held', fence: 11 } })
    await pass(15_000)
    expect(service.last().body.isEditing).toBe(true)
  })

  test('a take-over is held after the lease was lost', async () => {
    const presence = await holder()
    service.editing = behindBob
    await pass(15_000)
    service.editing = { granted: true, fence: 11 }
    await settle(presence.takeOver())

    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 11 })
  })

  test('a take-over that is not allowed says so', async () => {
    const presence = await waiter()
    service.next(() => problem(403))

    expect(await settle(presence.takeOver())).toMatchObject({ status: 403 })
    expect(presence.getSnapshot()).toMatchObject({ status: 'live', lease: { status: 'waiting' } })
  })

  test('nothing waits for a service that is out of reach', async () => {
    const presence = await holder()
    service.fetch.mockImplementation(network)

    expect(await settle(presence.keep())).toMatchObject({ status: 0 })
    presence.stop()
    expect(await settle(presence.handOver())).toMatchObject({ status: 0 })
    expect(await settle(presence.requestEdit())).toMatchObject({ status: 0 })
  })

  test('401 to a call is one to the next beat', async () => {
    const presence = await waiter()
    for (let i = 0; i < 3; i++) service.next(() => problem(401))
    await settle(presence.requestEdit())

    expect(presence.getSnapshot()).toMatchObject({ status: 'signed-out', lease: { status: 'idle' } })
  })
})

describe('news of the lease by stream', () => {
  beforeEach(() => void (service.streaming = true))

  async function push(change: () => void) {
    change()
    service.etag += '+'
    service.stream.write(service.event())
    await settled()
  }

  test('a holder who is asked beats at once, to learn by when to answer', async () => {
    const presence = await live()
    service.editorUserId = ana.id
    presence.setIsEditing(true)
    await settled()
    service.editing = { granted: true, fence: 7, ...requestedByBob }
    const before = service.calls.length
    await push(() => (service.requestedByUserId = bob.id))

    expect(service.calls.length).toBe(before + 1)
    expect(presence.getSnapshot()).toMatchObject({
      requestedByUserId: bob.id,
      lease: { status: 'held', requestedBy: { id: bob.id }, deadline: Date.now() + 60_000 },
    })
    await push(() => (service.viewers = [ana, bob, { id: 'u-eve', name: 'Eve', tabCount: 1 }]))
    expect(service.calls.length).toBe(before + 1)
  })

  test('a request that is withdrawn or refused is news to those who hold or wait', async () => {
    service.editorUserId = bob.id
    service.requestedByUserId = 'u-eve'
    service.editing = { ...behindBob, requestedBy: { id: 'u-eve', name: 'Eve' }, deadlineMs: 60_000 }
    const presence = await live()
    presence.setIsEditing(true)
    await settled()
    service.editing = behindBob
    await push(() => (service.requestedByUserId = undefined))

    expect(presence.getSnapshot().lease).not.toHaveProperty('requestedBy')
  })

  test('a section has an editor of its own', async () => {
    const presence = await live({ section: 'intro' })
    service.editing = behindBob
    presence.setIsEditing(true)
    await settled()
    const before = service.calls.length
    await push(() => (service.sections = [{ section: 'intro', editorUserId: bob.id }]))
    expect(service.calls.length).toBe(before)
    expect(presence.getSnapshot().sections).toEqual([{ section: 'intro', editorUserId: bob.id }])
    service.editing = { granted: true, fence: 8 }
    await push(() => (service.sections = [{ section: 'intro', editorUserId: ana.id }]))

    expect(service.calls.length).toBe(before + 1)
    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 8 })
  })
})

describe('sections and typing', () => {
  test('a tab says where it is from its join on', async () => {
    const presence = await live({ section: 'intro' })
    expect(service.last().body).toMatchObject({ section: 'intro' })
    presence.setSection('end')
    await settled()
    expect(service.last().body).toMatchObject({ section: 'end', isEditing: false })
    presence.setSection('end')
    presence.setSection(undefined)
    await settled()

    expect(service.last().body).not.toHaveProperty('section')
    expect(service.calls).toHaveLength(3)
    expect(presence.getSnapshot().section).toBeUndefined()
  })

  test('a claim moves with its tab, and is a new one', async () => {
    const presence = await holder()
    service.editing = { granted: true, fence: 20 }
    presence.setSection('end')
    expect(presence.getSnapshot()).toMatchObject({ isEditing: true, lease: { status: 'idle' } })
    await settled()

    expect(service.last().body).toMatchObject({ section: 'end', isEditing: true })
    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 20 })
  })

  test('calls about the lease name the section', async () => {
    const presence = await live({ section: 'end' })
    service.editing = behindBob
    await settle(presence.requestEdit())

    expect(service.last()).toMatchObject({ name: 'request', body: { section: 'end' } })
  })

  test('another page starts as a whole', async () => {
    const presence = await live({ section: 'end' })
    presence.setPagePath('/b')
    await settled()

    expect(service.last().body).not.toHaveProperty('section')
  })

  test('typing is told at once, then at most once in 3 s, and no more when nobody types', async () => {
    const presence = await holder()
    const before = service.calls.length
    const typed = () => service.calls.slice(before).filter(({ body }) => body.isTyping === true).length
    for (let ms = 0; ms < 9_000; ms += 100) {
      presence.typing()
      await pass(100)
    }
    expect(typed()).toBe(3)
    const beats = service.calls.length
    await pass(15_000)

    expect(typed()).toBe(3)
    expect(service.calls.length).toBe(beats + 1)
    expect(service.last().body).not.toHaveProperty('isTyping')
  })

  test('typing takes the one way of all beats', async () => {
    const presence = await live()
    const release = service.delay()
    setVisible(false)
    await settled()
    presence.typing()
    presence.typing()
    await pass(500)
    expect(service.calls).toHaveLength(2)
    release()
    await settled()

    expect(service.calls).toHaveLength(3)
    expect(service.last().body.isTyping).toBe(true)
  })

  test('who types, and where, is shown as the service says', async () => {
    service.viewers = [ana, { ...bob, section: 'intro', typing: true }]
    const presence = await live()

    expect(presence.getSnapshot().others).toEqual([{ ...bob, section: 'intro', typing: true }])
  })
})

/* What came of a call, with the time that it takes. */
async function settle<T>(outcome: Promise<T>): Promise<T> {
  await settled()
  return outcome
}
