import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createPresence } from '../src/index.js'
import { comeBack, goAway, nextDocument, pass, settled } from './browser.js'
import { ana, bob, problem, type Call } from './fake-service.js'
import { create, live, running, service, setUp } from './presences.js'

/* A claim belongs to the document that made it, and a document is one tab. */

setUp({ push: false })

describe('what becomes of a claim when documents follow one another', () => {
  /* What the service would know of the tab's claim: it keeps one over a leave that unloads, for 3 s. */
  let claim: { leftAt?: number } | undefined
  /* All that the claim went through, in the words of the calls that did it. */
  let story: string[]

  beforeEach(() => {
    claim = undefined
    story = []
    const usual = service.fetch.getMockImplementation()!
    service.fetch.mockImplementation((url, init) => {
      const answer = usual(url, init)
      hear(service.last())
      return answer
    })
  })

  function hear({ name, body }: Call) {
    const leave = (unloading: unknown) => {
      if (claim && unloading) claim.leftAt = performance.now()
      else end('leave')
    }
    if (name === 'leave') return leave(body.unloading)
    if (name === 'batch') {
      for (const beat of body.heartbeats as Call['body'][]) if (beat.isEditing === false) end('gave up')
      return leave(true)
    }
    if (claim?.leftAt !== undefined && performance.now() - claim.leftAt > 3_000) end('grace')
    if (claim) delete claim.leftAt
    if (body.isEditing === false) end('false')
    if (body.isEditing === true && !claim) {
      claim = {}
      story.push('claimed')
    }
    service.claimed = new Set(claim ? [body.tabId] : [])
  }

  function end(how: string) {
    if (claim) story.push(how)
    claim = undefined
  }

  async function editing() {
    const presence = await live()
    presence.setIsEditing(true)
    await settled()
    expect(presence.getSnapshot().lease.status).toBe('held')
    return presence
  }

  const reads = async () => void (await live())

  test.each<[string, () => Promise<unknown>, () => Promise<unknown>, string[]]>([
    ['one that edits, one that reads', editing, reads, ['claimed', 'false']],
    ['two that read', reads, reads, []],
    [
      'one that edits, one that asks at once',
      editing,
      async () => {
        create().setIsEditing(true)
        await settled()
      },
      ['claimed'],
    ],
    [
      'one that edits, one that asks when its draft is there',
      editing,
      async () => {
        const presence = await live()
        await pass(1_900)
        presence.setIsEditing(true)
      },
      ['claimed'],
    ],
    [
      'one that edits, one that asks late',
      editing,
      async () => {
        const presence = await live()
        await pass(5_000)
        presence.setIsEditing(true)
      },
      ['claimed', 'false', 'claimed'],
    ],
    [
      'one that edits, one that says at once that it does not',
      editing,
      async () => create().setIsEditing(false),
      ['claimed', 'false'],
    ],
    [
      'one that edits, one that is reloaded before it has said a word',
      editing,
      async () => {
        await live()
        await pass(1_000)
        nextDocument()
        await live()
      },
      ['claimed', 'false'],
    ],
    [
      'one that edits, one that reads, which is hidden and shown meanwhile',
      editing,
      async () => {
        await live()
        document.dispatchEvent(new Event('visibilitychange'))
        await settled()
        expect(story).toEqual(['claimed'])
      },
      ['claimed', 'false'],
    ],
    [
      'one that gave up, on the spot',
      async () => (await editing()).setIsEditing(false),
      reads,
      ['claimed', 'false'],
    ],
    [
      'one that gave up while its last keystroke was on the way',
      async () => {
        const presence = await editing()
        service.delay()
        presence.typing()
        presence.setIsEditing(false)
      },
      reads,
      ['claimed', 'gave up'],
    ],
    [
      'one that gave up while its claim was on the way',
      async () => {
        const presence = await live()
        service.delay()
        presence.setIsEditing(true)
        presence.setIsEditing(false)
      },
      reads,
      ['claimed', 'gave up'],
    ],
    [
      'one that gave up during an outage',
      async () => {
        const presence = await editing()
        service.next(() => problem(503, { 'Retry-After': '60' }))
        await pass(15_000)
        presence.setIsEditing(false)
      },
      reads,
      ['claimed', 'gave up'],
    ],
    [
      'one that stopped while its last keystroke was on the way',
      async () => {
        const presence = await editing()
        service.delay()
        presence.typing()
        presence.stop()
      },
      reads,
      ['claimed', 'gave up'],
    ],
    ['one that stopped', async () => (await editing()).stop(), reads, ['claimed', 'leave']],
    [
      'one that edits and is closed',
      editing,
      async () => {
        await pass(10_000)
        await live()
      },
      ['claimed', 'grace'],
    ],
  ])('%s', async (_, first, second, expected) => {
    await first()
    nextDocument()
    const before = service.calls.length
    await second()
    await pass(10_000)

    expect(story).toEqual(expected)
    // Nobody confirms what they never asked for.
    const asks = service.calls.slice(before).some(({ body }) => body.isEditing === true)
    expect(asks).toBe(running.at(-1)!.getSnapshot().isEditing)
  })

  test('a document that comes back from the back/forward cache asks for what it had', async () => {
    const presence = await editing()
    goAway()
    await pass(10_000)
    comeBack()
    await settled()

    expect(story).toEqual(['claimed', 'grace', 'claimed'])
    expect(presence.getSnapshot().isEditing).toBe(true)
  })

  test('a presence that reads, after one of the same document that edited', async () => {
    ;(await editing()).stop()
    const presence = await live()
    await pass(10_000)

    expect(story).toEqual(['claimed', 'leave'])
    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'idle' } })
  })
})

