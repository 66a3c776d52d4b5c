import { describe, expect, test, vi } from 'vitest'
import type { Presence } from '../src/index.js'
import { comeBack, goAway, nextDocument, pass, setVisible, settled } from './browser.js'
import { ana, bob, json, problem } from './fake-service.js'
import { create, live, service, setUp } from './presences.js'

setUp()

const network = () => Promise.reject(new TypeError('Failed to fetch'))

describe('joining and beating', () => {
  test('a start joins once and shows who is there', async () => {
    service.viewers = [bob, ana]
    service.editorUserId = bob.id
    const presence = create()

    expect(presence.getSnapshot()).toMatchObject({ status: 'connecting', viewers: [], self: undefined })
    await settled()

    expect(service.names()).toEqual(['join'])
    expect(service.last().url).toBe('/api/presence/join')
    expect(service.last().body).toEqual({
      pagePath: '/a',
      tabId: sessionStorage.getItem('presence:tab-id'),
      isVisible: true,
      incarnation: expect.any(Number) as number,
    })
    expect(presence.getSnapshot()).toMatchObject({
      status: 'live',
      pagePath: '/a',
      self: { id: ana.id, name: 'Ana Reis' },
      viewers: [bob, ana],
      others: [bob],
      editor: bob,
      editorUserId: bob.id,
      viewerCount: 2,
      tabCount: 2,
    })
  })

  test('one request per tick, which is a heartbeat with what is known', async () => {
    await live()

    await pass(15_000)

    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(service.last().body).toMatchObject({
      pagePath: '/a',
      isEditing: false,
      isVisible: true,
      known: 'v1',
    })
    await pass(15_000)
    expect(service.names()).toEqual(['join', 'heartbeat', 'heartbeat'])
  })

  test('the service sets the interval', async () => {
    service.nextHeartbeatMs = 4_000
    await live()

    await pass(3_999)
    expect(service.calls).toHaveLength(1)
    await pass(1)
    expect(service.calls).toHaveLength(2)
  })

  test('an interval of nothing does not become a flood', async () => {
    service.nextHeartbeatMs = 0
    await live()

    await pass(1_000)

    expect(service.calls.length).toBeLessThanOrEqual(5)
  })

  test('a beat without news changes nothing and tells nobody', async () => {
    const presence = await live()
    const before = presence.getSnapshot()
    const listener = vi.fn()
    presence.subscribe(listener)

    await pass(60_000)

    expect(service.calls.length).toBe(5)
    expect(presence.getSnapshot()).toBe(before)
    expect(listener).not.toHaveBeenCalled()
  })

  test('a changed page is one piece of news, and states already handed out stay as they were', async () => {
    const presence = await live()
    const before = presence.getSnapshot()
    const listener = vi.fn()
    presence.subscribe(listener)
    service.viewers = [ana, bob]
    service.etag = 'v2'

    await pass(15_000)

    expect(listener).toHaveBeenCalledTimes(1)
    expect(before.viewers).toEqual([ana])
    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
    await pass(15_000)
    expect(service.last().body.known).toBe('v2')
  })

  test('an unsubscribed listener hears nothing', async () => {
    const presence = await live()
    const listener = vi.fn()
    const end = presence.subscribe(listener)
    end()
    end()

    presence.setIsEditing(true)
    await settled()

    expect(listener).not.toHaveBeenCalled()
  })

  test('a beat that never came back is given up after 10 s and tried again', async () => {
    service.delay()
    const presence = create()

    await pass(10_000)
    expect(presence.getSnapshot().status).toBe('reconnecting')
    await pass(1_000)

    expect(service.names()).toEqual(['join', 'join'])
    expect(presence.getSnapshot().status).toBe('live')
  })
})

describe('order', () => {
  test('one beat is in flight at a time, and what came meanwhile follows at once', async () => {
    const release = service.delay()
    const presence = create()
    await settled()

    presence.setIsEditing(true)
    setVisible(false)
    setVisible(true)
    await settled()
    expect(service.names()).toEqual(['join'])
    release()
    await settled()

    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(service.last().body.isEditing).toBe(true)
    expect(presence.getSnapshot().editing).toEqual({ granted: true, fence: 7 })
  })

  test('the answer to an earlier claim does not speak for a later wish', async () => {
    const presence = await live()
    const release = service.delay()
    presence.setIsEditing(true)
    await settled()
    presence.setIsEditing(false)
    const answers: unknown[] = []
    presence.subscribe(() => answers.push(presence.getSnapshot().editing))

    release()
    await settled()

    expect(answers.filter(Boolean)).toEqual([])
    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, editing: undefined })
    expect(service.last().body.isEditing).toBe(false)
  })
})

