import { describe, expect, test, vi } from 'vitest'
import { createPresence, type Presence } from '../src/index.js'
import { comeBack, goAway, pass, setVisible, settled } from './browser.js'
import { ana, bob, problem } from './fake-service.js'
import { live, running, service, setUp } from './presences.js'

setUp({}, (service) => (service.streaming = true))

/** From now on the page has these viewers, for whoever asks. */
function change(etag: string, viewers = [ana, bob]): void {
  service.etag = etag
  service.viewers = viewers
}

/** The service sends what the page is now. */
async function push(): Promise<void> {
  service.stream.write(service.event())
  await settled()
}

/** All that a presence's listeners see of its viewers, one entry per change. */
function watch(presence: Presence): string[] {
  const seen: string[] = []
  presence.subscribe(() =>
    seen.push(
      presence
        .getSnapshot()
        .viewers.map(({ name }) => name)
        .join(),
    ),
  )
  return seen
}

const named = (name: string) => ({ ...bob, name })
const network = () => Promise.reject(new TypeError('Failed to fetch'))
const beats = () => service.names().filter((name) => name !== 'leave').length

/** Lets time pass in which the service pings as often as the real one. */
async function passWithPings(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 15_000) {
    await pass(Math.min(left, 15_000))
    service.stream.ping()
    await settled()
  }
}

/** How long after each other the next streams are asked for, by steps of 100 ms. */
async function gapsOf(count: number, answer: () => Response | Promise<Response>): Promise<number[]> {
  const gaps: number[] = []
  for (let i = 0; i < count; i++) service.nextStream(answer)
  for (let seen = service.streams.length, waited = 0; gaps.length < count;) {
    await pass(100)
    waited += 100
    if (service.streams.length === seen) continue
    gaps.push(waited)
    seen = service.streams.length
    waited = 0
  }
  return gaps
}

describe('opening', () => {
  test('a stream is opened after the first join, with what the join has shown', async () => {
    const join = service.delay()
    running.push(createPresence({ pagePath: '/a', fetch: service.fetch }))
    await settled()
    expect(service.streams).toEqual([])

    join()
    await settled()

    expect(service.streams).toHaveLength(1)
    expect(service.stream.url).toBe('/api/presence/stream?pagePath=%2Fa')
    expect(service.stream.headers).toEqual({ Accept: 'text/event-stream', 'Last-Event-ID': 'v1' })
    expect(service.stream.init).toMatchObject({
      credentials: 'include',
      redirect: 'manual',
      cache: 'no-store',
    })
    expect(service.names()).toEqual(['join'])
  })

  test('the page is one parameter, whatever characters its path has', async () => {
    await live({ pagePath: '/é/100%/a&pagePath=/b', baseUrl: 'https://presence.example' })

    const url = new URL(service.stream.url)
    expect(url.origin).toBe('https://presence.example')
    expect(url.searchParams.getAll('pagePath')).toEqual(['/é/100%/a&pagePath=/b'])
  })

  test('a stream has a bearer token of its own, asked for when it opens', async () => {
    let n = 0
    await live({ token: () => Promise.resolve(`t${++n}`) })

    expect(service.last().headers.Authorization).toBe('Bearer t1')
    expect(service.stream.headers.Authorization).toBe('Bearer t2')
    expect(service.stream.init.credentials).toBe('same-origin')
  })

  test('a failed join opens none', async () => {
    service.next(network)
    running.push(createPresence({ pagePath: '/a', fetch: service.fetch }))
    await settled()
    expect(service.streams).toEqual([])

    await pass(1_000)

    expect(service.streams).toHaveLength(1)
  })

  test('a tab that joins hidden opens none until it is visible', async () => {
    setVisible(false)
    await live()
    await pass(15_000)
    expect(service.streams).toEqual([])

    setVisible(true)
    await settled()

    expect(service.streams).toHaveLength(1)
  })

  test('with push switched off there is none', async () => {
    const presence = await live({ push: false })
    change('v2')
    await pass(15_000)

    expect(service.streams).toEqual([])
    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
  })
})