describe('presences of one page in one document', () => {
  test('are one tab: one join, one beat, one state', async () => {
    const header = await live()
    const editor = create()

    expect(editor.getSnapshot()).toBe(header.getSnapshot())
    await pass(15_000)
    expect(service.names()).toEqual(['join', 'heartbeat'])
  })

  test.each([
    ['first', 0],
    ['last', 1],
  ])('the %s one may edit, and the other one’s “no” is its own', async (_, index) => {
    const both = [await live(), create()]
    const editor = both[index]!
    const header = both[1 - index]!
    editor.setIsEditing(true)
    await settled()
    header.setIsEditing(false)
    await settled()

    expect(editor.getSnapshot()).toMatchObject({ isEditing: true, lease: { status: 'held' } })
    expect(header.getSnapshot()).toBe(editor.getSnapshot())
    editor.setIsEditing(false)
    await settled()
    expect(service.last().body.isEditing).toBe(false)
    expect(header.getSnapshot().isEditing).toBe(false)
  })

  test.each([
    ['first', 0],
    ['last', 1],
  ])('when the %s one ends, the user stays on the page, and its wish ends with it', async (_, index) => {
    const both = [await live(), create()]
    const leaver = both[index]!
    const stayer = both[1 - index]!
    leaver.setIsEditing(true)
    await settled()
    leaver.stop()
    leaver.stop()
    await settled()

    expect(service.names()).not.toContain('leave')
    expect(service.last().body.isEditing).toBe(false)
    expect(leaver.getSnapshot()).toMatchObject({ status: 'stopped', viewers: [] })
    expect(stayer.getSnapshot()).toMatchObject({ status: 'live', viewers: [ana], isEditing: false })
    stayer.stop()
    await settled()
    expect(service.names().at(-1)).toBe('leave')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('the claim lasts while one wishes it', async () => {
    const one = await live()
    const other = create()
    one.setIsEditing(true)
    other.setIsEditing(true)
    await settled()
    one.stop()
    await pass(15_000)

    expect(service.calls.slice(1).every(({ body }) => body.isEditing === true)).toBe(true)
    expect(other.getSnapshot().lease.status).toBe('held')
  })

  test('a loss ends the wishes of all', async () => {
    const one = await live()
    const other = create()
    one.setIsEditing(true)
    other.setIsEditing(true)
    await settled()
    service.editing = { granted: false, lost: true, lostTo: { id: bob.id, name: bob.name } }
    await pass(15_000)
    expect(one.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'lost' } })
    one.stop()
    await pass(15_000)
    expect(other.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'lost' } })

    other.setIsEditing(false)
    expect(other.getSnapshot().lease.status).toBe('idle')
  })

  test('whoever took over has the wish, until they end', async () => {
    await live()
    const editor = create()
    expect(await finished(editor.takeOver())).toBeUndefined()
    expect(editor.getSnapshot()).toMatchObject({ isEditing: true, lease: { status: 'held' } })
    editor.stop()
    await settled()

    expect(service.last().body.isEditing).toBe(false)
  })

  test('each is told of what changes, and one that has ended is not', async () => {
    const one = await live()
    const other = create()
    const heard: string[] = []
    one.subscribe(() => heard.push(`one ${one.getSnapshot().status}`))
    other.subscribe(() => heard.push(`other ${other.getSnapshot().status}`))
    other.stop()
    service.viewers = [ana, bob]
    service.etag = 'v2'
    await pass(15_000)

    expect(heard).toEqual(['other stopped', 'one live'])
  })

  test('a page that is spelled in two ways is one, and each keeps its own spelling', async () => {
    const one = await live({ pagePath: '/caf%C3%A9/' })
    const other = create({ pagePath: '/café' })
    await settled()

    expect(service.names()).toEqual(['join'])
    expect(one.getSnapshot()).toMatchObject({ status: 'live', pagePath: '/caf%C3%A9/' })
    expect(other.getSnapshot()).toMatchObject({ status: 'live', pagePath: '/café' })
    expect(other.getSnapshot()).toBe(other.getSnapshot())
  })

  test('the section is that of who edits, else the one that was named last', async () => {
    const header = await live()
    const editor = create({ section: 'intro' })
    await settled()
    expect(service.last().body.section).toBe('intro')
    editor.setIsEditing(true)
    header.setSection('end')
    await settled()
    expect(service.last().body).toMatchObject({ section: 'intro', isEditing: true })
    editor.stop()
    await settled()

    expect(service.last().body).toMatchObject({ section: 'end', isEditing: false })
    expect(header.getSnapshot().section).toBe('end')
  })

  test('of two that edit different sections the last one does, and the other is told', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue()
    const one = await live({ section: 'intro' })
    const other = create({ section: 'end' })
    one.setIsEditing(true)
    other.setIsEditing(true)
    await pass(1_000)

    expect(other.getSnapshot()).toMatchObject({ section: 'end', lease: { status: 'held' } })
    expect(one.getSnapshot()).toMatchObject({ lease: { status: 'idle' }, problem: { status: 0 } })
    expect(error).toHaveBeenCalledTimes(1)
    other.stop()
    await settled()
    expect(one.getSnapshot()).toMatchObject({
      section: 'intro',
      lease: { status: 'held' },
      problem: undefined,
    })
  })

  test('two copies of the client are one tab', async () => {
    const header = await live()
    vi.resetModules()
    const copy = await import('../src/index.js')
    const editor = copy.createPresence({ pagePath: '/a', fetch: service.fetch })
    running.push(editor)
    editor.setIsEditing(true)
    await settled()

    expect(copy.createPresence).not.toBe(createPresence)
    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(header.getSnapshot()).toMatchObject({ isEditing: true, lease: { status: 'held' } })
    editor.stop()
    await settled()
    expect(service.names()).not.toContain('leave')
  })

  test('another service is another tab, of which the console is told once', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    await live()
    expect(warned).not.toHaveBeenCalled()
    await live({ baseUrl: 'https://presence.example', pagePath: '/b' })
    await live({ baseUrl: 'https://presence.example', pagePath: '/b' })

    expect(warned.mock.calls).toEqual([
      [
        `Copresence: this document is present twice, at ${location.origin}/api/presence/ and ` +
          'https://presence.example/api/presence/',
      ],
    ])

    expect(service.calls.map(({ url }) => url)).toEqual([
      '/api/presence/join',
      'https://presence.example/api/presence/join',
    ])
  })

  test('the newest token speaks for all, and the one before when its presence ends', async () => {
    const first = await live({ token: () => 'one' })
    const second = create({ token: () => 'two' })
    await pass(15_000)
    second.stop()
    await pass(15_000)
    first.stop()

    expect(service.calls.map(({ headers }) => headers.Authorization)).toEqual([
      'Bearer one',
      'Bearer two',
      'Bearer one',
      'Bearer one',
    ])
  })

  test('one that is created again at once, as in React’s strict mode, is present', async () => {
    create().stop()
    const second = await live()
    second.stop()
    const third = await live()

    expect(service.names()).toEqual(['join', 'leave', 'join'])
    expect(third.getSnapshot().status).toBe('live')
  })
})