describe('visibility', () => {
  test('T1: a tab that is hidden says so at once, and again when it is visible', async () => {
    await live()

    setVisible(false)
    await settled()
    expect(service.last()).toMatchObject({ name: 'heartbeat', body: { isVisible: false } })
    setVisible(true)
    await settled()

    expect(service.last()).toMatchObject({ name: 'heartbeat', body: { isVisible: true } })
    expect(service.calls).toHaveLength(3)
  })

  test('an immediate beat starts the interval anew', async () => {
    await live()
    await pass(10_000)
    setVisible(false)
    await pass(14_999)

    expect(service.calls).toHaveLength(2)
    await pass(1)
    expect(service.calls).toHaveLength(3)
  })

  test('a prerendered page is not viewed until it is activated', async () => {
    Object.defineProperty(document, 'prerendering', { configurable: true, writable: true, value: true })
    create()
    setVisible(true)
    await pass(60_000)
    expect(service.calls).toEqual([])

    Object.defineProperty(document, 'prerendering', { configurable: true, writable: true, value: false })
    document.dispatchEvent(new Event('prerenderingchange'))
    await settled()

    expect(service.names()).toEqual(['join'])
    delete (document as { prerendering?: boolean }).prerendering
  })
})

describe('going away and coming back', () => {
  test('L1: pagehide leaves by a keepalive request that says the document unloads', async () => {
    await live()

    window.dispatchEvent(new Event('pagehide'))

    const leave = service.last()
    expect(leave).toMatchObject({ name: 'leave', body: { pagePath: '/a', unloading: true } })
    expect(leave.init.keepalive).toBe(true)
    expect(leave.body.tabId).toBe(service.calls[0]!.body.tabId)
    expect(leave.body.incarnation).toBe(service.calls[0]!.body.incarnation)
  })

  test('a beforeunload that the user cancels is no leave', async () => {
    await live()

    window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
    await pass(15_000)

    expect(service.names()).toEqual(['join', 'heartbeat'])
  })

  test('one departure is one leave, whatever events come with it', async () => {
    const presence = await live()

    window.dispatchEvent(new Event('beforeunload'))
    goAway()
    window.dispatchEvent(new Event('pagehide'))
    window.dispatchEvent(new Event('unload'))
    presence.stop()
    await settled()

    expect(service.names()).toEqual(['join', 'leave'])
  })

  test('nothing is sent between pagehide and pageshow', async () => {
    const presence = await live()
    goAway()

    setVisible(true)
    setVisible(false)
    window.dispatchEvent(new Event('online'))
    presence.setIsEditing(true)
    presence.setPagePath('/b')
    await pass(120_000)

    expect(service.names()).toEqual(['join', 'leave'])
  })

  test('L2: a return from the back/forward cache joins once, with a greater incarnation', async () => {
    const presence = await live()
    goAway()
    await pass(30_000)

    comeBack()
    await settled()

    expect(service.names()).toEqual(['join', 'leave', 'join'])
    expect(service.last().body.tabId).toBe(service.calls[0]!.body.tabId)
    expect(service.last().body.incarnation).toBeGreaterThan(service.calls[0]!.body.incarnation as number)
    expect(presence.getSnapshot().status).toBe('live')
    await pass(15_000)
    expect(service.last().name).toBe('heartbeat')
    expect(service.last().body.incarnation).toBe(service.calls[2]!.body.incarnation)
  })

  test('the first pageshow of a document is no second join', async () => {
    create()
    window.dispatchEvent(new Event('pageshow'))
    await settled()
    window.dispatchEvent(new Event('pageshow'))
    await settled()

    expect(service.names()).toEqual(['join'])
  })

  test('a rejoin from the back/forward cache keeps the wish to edit', async () => {
    const presence = await live()
    presence.setIsEditing(true)
    await settled()
    goAway()

    comeBack()
    await settled()

    expect(service.last()).toMatchObject({ name: 'join', body: { isEditing: true } })
    expect(presence.getSnapshot().isEditing).toBe(true)
  })

  test('a beat in flight is given up when the document goes away, and its late answer is ignored', async () => {
    const presence = await live()
    const release = service.delay()
    setVisible(false)
    await settled()
    const { signal } = service.last().init

    goAway()
    service.viewers = []
    service.etag = 'v2'
    release()
    await pass(60_000)

    expect(signal!.aborted).toBe(true)
    expect(service.names()).toEqual(['join', 'heartbeat', 'leave'])
    expect(presence.getSnapshot().viewers).toEqual([ana])
  })

  test('a document that goes away before it has joined says nothing', async () => {
    create()
    goAway()
    await pass(60_000)

    expect(service.calls).toEqual([])
  })
})