describe('snapshots', () => {
  test('S1: a snapshot is shown at once and as a whole, and is what the next heartbeat knows', async () => {
    const presence = await live()
    service.editorUserId = bob.id
    change('v2')

    await push()

    expect(presence.getSnapshot()).toMatchObject({
      status: 'live',
      viewers: [ana, bob],
      others: [bob],
      editor: bob,
      editorUserId: bob.id,
      viewerCount: 2,
      tabCount: 2,
    })
    expect(service.names()).toEqual(['join'])
    await pass(15_000)
    expect(service.last()).toMatchObject({ name: 'heartbeat', body: { known: 'v2' } })
  })

  test('S1: a snapshot without an editor ends the one before', async () => {
    service.editorUserId = bob.id
    const presence = await live()
    expect(presence.getSnapshot().editorUserId).toBe(bob.id)
    service.editorUserId = undefined
    service.etag = 'v2'

    await push()

    expect(presence.getSnapshot()).toMatchObject({ editor: undefined, editorUserId: undefined })
  })

  test('S2: a snapshot that changes nothing tells nobody', async () => {
    const presence = await live()
    const before = presence.getSnapshot()
    const seen = watch(presence)

    await push()
    await push()

    expect(seen).toEqual([])
    expect(presence.getSnapshot()).toBe(before)
  })

  test('S3: of several snapshots the last one stays', async () => {
    const presence = await live()
    const seen = watch(presence)
    change('v2', [ana, named('two')])
    const two = service.event()
    change('v3', [ana, named('three')])

    service.stream.write(two + service.event())
    await settled()

    expect(seen).toEqual(['Ana Reis,two', 'Ana Reis,three'])
  })

  test('T4: an expiry is seen without a heartbeat', async () => {
    service.viewers = [ana, bob]
    const presence = await live()
    change('v2', [ana])

    await push()

    expect(presence.getSnapshot().viewers).toEqual([ana])
    expect(service.names()).toEqual(['join'])
  })

  test('a snapshot may come in pieces, cut anywhere', async () => {
    const presence = await live()
    change('v2', [ana, named('Zoë')])
    const bytes = new TextEncoder().encode(service.event())

    for (const byte of bytes) {
      service.stream.write(Uint8Array.of(byte))
      await settled()
    }

    expect(presence.getSnapshot().others[0]!.name).toBe('Zoë')
  })

  test('comments, events of a newer service and broken ones are skipped', async () => {
    const presence = await live()
    const before = presence.getSnapshot()

    service.stream.write(': hello\n\nevent: news\ndata: {}\n\nevent: snapshot\ndata: {"viewers\n\n')
    service.stream.write(
      'event: snapshot\ndata: null\n\ndata: {"viewers":[]}\n\nevent: bye-bye\ndata: {}\n\n',
    )
    await settled()
    expect(presence.getSnapshot()).toBe(before)
    change('v2')
    await push()

    expect(service.streams).toHaveLength(1)
    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
  })

  test('a snapshot without an id is shown, and the next heartbeat asks for the page', async () => {
    const presence = await live()
    change('v2')
    service.stream.write(service.event().replace('id: v2\n', ''))
    await settled()
    expect(presence.getSnapshot().viewers).toEqual([ana, bob])

    await pass(15_000)

    expect(service.last().body).not.toHaveProperty('known')
  })

  test('a listener that throws ends neither the stream nor the beats, and its error is reported', async () => {
    const presence = await live()
    const reported: unknown[] = []
    vi.stubGlobal('queueMicrotask', (report: () => void) => {
      try {
        report()
      } catch (error) {
        reported.push(error)
      }
    })
    const trouble = new Error('not ours')
    presence.subscribe(() => {
      throw trouble
    })
    const seen = watch(presence)

    change('v2')
    await push()
    await pass(15_000)

    expect(reported).toEqual([trouble])
    expect(seen).toEqual(['Ana Reis,Bob Stone'])
    expect(service.stream.isOpen).toBe(true)
    expect(service.names()).toEqual(['join', 'heartbeat'])
  })
})