describe('presences of different pages in one document', () => {
  test('the last one is present, and the others are refused, loudly', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue()
    const one = await live()
    const other = create({ pagePath: '/b' })
    await settled()

    expect(service.calls.map(({ body }) => body.pagePath)).toEqual(['/a', '/b'])
    expect(other.getSnapshot()).toMatchObject({ status: 'live', pagePath: '/b' })
    expect(one.getSnapshot()).toMatchObject({
      status: 'refused',
      pagePath: '/a',
      viewers: [],
      problem: { status: 0, title: expect.stringContaining('another page') as string },
    })
    expect(await one.requestEdit()).toMatchObject({ status: 0 })
    one.typing()
    await pass(999)
    expect(error).not.toHaveBeenCalled()
    await pass(1)
    expect(error).toHaveBeenCalledTimes(1)
    await pass(60_000)
    expect(service.calls.filter(({ body }) => body.pagePath === '/a')).toHaveLength(1)
    expect(service.calls.some(({ body }) => body.isEditing === true)).toBe(false)
  })

  test('a page whose parts move one after the other moves without a word', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue()
    const header = await live()
    const editor = create()
    editor.setIsEditing(true)
    await settled()
    header.setPagePath('/b')
    await pass(300)
    expect(editor.getSnapshot()).toMatchObject({ status: 'refused', pagePath: '/a' })
    editor.setPagePath('/b')
    await pass(60_000)

    expect(service.names().filter((name) => name === 'join')).toHaveLength(2)
    expect(editor.getSnapshot()).toMatchObject({ status: 'live', pagePath: '/b', isEditing: false })
    expect(service.last().body.isEditing).toBe(false)
    expect(error).not.toHaveBeenCalled()
  })

  test('a page that is faded out beside the next one, and comes back', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue()
    const old = await live()
    const next = create({ pagePath: '/b' })
    await pass(400)
    old.stop()
    await pass(60_000)
    expect(next.getSnapshot().status).toBe('live')
    expect(service.names()).not.toContain('leave')
    const again = create()
    next.stop()
    await settled()

    expect(again.getSnapshot()).toMatchObject({ status: 'live', pagePath: '/a' })
    expect(error).not.toHaveBeenCalled()
  })

  test('a page that the service refuses takes nobody off another one', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue()
    const one = await live()
    one.setIsEditing(true)
    await settled()
    service.next(() => problem(400))
    const other = create({ pagePath: 'nowhere' })
    await settled()

    expect(other.getSnapshot()).toMatchObject({ status: 'refused', problem: { status: 400 } })
    expect(await other.requestEdit()).toMatchObject({ status: 400 })
    expect(one.getSnapshot()).toMatchObject({ status: 'live', isEditing: true, lease: { status: 'held' } })
    await pass(60_000)
    expect(one.getSnapshot().status).toBe('live')
    expect(error).not.toHaveBeenCalled()
    other.setPagePath('/a')
    expect(other.getSnapshot()).toBe(one.getSnapshot())
  })

  test('when the last one ends, the tab is back where the other is, with its wish', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const one = await live()
    one.setIsEditing(true)
    await settled()
    const heard: string[] = []
    one.subscribe(() => heard.push(one.getSnapshot().status))
    const other = create({ pagePath: '/b' })
    await settled()
    expect(service.last().body).toMatchObject({ pagePath: '/b', isEditing: false })
    other.stop()
    await settled()

    expect(one.getSnapshot()).toMatchObject({ status: 'live', pagePath: '/a', isEditing: true })
    expect(service.last().body).toMatchObject({ pagePath: '/a', isEditing: true })
    expect(heard[0]).toBe('refused')
    expect(service.names()).not.toContain('leave')
  })
})

/* What came of a call, with the time that it takes. */
async function finished<T>(outcome: Promise<T>): Promise<T> {
  await settled()
  return outcome
}