describe('a reload', () => {
  test('keeps the tab id, with a greater incarnation', async () => {
    await live()
    nextDocument()
    await live()

    const [first, , second] = service.calls
    expect(second!.body.tabId).toBe(first!.body.tabId)
    expect(second!.body.incarnation).toBeGreaterThan(first!.body.incarnation as number)
  })

  test('L1: an editor who reloads and asks again in a moment has kept the lease', async () => {
    const before = await live()
    before.setIsEditing(true)
    await settled()
    nextDocument()
    service.claimed.add(service.last().body.tabId)

    const after = await live()
    expect(service.last().name).toBe('join')
    expect(service.last().body).not.toHaveProperty('isEditing')
    expect(after.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'idle' } })
    // Such as the text that was being written, which takes a while to load.
    await pass(1_500)
    after.setIsEditing(true)
    await settled()

    expect(after.getSnapshot()).toMatchObject({ isEditing: true, lease: { status: 'held', fence: 7 } })
    await pass(15_000)
    expect(service.calls.some(({ body }) => body.isEditing === false)).toBe(false)
  })

  test('a wish said while the first join is on its way is not overridden by the claim of old', async () => {
    const release = service.delay()
    const presence = create()
    await settled()
    service.claimed.add(service.last().body.tabId)
    presence.setIsEditing(false)

    release()
    await settled()

    expect(presence.getSnapshot().isEditing).toBe(false)
    expect(service.last()).toMatchObject({ name: 'heartbeat', body: { isEditing: false } })
  })
})

describe('editing', () => {
  test('E2: the holder learns the fence, at once', async () => {
    const presence = await live()

    presence.setIsEditing(true)
    expect(presence.getSnapshot()).toMatchObject({ isEditing: true, editing: undefined })
    await settled()

    expect(service.last()).toMatchObject({ name: 'heartbeat', body: { isEditing: true } })
    expect(presence.getSnapshot().editing).toEqual({ granted: true, fence: 7 })
  })

  test('E2: a waiting claim learns who edits and how many are before it', async () => {
    service.viewers = [ana, bob]
    service.editorUserId = bob.id
    service.editing = { granted: false, editorUserId: bob.id, position: 1 }
    const presence = await live()

    presence.setIsEditing(true)
    await settled()

    expect(presence.getSnapshot()).toMatchObject({
      isEditing: true,
      editing: { granted: false, editorUserId: bob.id, position: 1 },
      editor: { name: 'Bob Stone' },
    })
  })

  test('E3: giving up is told at once and clears the answer', async () => {
    const presence = await live()
    presence.setIsEditing(true)
    await settled()

    presence.setIsEditing(false)
    await settled()

    expect(service.last().body.isEditing).toBe(false)
    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, editing: undefined })
  })

  test('saying the same twice asks once', async () => {
    const presence = await live()
    presence.setIsEditing(true)
    await settled()
    presence.setIsEditing(true)
    await settled()

    expect(service.names()).toEqual(['join', 'heartbeat'])
  })

  test('a wish that was said before the first join goes with it', async () => {
    const presence = create()
    presence.setIsEditing(true)
    await settled()

    expect(service.names()).toEqual(['join'])
    expect(service.last().body.isEditing).toBe(true)
  })
})