describe('presence is by heartbeat', () => {
  test('S5: an open stream is not presence: one heartbeat per tick goes on', async () => {
    await live()
    for (let i = 0; i < 8; i++) {
      await pass(7_500)
      service.stream.write(': still here\n\n')
    }
    await settled()

    expect(service.names()).toEqual(['join', 'heartbeat', 'heartbeat', 'heartbeat', 'heartbeat'])
    expect(service.streams).toHaveLength(1)
  })

  test('S5: a ping is answered with the heartbeat that is due soon, whatever became of its timer', async () => {
    await live()
    await pass(10_000)

    service.stream.ping()
    await settled()

    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(service.last().body.known).toBe('v1')
    await pass(14_999)
    expect(service.calls).toHaveLength(2)
  })

  test('S5: a ping soon after a heartbeat is not answered', async () => {
    await live()
    await pass(9_999)

    service.stream.ping()
    await settled()

    expect(service.names()).toEqual(['join'])
  })

  test('a ping is never answered twice, nor beside the heartbeat of the timer', async () => {
    service.nextHeartbeatMs = 4_000
    await live()
    const release = service.delay()
    await pass(4_000 + 3_000)

    service.stream.ping()
    service.stream.ping()
    await settled()
    expect(service.names()).toEqual(['join', 'heartbeat'])
    release()
    await settled()

    expect(service.names()).toEqual(['join', 'heartbeat'])
  })

  test('with pings there are as many heartbeats as without', async () => {
    await live()

    await passWithPings(150_000)

    expect(beats()).toBe(11)
  })

  test('a ping does not hurry a heartbeat that failed', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    await live()
    for (let i = 0; i < 6; i++) service.next(network)
    await pass(15_000 + 1_000 + 2_000 + 4_000 + 8_000)
    service.stream.write(': still here\n\n')
    const before = beats()

    await pass(11_000)
    expect(service.stream.isOpen).toBe(true)
    service.stream.ping()
    await settled()

    expect(beats()).toBe(before)
  })

  test('E3: a waiting claim that becomes the oldest asks for its fence at once', async () => {
    service.editorUserId = bob.id
    service.editing = { granted: false, editorUserId: bob.id, position: 1 }
    const presence = await live()
    presence.setIsEditing(true)
    await settled()
    const before = beats()
    service.editorUserId = ana.id
    service.editing = { granted: true, fence: 8 }
    service.etag = 'v2'

    await push()

    expect(beats()).toBe(before + 1)
    expect(presence.getSnapshot()).toMatchObject({
      editorUserId: ana.id,
      editing: { granted: true, fence: 8 },
    })
  })

  test('a lease that the stream says is elsewhere is asked about at once', async () => {
    const presence = await live()
    presence.setIsEditing(true)
    await settled()
    service.editorUserId = bob.id
    service.editing = { granted: false, editorUserId: bob.id, position: 1 }
    change('v2')

    await push()

    expect(presence.getSnapshot().lease).toMatchObject({ status: 'lost', successor: { id: bob.id } })
  })

  test('the snapshot that follows an own claim asks for nothing', async () => {
    const presence = await live()
    service.editorUserId = ana.id
    service.etag = 'v2'
    presence.setIsEditing(true)
    await settled()

    await push()

    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(presence.getSnapshot()).toMatchObject({ editor: ana, editing: { granted: true } })
  })
})