describe('another page', () => {
  test('I6: moving joins the new page and never leaves or joins the old one', async () => {
    const presence = await live()

    presence.setPagePath('/b')
    expect(presence.getSnapshot()).toMatchObject({ status: 'connecting', pagePath: '/b', viewers: [] })
    await settled()

    expect(service.calls.slice(1).map((call) => [call.name, call.body.pagePath])).toEqual([['join', '/b']])
    expect(service.last().body).not.toHaveProperty('known')
    expect(presence.getSnapshot()).toMatchObject({ status: 'live', pagePath: '/b', viewers: [ana] })
    await pass(15_000)
    expect(service.last()).toMatchObject({ name: 'heartbeat', body: { pagePath: '/b' } })
  })

  test('the present page again is no move', async () => {
    const presence = await live()
    presence.setPagePath('/a')
    await settled()

    expect(service.calls).toHaveLength(1)
  })

  test('moving waits for the beat in flight, whose answer is not shown on the new page', async () => {
    const presence = await live()
    const release = service.delay()
    setVisible(false)
    await settled()
    presence.setPagePath('/b')
    await settled()
    expect(service.names()).toEqual(['join', 'heartbeat'])
    const late = service.delay()

    release(json(200, { pagePath: '/a', etag: 'v9', nextHeartbeatMs: 15_000, snapshot: { viewers: [bob] } }))
    await settled()

    expect(presence.getSnapshot().viewers).toEqual([])
    expect(service.last()).toMatchObject({ name: 'join', body: { pagePath: '/b' } })
    late()
    await settled()
    expect(presence.getSnapshot().viewers).toEqual([ana])
  })

  test('a claim ends with the page it was for', async () => {
    const presence = await live()
    presence.setIsEditing(true)
    await settled()

    presence.setPagePath('/b')
    await settled()

    expect(service.last()).toMatchObject({ name: 'join', body: { pagePath: '/b', isEditing: false } })
    expect(presence.getSnapshot().isEditing).toBe(false)
  })

  test('a move before the first join went out joins the new page only', async () => {
    const presence = create()
    presence.setPagePath('/b')
    await settled()

    expect(service.calls.map((call) => [call.name, call.body.pagePath])).toEqual([['join', '/b']])
    expect(service.last().body).not.toHaveProperty('isEditing')
  })

  test('a leave names the page where the service believes the tab to be', async () => {
    const presence = await live()
    service.delay()
    presence.setPagePath('/b')
    await settled()
    presence.setPagePath('/c')

    window.dispatchEvent(new Event('pagehide'))

    expect(service.last()).toMatchObject({ name: 'leave', body: { pagePath: '/b' } })
  })

  test('a page that the service refuses ends the presence on the page before', async () => {
    const presence = await live()
    service.next(() => problem(400))

    presence.setPagePath('no path')
    await settled()

    expect(service.last()).toMatchObject({ name: 'leave', body: { pagePath: '/a', unloading: false } })
    expect(presence.getSnapshot().status).toBe('refused')
  })
})

describe('stopping', () => {
  test('leaves at once, and there is no ghost', async () => {
    const presence = await live()

    presence.stop()
    presence.stop()
    setVisible(false)
    setVisible(true)
    window.dispatchEvent(new Event('online'))
    goAway()
    comeBack()
    presence.setIsEditing(true)
    presence.setPagePath('/b')
    await pass(120_000)

    expect(service.names()).toEqual(['join', 'leave'])
    expect(service.last()).toMatchObject({
      body: { pagePath: '/a', unloading: false },
      init: { keepalive: true },
    })
    expect(presence.getSnapshot()).toMatchObject({ status: 'stopped', viewers: [] })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a stop during the first join leaves after it, so that no ghost stays', async () => {
    const release = service.delay()
    const presence = create()
    await settled()

    presence.stop()
    await settled()
    expect(service.names()).toEqual(['join'])
    release()
    await settled()

    expect(service.names()).toEqual(['join', 'leave'])
  })

  test('a document that goes away while a stop waits still leaves, once', async () => {
    const release = service.delay()
    const presence = create()
    await settled()
    presence.stop()

    goAway()
    release()
    await settled()

    expect(service.names()).toEqual(['join', 'leave'])
    expect(service.last().body.unloading).toBe(true)
  })

  test('a stop before anything was sent sends nothing', async () => {
    create().stop()
    await pass(60_000)

    expect(service.calls).toEqual([])
  })

  test('the last news is that it stopped, and the listeners are forgotten', async () => {
    const presence = await live()
    const seen: string[] = []
    presence.subscribe(() => seen.push(presence.getSnapshot().status))

    presence.stop()

    expect(seen).toEqual(['stopped'])
  })

  test('L2: the next presence of the same document outranks the leave of the one before', async () => {
    const first = await live()
    first.stop()
    await live()

    const [, leave, join] = service.calls
    expect(join!.body.incarnation).toBeGreaterThan(leave!.body.incarnation as number)
  })
})