describe('order', () => {
  test('a beat that an event overtook does not bring an older page back', async () => {
    const presence = await live()
    change('v2', [ana, named('two')])
    const seen = watch(presence)
    const older = service.answer('heartbeat', { pagePath: '/a' })
    const release = service.delay()
    await pass(15_000)

    change('v3', [ana, named('three')])
    await push()
    release(older)
    await pass(10_000)

    expect(seen).toEqual(['Ana Reis,three'])
    expect(service.stream.isOpen).toBe(true)
  })

  test('an event that a beat overtook does not bring an older page back', async () => {
    const presence = await live()
    change('v2', [ana, named('two')])
    const late = service.event()
    change('v3', [ana, named('three')])
    const seen = watch(presence)
    await pass(15_000)

    service.stream.write(late)
    await settled()
    await push()

    expect(seen).toEqual(['Ana Reis,two', 'Ana Reis,three'])
  })

  test('an overtaken beat stays unshown although the stream ended meanwhile', async () => {
    const presence = await live()
    const older = service.answer('heartbeat', { pagePath: '/a' })
    change('v2')
    const release = service.delay()
    await pass(15_000)
    await push()
    service.stream.cut()
    await settled()

    release(older)
    await settled()

    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
  })

  test('after a stream that brought something has ended, heartbeats bring the changes', async () => {
    const presence = await live()
    change('v2')
    await push()
    service.streaming = false
    service.stream.cut()
    await pass(2_000)
    change('v3', [ana])

    await pass(15_000)

    expect(presence.getSnapshot().viewers).toEqual([ana])
  })

  test('what a beat brought is shown when the stream ends without having brought it', async () => {
    const presence = await live()
    change('v2')
    await pass(15_000)
    expect(presence.getSnapshot().viewers).toEqual([ana])

    service.stream.cut()
    await settled()

    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
  })

  test('what a beat brought is shown when the tab is hidden', async () => {
    const presence = await live()
    change('v2')
    await pass(15_000)
    service.delay()

    setVisible(false)

    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
  })

  test('a stream that is behind a beat by 3 s is replaced', async () => {
    const presence = await live()
    change('v2')
    await pass(15_000)

    await pass(2_999)
    expect(presence.getSnapshot().viewers).toEqual([ana])
    await pass(1)
    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
    expect(service.stream.isOpen).toBe(false)
    await pass(1_000)

    expect(service.streams).toHaveLength(2)
    expect(service.stream.headers['Last-Event-ID']).toBe('v2')
  })

  test('further beats give a stream that is behind no longer time', async () => {
    const presence = await live()
    change('v2')
    await pass(15_000)
    await pass(2_000)
    setIsEditingTwice(presence)
    await settled()

    await pass(1_000)

    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
  })

  test('a stream that brings the change in time stays', async () => {
    await live()
    change('v2')
    await pass(15_000)
    await pass(250)
    await push()

    await pass(10_000)

    expect(service.streams).toHaveLength(1)
    expect(service.stream.isOpen).toBe(true)
  })

  test('a page that changed back leaves nothing to wait for', async () => {
    const presence = await live()
    const seen = watch(presence)
    change('v2')
    await pass(15_000)
    change('v1', [ana])
    setIsEditingTwice(presence)
    await settled()

    await pass(10_000)

    expect(new Set(seen)).toEqual(new Set(['Ana Reis']))
    expect(service.stream.isOpen).toBe(true)
  })

  function setIsEditingTwice(presence: Presence) {
    presence.setIsEditing(true)
    presence.setIsEditing(false)
  }
})

describe('closing', () => {
  test('a hidden tab has no stream; when it is visible a beat brings the page and the stream goes on', async () => {
    const presence = await live()
    const [first] = service.streams
    setVisible(false)
    expect(first!.isOpen).toBe(false)
    await pass(120_000)
    expect(service.streams).toHaveLength(1)
    change('v2')
    const before = beats()

    setVisible(true)
    await settled()

    expect(beats()).toBe(before + 1)
    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
    expect(service.streams).toHaveLength(2)
    expect(service.stream.headers['Last-Event-ID']).toBe('v2')
  })

  test('S5: pagehide closes it, and what comes in the back/forward cache is not shown', async () => {
    const presence = await live()
    const seen = watch(presence)
    window.dispatchEvent(new Event('pagehide'))
    expect(service.stream.isOpen).toBe(false)
    setVisible(false)
    change('v2')
    service.stream.write(service.event())
    await pass(300_000)

    expect(service.streams).toHaveLength(1)
    expect(service.names()).toEqual(['join', 'leave'])
    expect(seen).toEqual([])
  })

  test('a return from the back/forward cache joins once and opens one stream', async () => {
    const presence = await live()
    goAway()
    await pass(30_000)
    change('v2')

    comeBack()
    await settled()

    expect(service.names()).toEqual(['join', 'leave', 'join'])
    expect(service.streams).toHaveLength(2)
    expect(presence.getSnapshot()).toMatchObject({ status: 'live', viewers: [ana, bob] })
  })

  test('I6: the stream moves with the tab: the old one ends at once, the new one follows the join', async () => {
    const presence = await live()
    const [old] = service.streams
    const join = service.delay()
    presence.setPagePath('/b')
    expect(old!.isOpen).toBe(false)
    await settled()
    expect(service.streams).toHaveLength(1)

    join()
    await settled()

    expect(service.stream.url).toBe('/api/presence/stream?pagePath=%2Fb')
    expect(service.streams).toHaveLength(2)
  })

  test('what waited for the old page is not shown on the new one', async () => {
    const presence = await live()
    change('v2')
    await pass(15_000)
    service.delay()

    presence.setPagePath('/b')
    await pass(5_000)
    setVisible(false)

    expect(presence.getSnapshot()).toMatchObject({ pagePath: '/b', viewers: [] })
  })

  test('a stop ends it, for good and with all its timers', async () => {
    const presence = await live()
    change('v2')
    await pass(15_000)

    presence.stop()
    presence.stop()
    await settled()

    expect(service.stream.isOpen).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
    expect(presence.getSnapshot()).toMatchObject({ status: 'stopped', viewers: [] })
  })

  test('a stop during the wait for the next stream ends that too', async () => {
    const presence = await live()
    service.stream.cut()
    await settled()

    presence.stop()
    await settled()

    expect(vi.getTimerCount()).toBe(0)
  })

  test('a listener that stops at an event hears no more of its stream', async () => {
    const presence = await live()
    change('v2')
    const two = service.event()
    change('v3', [ana])
    const statuses: string[] = []
    presence.subscribe(() => statuses.push(presence.getSnapshot().status))
    presence.subscribe(() => presence.stop())

    service.stream.write(two + service.event() + 'event: ping\ndata: {}\n\n')
    await pass(60_000)

    expect(presence.getSnapshot()).toMatchObject({ status: 'stopped', viewers: [] })
    expect(service.names()).toEqual(['join', 'leave'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each([
    ['signed-out', 401],
    ['refused', 403],
  ])('a tab that is %s has none', async (status, code) => {
    const presence = await live()
    for (let i = 0; i < 20; i++) service.next(() => problem(code))
    await pass(15_000)

    expect(presence.getSnapshot().status).toBe(status)
    expect(service.stream.isOpen).toBe(false)
    await pass(300_000)
    expect(service.streams).toHaveLength(1)
    service.answerAsUsual()
    await pass(450_000)
    expect(service.streams.length).toBeGreaterThan(1)
  })
})

describe('ends', () => {
  test('a stream that broke is opened anew by itself; until then heartbeats bring the changes', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const presence = await live()
    service
      .nextStream(network)
      .nextStream(network)
      .nextStream(network)
      .nextStream(network)
      .nextStream(network)
    service.stream.cut()
    await pass(1_000 + 2_000 + 4_000)
    expect(presence.getSnapshot().status).toBe('live')
    change('v2')

    await pass(15_000)
    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
    await pass(1_000 + 16_000 + 32_000)
    change('v3', [ana])
    await push()

    expect(service.stream.isOpen).toBe(true)
    expect(presence.getSnapshot().viewers).toEqual([ana])
  })

  test('tries are spaced ever wider, at most 5 min apart, half of it by chance', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    await live()
    service.stream.cut()

    const gaps = await gapsOf(11, network)

    expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1_000))
  })

  test('chance halves a wait at most', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    await live()
    service.stream.cut()

    expect(await gapsOf(3, network)).toEqual([500, 1_000, 2_000])
  })

  test('a stream that lived until its ping forgets the failures before it', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    await live()
    service.stream.cut()
    await gapsOf(4, network)
    await pass(16_000)
    await passWithPings(15_000)

    service.stream.end()

    expect(await gapsOf(1, network)).toEqual([1_000])
  })

  test('a proxy that cuts each stream short is not asked for one again and again', async () => {
    await live()
    for (let minutes = 0; minutes < 30; minutes++) {
      for (let i = 0; i < 6; i++) {
        await pass(10_000)
        service.stream.end()
      }
    }

    expect(service.streams.length).toBeLessThan(25)
  })

  test('the first try after an end comes with a beat, so that a restarted service knows the tab again', async () => {
    await live()
    await pass(5_000)
    service.stream.end()
    await settled()
    const join = service.delay()

    await pass(1_000)
    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(service.streams).toHaveLength(1)
    join()
    await settled()

    expect(service.streams).toHaveLength(2)
    await pass(14_999)
    expect(beats()).toBe(2)
  })

  test('a try after a beat that came meanwhile needs none of its own', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    await live()
    service.nextStream(() => problem(503, { 'Retry-After': '16' }))
    service.stream.end()
    await pass(500)
    expect(service.streams).toHaveLength(2)
    const before = beats()

    await pass(16_000)

    expect(service.streams).toHaveLength(3)
    expect(beats()).toBe(before + 1)
  })

  test('while heartbeats fail no stream is tried; the first that succeeds opens one', async () => {
    const presence = await live()
    const down = () => {
      for (let i = 0; i < 3; i++) service.next(network)
    }
    down()
    service.stream.cut()
    await pass(3_000)
    expect(presence.getSnapshot().status).toBe('reconnecting')
    expect(service.streams).toHaveLength(1)

    await pass(8_000)

    expect(presence.getSnapshot().status).toBe('live')
    expect(service.streams).toHaveLength(2)
  })

  test('a failed heartbeat does not end a stream that works', async () => {
    const presence = await live()
    service.next(network)
    await pass(15_000)
    change('v2')
    await push()

    expect(presence.getSnapshot()).toMatchObject({ status: 'reconnecting', viewers: [ana, bob] })
    await pass(1_000)
    expect(presence.getSnapshot().status).toBe('live')
    expect(service.streams).toHaveLength(1)
  })

  test('L4: a planned shutdown makes nobody leave, and the tab is back when it was told to', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const presence = await live()
    const before = presence.getSnapshot()

    service.stream.bye('shutdown', 4_000)
    await pass(3_999)
    expect(service.streams).toHaveLength(1)
    expect(service.names()).toEqual(['join'])
    await pass(1)

    expect(service.streams).toHaveLength(2)
    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(presence.getSnapshot()).toBe(before)
  })

  test('L4: a goodbye ends the stream although a proxy keeps the connection', async () => {
    await live()

    service.stream.write('event: bye\ndata: {"reason":"shutdown","retryMs":4000}\n\n')
    await settled()

    expect(service.stream.isOpen).toBe(false)
    await pass(3_999)
    expect(service.streams).toHaveLength(1)
    await pass(1_001)
    expect(service.streams).toHaveLength(2)
  })

  test('what comes after a goodbye is not shown', async () => {
    const presence = await live()
    const seen = watch(presence)
    change('v2')

    service.stream.write('event: bye\ndata: {"reason":"shutdown","retryMs":4000}\n\n' + service.event())
    await settled()

    expect(seen).toEqual([])
    expect(presence.getSnapshot().viewers).toEqual([ana])
  })

  test('a retry field alone is respected too', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    await live()

    service.stream.write('retry: 7000\n\n')
    service.stream.end()

    expect(await gapsOf(1, network)).toEqual([7_000])
  })

  test('a service that says goodbye for no time is not asked in a loop', async () => {
    await live()
    service.streaming = false
    const goodbye = () =>
      new Response('event: bye\ndata: {"reason":"shutdown","retryMs":1}\n\n', {
        headers: { 'Content-Type': 'text/event-stream' },
      })
    for (let i = 0; i < 100; i++) service.nextStream(goodbye)
    service.stream.bye('shutdown', 1)

    await pass(60_000)

    expect(service.streams.length).toBeLessThan(10)
  })

  test.each([429, 503])('%i: a Retry-After is respected, whatever happens meanwhile', async (status) => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    service.nextStream(() => problem(status, { 'Retry-After': '20' }))
    const presence = await live()

    setVisible(false)
    setVisible(true)
    window.dispatchEvent(new Event('online'))
    presence.setPagePath('/b')
    await pass(19_999)
    expect(service.streams).toHaveLength(1)
    expect(presence.getSnapshot().status).toBe('live')
    await pass(1)

    expect(service.streams).toHaveLength(2)
    expect(service.stream.url).toContain('%2Fb')
  })

  test('I4: a stream whose credential expired is opened at once with a fresh one, after a beat', async () => {
    let n = 0
    await live({ token: () => Promise.resolve(`t${++n}`) })

    service.stream.bye('expired', 0)
    await settled()

    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(service.last().headers.Authorization).toBe('Bearer t3')
    expect(service.streams).toHaveLength(2)
    expect(service.stream.headers.Authorization).toBe('Bearer t4')
  })

  test('I4: a beat in flight when the credential expires opens the next stream', async () => {
    await live()
    const release = service.delay()
    await pass(15_000)
    service.stream.bye('expired', 0)
    await settled()
    expect(service.streams).toHaveLength(1)

    release()
    await settled()

    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(service.streams).toHaveLength(2)
  })

  test('I4: the beat tells that the user is signed out', async () => {
    const presence = await live()
    for (let i = 0; i < 20; i++) service.next(() => problem(401))

    service.stream.bye('expired', 0)
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ status: 'signed-out', viewers: [] })
    await pass(300_000)
    expect(service.streams).toHaveLength(1)
  })

  test('a service that finds every credential expired is not asked in a loop', async () => {
    await live()
    for (let i = 0; i < 60; i++) {
      service.stream.bye('expired', 0)
      await pass(1_000)
    }

    expect(service.streams.length).toBeLessThan(10)
    expect(beats()).toBeLessThan(15)
  })

  test('401 in place of a stream: the beat decides whether the user is signed out', async () => {
    service.nextStream(() => problem(401)).nextStream(() => problem(401))
    const presence = await live()
    await settled()
    expect(presence.getSnapshot().status).toBe('live')
    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(service.streams).toHaveLength(2)
    for (let i = 0; i < 9; i++) service.next(() => problem(401))

    await pass(4_000)

    expect(presence.getSnapshot().status).toBe('signed-out')
    expect(service.streams).toHaveLength(2)
  })

  test.each([
    ['404 of an old service', () => problem(404)],
    ['405', () => problem(405)],
    ['400', () => problem(400)],
    [
      'the page of an application',
      () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } }),
    ],
    ['an answer without a type', () => new Response('data: {}\n\n', { headers: { 'Content-Type': '' } })],
    ['no body', () => new Response(null, { headers: { 'Content-Type': 'text/event-stream' } })],
  ])('%s in place of a stream: heartbeats alone, and another try after 5 min', async (_, answer) => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    service.nextStream(answer)
    const presence = await live()
    change('v2')
    await pass(15_000)
    expect(presence.getSnapshot()).toMatchObject({ status: 'live', viewers: [ana, bob] })
    await pass(284_999)
    expect(service.streams).toHaveLength(1)
    expect(beats()).toBe(20)

    await pass(1)

    expect(service.streams).toHaveLength(2)
    expect(service.stream.isOpen).toBe(true)
  })

  test('an answer that is no stream is let go', async () => {
    service.nextStream(() => new Response('<html>'))
    await live()

    expect(service.stream.isOpen).toBe(false)
  })

  test('a browser that can not read an answer in pieces is not made to wait for its end', async () => {
    vi.stubGlobal('ReadableStream', undefined)
    const presence = await live()
    change('v2')

    await pass(15_000)

    expect(service.streams).toEqual([])
    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
  })

  test('a charset beside the type is fine', async () => {
    service.nextStream(() => service.stream.response({ 'Content-Type': 'text/event-stream;charset=UTF-8' }))
    const presence = await live()
    change('v2')

    await push()

    expect(presence.getSnapshot().viewers).toEqual([ana, bob])
  })

  test('a stream that is silent for 40 s is dead, and is opened anew', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    await live()

    await pass(39_999)
    expect(service.stream.isOpen).toBe(true)
    await pass(1)
    expect(service.stream.isOpen).toBe(false)
    await pass(1_000)

    expect(service.streams).toHaveLength(2)
  })

  test('a comment is a sign of life', async () => {
    await live()
    for (let i = 0; i < 5; i++) {
      await pass(39_000)
      service.stream.write(':\n')
    }

    expect(service.streams).toHaveLength(1)
    expect(service.stream.isOpen).toBe(true)
  })

  test('a proxy that holds the stream back is given up after 10 s, and hides nothing for longer than 3 s', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    service.nextStream(() => new Promise(() => undefined))
    const presence = await live()
    change('v2')
    presence.setIsEditing(true)
    await settled()
    await pass(3_000)
    expect(presence.getSnapshot().viewers).toEqual([ana, bob])

    service.nextStream(() => new Promise(() => undefined))
    await pass(1_000)
    expect(service.streams).toHaveLength(2)
    await pass(9_999)
    expect(service.stream.isOpen).toBe(true)
    await pass(1)

    expect(service.stream.isOpen).toBe(false)
  })

  test('a token that never comes holds back a stream, and no beat', async () => {
    let n = 0
    const presence = await live({
      token: () => (++n === 2 ? new Promise(() => undefined) : Promise.resolve('t')),
    })
    expect(service.streams).toEqual([])

    await pass(12_000)

    expect(presence.getSnapshot().status).toBe('live')
    expect(service.streams).toHaveLength(1)
  })
})