describe('failures', () => {
  test('a network failure keeps what was seen, says so, and the next beat restores it', async () => {
    const presence = await live()
    service.next(network)

    await pass(15_000)
    expect(presence.getSnapshot()).toMatchObject({ status: 'reconnecting', viewers: [ana] })
    await pass(1_000)

    expect(service.names()).toEqual(['join', 'heartbeat', 'heartbeat'])
    expect(presence.getSnapshot().status).toBe('live')
  })

  test('tries are spaced ever wider, at most 30 s apart, half of it by chance', async () => {
    await live()
    vi.spyOn(Math, 'random').mockReturnValue(1)
    for (let i = 0; i < 8; i++) service.next(network)
    await pass(15_000)

    const gaps = []
    for (let tries = service.calls.length, waited = 0; gaps.length < 7; waited += 100) {
      await pass(100)
      if (service.calls.length === tries) continue
      gaps.push(waited + 100)
      tries = service.calls.length
      waited = -100
    }

    expect(gaps).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  })

  test('chance halves a wait at most', async () => {
    await live()
    vi.spyOn(Math, 'random').mockReturnValue(0)
    service.next(network)
    await pass(15_000)

    await pass(499)
    expect(service.calls).toHaveLength(2)
    await pass(1)
    expect(service.calls).toHaveLength(3)
  })

  test('a success forgets the failures before it', async () => {
    await live()
    vi.spyOn(Math, 'random').mockReturnValue(1)
    service.next(network).next(network)
    await pass(15_000 + 1_000 + 2_000)
    service.next(network)
    await pass(15_000)
    const tries = service.calls.length

    await pass(1_000)

    expect(service.calls).toHaveLength(tries + 1)
  })

  test('back online forgets the failures before it', async () => {
    await live()
    vi.spyOn(Math, 'random').mockReturnValue(1)
    for (let i = 0; i < 5; i++) service.next(network)
    await pass(15_000 + 1_000 + 2_000 + 4_000)
    window.dispatchEvent(new Event('online'))
    await settled()
    const tries = service.calls.length

    await pass(1_000)

    expect(service.calls).toHaveLength(tries + 1)
  })

  test('back online means a beat at once', async () => {
    const presence = await live()
    for (let i = 0; i < 5; i++) service.next(network)
    await pass(40_000)
    const tries = service.calls.length
    service.next(network)
    window.dispatchEvent(new Event('offline'))
    await settled()
    expect(presence.getSnapshot().status).toBe('reconnecting')

    window.dispatchEvent(new Event('online'))
    await settled()

    expect(service.calls.length).toBeGreaterThan(tries)
    expect(presence.getSnapshot().status).toBe('live')
  })

  test.each([429, 503])('%i: a Retry-After is respected, whatever happens meanwhile', async (status) => {
    const presence = await live()
    service.next(() => problem(status, { 'Retry-After': '20' }))
    await pass(15_000)
    expect(presence.getSnapshot()).toMatchObject({ status: 'reconnecting', problem: { status } })

    presence.setIsEditing(true)
    presence.setPagePath('/b')
    setVisible(true)
    window.dispatchEvent(new Event('online'))
    await pass(19_999)
    expect(service.calls).toHaveLength(2)
    await pass(1_001)

    expect(service.calls).toHaveLength(3)
    expect(service.last()).toMatchObject({ name: 'join', body: { pagePath: '/b' } })
    expect(presence.getSnapshot()).toMatchObject({ status: 'live', problem: undefined })
  })

  test('an absurd Retry-After is not a flood', async () => {
    await live()
    service.next(() => problem(503, { 'Retry-After': '99999999' }))
    await pass(15_000)
    await pass(600_000)

    expect(service.calls).toHaveLength(2)
  })

  test('L3: a service that restarted is met by the next heartbeat alone', async () => {
    const presence = await live()
    service.next(() => problem(503)).next(network)

    await pass(15_000 + 1_000 + 2_000)

    expect(service.names()).toEqual(['join', 'heartbeat', 'heartbeat', 'heartbeat'])
    expect(presence.getSnapshot().status).toBe('live')
  })

  test('an answer that is not ours is a failure, not an empty page', async () => {
    const presence = await live()
    service.next(() => new Response('<html>Welcome to the hotel</html>'))
    await pass(15_000)

    expect(presence.getSnapshot()).toMatchObject({
      status: 'reconnecting',
      viewers: [ana],
      problem: { status: 200 },
    })
  })

  test('400 is exposed as it is and repeated ever more slowly', async () => {
    const violations = [{ field: 'pagePath', message: 'must start with /' }]
    for (let i = 0; i < 20; i++)
      service.next(() =>
        problem(400, {}, { title: 'Bad Request', detail: 'One field is wrong.', violations }),
      )
    const presence = create()
    await pass(15_000)
    expect(service.names()).toEqual(['join'])
    await pass(585_000)

    expect(service.calls.length).toBeLessThan(8)
    expect(presence.getSnapshot()).toMatchObject({
      status: 'refused',
      problem: { status: 400, title: 'Bad Request', detail: 'One field is wrong.', violations },
    })
  })

  test('a page whose origin is not trusted is told of in the console once', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const type = 'urn:copresence:problem:foreign-origin'
    const detail = 'This one is of http://localhost:5173.'
    for (let i = 0; i < 20; i++) service.next(() => problem(403, {}, { type, detail }))
    const presence = create()
    await pass(120_000)

    expect(presence.getSnapshot().status).toBe('refused')
    expect(service.calls.length).toBeGreaterThan(1)
    expect(warn.mock.calls).toEqual([[`Copresence: ${detail}`]])
  })

  test('a refused presence tries again on another page', async () => {
    service.next(() => problem(400))
    const presence = create()
    await settled()

    presence.setPagePath('/b')
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ status: 'live', problem: undefined })
  })
})