describe('another network', () => {
  test('back online, the stream is opened anew after a beat, because the old connection may be dead', async () => {
    await live()
    const [old] = service.streams
    window.dispatchEvent(new Event('offline'))
    await settled()
    expect(old!.isOpen).toBe(true)
    const before = beats()

    window.dispatchEvent(new Event('online'))
    expect(old!.isOpen).toBe(false)
    await settled()

    expect(beats()).toBe(before + 1)
    expect(service.streams).toHaveLength(2)
  })

  test('back online, what a beat brought is shown although the next one fails', async () => {
    const presence = await live()
    change('v2')
    await pass(15_000)
    expect(presence.getSnapshot().viewers).toEqual([ana])
    service.next(network)

    window.dispatchEvent(new Event('online'))
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ status: 'reconnecting', viewers: [ana, bob] })
  })

  test('back online, the waits of the old network are forgotten', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    await live()
    service.stream.cut()
    await gapsOf(6, network)

    window.dispatchEvent(new Event('online'))
    await settled()
    expect(service.stream.isOpen).toBe(true)
    service.stream.cut()

    expect(await gapsOf(1, network)).toEqual([1_000])
  })

  test('a Retry-After that is over does not hold back the return to another network', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    service.nextStream(() => problem(503, { 'Retry-After': '2' }))
    await live()
    await pass(2_000)
    expect(service.stream.isOpen).toBe(true)
    service.stream.cut()
    await settled()

    window.dispatchEvent(new Event('online'))
    await settled()

    expect(service.streams).toHaveLength(3)
    expect(service.stream.isOpen).toBe(true)
  })

  test('an outage as a whole: what was seen stays, and all of it comes back by itself', async () => {
    const presence = await live()
    const down = () => {
      for (let i = 0; i < 4; i++) service.next(network)
    }
    down()
    service.stream.cut()
    window.dispatchEvent(new Event('offline'))
    await settled()
    expect(presence.getSnapshot()).toMatchObject({ status: 'reconnecting', viewers: [ana] })
    await pass(20_000)
    change('v2')

    window.dispatchEvent(new Event('online'))
    await settled()
    expect(presence.getSnapshot()).toMatchObject({ status: 'live', viewers: [ana, bob] })
    change('v3', [ana])
    await push()

    expect(presence.getSnapshot().viewers).toEqual([ana])
  })
})