describe('signed out', () => {
  /* The next so many answers. */
  function refuse(times: number) {
    for (let i = 0; i < times; i++) service.next(() => problem(401))
  }

  test('one 401 asks for another token at once, and nobody sees it', async () => {
    const tokens = ['old', 'old', 'new']
    const presence = await live({ push: false, token: () => tokens.shift() ?? 'new' })
    const seen: string[] = []
    presence.subscribe(() => seen.push(presence.getSnapshot().status))
    refuse(1)
    await pass(15_000)

    expect(service.calls.map(({ headers }) => headers.Authorization)).toEqual([
      'Bearer old',
      'Bearer old',
      'Bearer new',
    ])
    expect(seen).toEqual([])
  })

  test('further ones are tried again ever more slowly, at most a minute apart, and never given up', async () => {
    const presence = await live()
    vi.spyOn(Math, 'random').mockReturnValue(1)
    refuse(12)
    await pass(15_000)
    expect(presence.getSnapshot()).toMatchObject({ status: 'signed-out', self: undefined, viewers: [] })
    const gaps: number[] = []
    for (let tries = service.calls.length, waited = 0; gaps.length < 9; waited += 500) {
      await pass(500)
      if (service.calls.length === tries) continue
      gaps.push(waited + 500)
      tries = service.calls.length
      waited = -500
    }

    expect(gaps).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
    await pass(120_000)
    expect(presence.getSnapshot()).toMatchObject({ status: 'live', self: { id: ana.id } })
  })

  test.each([
    ['online', () => window.dispatchEvent(new Event('online'))],
    ['focus', () => window.dispatchEvent(new Event('focus'))],
    ['visibility', () => setVisible(true)],
    ['a wish to edit', (presence: Presence) => presence.setIsEditing(true)],
    ['a wish to edit less', (presence: Presence) => presence.setIsEditing(false)],
    ['a request for the page', (presence: Presence) => void presence.requestEdit()],
    ['another page', (presence: Presence) => presence.setPagePath('/b')],
    ['another section', (presence: Presence) => presence.setSection('end')],
    ['typing', (presence: Presence) => presence.typing()],
    ['a refresh', (presence: Presence) => presence.refresh()],
    ['another token', () => void create({ token: () => 'another' })],
  ])('%s wakes it', async (name, wake: (presence: Presence) => void) => {
    const presence = await live()
    if (name.endsWith('less')) presence.setIsEditing(true)
    await settled()
    refuse(9)
    await pass(100_000)
    expect(presence.getSnapshot().status).toBe('signed-out')
    service.answerAsUsual()
    const before = service.calls.length
    wake(presence)
    await settled()

    expect(service.calls.length).toBeGreaterThan(before)
    expect(presence.getSnapshot().status).toBe('live')
  })

  test('the tab may still be there, and is left', async () => {
    const presence = await live()
    refuse(2)
    await pass(15_000)

    presence.stop()
    await settled()

    expect(service.names()).toEqual(['join', 'heartbeat', 'heartbeat', 'leave'])
  })

  test('there is nothing to leave before the first join', async () => {
    refuse(2)
    const presence = create()
    await settled()
    presence.stop()

    expect(service.names()).toEqual(['join', 'join'])
  })

  test('a wish to edit goes with the next try', async () => {
    refuse(3)
    const presence = create()
    await settled()
    presence.setIsEditing(true)
    await pass(2_000)

    expect(service.last().body.isEditing).toBe(true)
    expect(presence.getSnapshot().lease.status).toBe('held')
  })

  test('a login page in the way is not the service, which would say so itself', async () => {
    service.next(() => Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' }))
    const presence = create()
    await settled()

    expect(service.last().init.redirect).toBe('manual')
    expect(presence.getSnapshot().status).toBe('reconnecting')
  })
})

describe('identity and origins', () => {
  test('without a token the session cookie goes along, also to another origin', async () => {
    await live({ baseUrl: 'https://presence.example' })

    expect(service.last().url).toBe('https://presence.example/api/presence/join')
    expect(service.last().init.credentials).toBe('include')
    expect(service.last().headers).toEqual({ 'Content-Type': 'application/json' })
  })

  test('a token is asked for before each beat', async () => {
    let n = 0
    await live({ push: false, token: () => Promise.resolve(`t${++n}`) })
    await pass(15_000)

    expect(service.calls.map((call) => call.headers.Authorization)).toEqual(['Bearer t1', 'Bearer t2'])
    expect(service.last().init.credentials).toBe('same-origin')
  })

  test('a leave carries the last token, because there is no time to ask', async () => {
    let n = 0
    await live({ push: false, token: () => Promise.resolve(`t${++n}`) })

    window.dispatchEvent(new Event('pagehide'))

    expect(service.last()).toMatchObject({ name: 'leave', headers: { Authorization: 'Bearer t1' } })
  })

  test('a token that fails or never comes is a failure like others', async () => {
    const failing = create({ token: () => Promise.reject(new Error('no')) })
    await settled()
    expect(failing.getSnapshot().status).toBe('reconnecting')
    failing.stop()

    const hanging = create({ token: () => new Promise(() => undefined) })
    await pass(10_000)

    expect(hanging.getSnapshot().status).toBe('reconnecting')
    expect(service.calls.filter((call) => call.name !== 'leave')).toEqual([])
  })

  // R3: who may take over is told so, and offers it to nobody else.
  test('whether the user may take over is what the service says, and nothing but true is yes', async () => {
    service.self = { id: ana.id, name: ana.name, canTakeOver: true }
    const presence = await live()
    expect(presence.getSnapshot().self).toEqual({ id: ana.id, name: ana.name, canTakeOver: true })

    service.self = { id: ana.id, name: ana.name, canTakeOver: 'yes' }
    await pass(15_000)
    expect(presence.getSnapshot().self).toEqual({ id: ana.id, name: ana.name })
  })

  test('a user whom the service has no name for has none: ids are not for people', async () => {
    const { id } = bob
    service.next(() =>
      json(200, { pagePath: '/a', etag: 'v', self: { id: 'u', name: 'u' }, snapshot: { viewers: [{ id }] } }),
    )
    const presence = await live()

    expect(presence.getSnapshot().self?.name).toBe('')
    expect(presence.getSnapshot().viewers).toEqual([{ id, name: '', tabCount: 1 }])
  })
})
