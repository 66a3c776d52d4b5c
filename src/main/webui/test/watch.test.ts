import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchPages, type PageWatch, type WatchOptions } from '../src/watch.js'
import { freshDocument, pass, settled, setVisible } from './browser.js'
import { forbidden, json, problem, stranger } from './fake-service.js'

/* B1: who is on the pages of a list. */

interface Question {
  url: string
  body: { pages: string[]; known?: string; isListed?: false }
  init: RequestInit
}

const ana = { id: 'ana', name: 'Ana' }
const bob = { id: 'bob', name: 'Bob', avatar: 'https://example.org/bob.png' }

let asked: Question[]
let rows: Record<string, object>
let etag: string
let queue: (() => Response)[]
let spellings: Record<string, string> | undefined
let running: PageWatch[]

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0)
  freshDocument()
  asked = []
  rows = {}
  etag = 'v1'
  queue = []
  spellings = undefined
  running = []
})

afterEach(() => {
  for (const watch of running) watch.close()
  vi.useRealTimers()
})

const fetch = ((url: string, init: RequestInit) => {
  const body = JSON.parse(String(init.body)) as Question['body']
  asked.push({ url, body, init })
  return Promise.resolve((queue.shift() ?? (() => answer(body)))())
}) as typeof globalThis.fetch

function answer({ pages, known }: Question['body']): Response {
  if (known === etag) return json(200, { etag, nextLookupMs: 15_000 })
  const told = pages.map((page) => rows[spellings?.[page] ?? page]).filter(Boolean)
  return json(200, { etag, pages: told, ...(spellings && { spellings }), nextLookupMs: 15_000 })
}

function open(options: Partial<WatchOptions> = {}): PageWatch {
  const watch = watchPages({ pages: ['/t/7', '/t/8'], fetch, ...options })
  running.push(watch)
  return watch
}

async function live(options: Partial<WatchOptions> = {}): Promise<PageWatch> {
  const watch = open(options)
  await settled()
  return watch
}

function put(pagePath: string, more: object = { viewerCount: 1, viewers: [ana] }) {
  rows[pagePath] = { pagePath, ...more }
}

const named = (watch: PageWatch) =>
  Object.fromEntries(
    [...watch.getSnapshot().rows].map(([page, { viewers }]) => [page, viewers.map(({ name }) => name)]),
  )

describe('B1: watchPages', () => {
  test('tells who is on which of the pages, and nothing of the others', async () => {
    put('/t/7', { viewerCount: 5, editorUserId: 'bob', viewers: [bob, ana] })
    const watch = open()
    expect(watch.getSnapshot()).toMatchObject({ status: 'connecting', problem: undefined })
    await settled()

    expect(watch.getSnapshot().status).toBe('live')
    expect([...watch.getSnapshot().rows]).toEqual([
      [
        '/t/7',
        {
          pagePath: '/t/7',
          level: 'names',
          viewers: [bob, ana],
          viewerCount: 5,
          editorUserId: 'bob',
          isEdited: true,
        },
      ],
    ])
    expect(asked.map(({ url, body }) => [url, body])).toEqual([
      ['/api/presence/lookup', { pages: ['/t/7', '/t/8'] }],
    ])
  })

  test('each level is told as what it is', async () => {
    put('/t/7', { level: 'count', viewerCount: 7, isEdited: true })
    put('/t/8', { level: 'initials', viewerCount: 1, viewers: [{ id: 'k2', initials: 'AL' }] })
    const { rows } = (await live()).getSnapshot()

    expect(rows.get('/t/7')).toMatchObject({ level: 'count', viewerCount: 7, viewers: [], isEdited: true })
    expect(rows.get('/t/8')).toMatchObject({
      level: 'initials',
      viewers: [{ id: 'k2', name: '', initials: 'AL' }],
    })
  })

  test('asks again when the service says so, with what it knows, and what is not news tells nobody', async () => {
    put('/t/7')
    const watch = await live()
    const before = watch.getSnapshot()
    const heard = vi.fn()
    watch.subscribe(heard)
    await pass(15_000)

    expect(asked[1]!.body).toEqual({ pages: ['/t/7', '/t/8'], known: 'v1' })
    expect(heard).not.toHaveBeenCalled()
    expect(watch.getSnapshot()).toBe(before)
    put('/t/8', { viewerCount: 1, viewers: [bob] })
    etag = 'v2'
    await pass(15_000)
    expect(heard).toHaveBeenCalledOnce()
    expect(named(watch)).toEqual({ '/t/7': ['Ana'], '/t/8': ['Bob'] })
  })

  test('who looks up while an answer is awaited gets one more soon after it, and the watch goes on', async () => {
    const watch = open()
    vi.advanceTimersByTime(0)
    watch.refresh()
    await settled()
    await pass(1_000)
    expect(asked).toHaveLength(2)

    await pass(15_000)
    expect(asked).toHaveLength(3)
  })

  test('a page has the name that the application gave it', async () => {
    put('/t/%C3%A9')
    spellings = { '/t/é/': '/t/%C3%A9' }

    expect(named(await live({ pages: ['/t/é/', '/t/%C3%A9'] }))).toEqual({
      '/t/é/': ['Ana'],
      '/t/%C3%A9': ['Ana'],
    })
  })

  test('asks for other pages soon, for those of a moment together, and never with the version of other pages', async () => {
    const watch = await live()
    await pass(5_000)
    watch.setPages(['/t/9'])
    watch.setPages(['/t/9', '/t/10'])
    await pass(100)
    expect(asked).toHaveLength(2)
    expect(asked[1]!.body).toEqual({ pages: ['/t/9', '/t/10'] })

    watch.setPages(['/t/11'])
    await pass(500)
    expect(asked).toHaveLength(2)
    await pass(500)
    expect(asked[2]!.body).toEqual({ pages: ['/t/11'] })
    watch.setPages(['/t/11'])
    await pass(5_000)
    expect(asked).toHaveLength(3)
  })

  test('a function is asked before each lookup, and no page of it asks the service nothing', async () => {
    let pages: string[] = []
    const watch = await live({ pages: () => pages })
    expect(asked).toHaveLength(0)
    expect(watch.getSnapshot().status).toBe('live')

    pages = ['/t/7', '/t/7']
    await pass(1_000)
    expect(asked[0]!.body).toEqual({ pages: ['/t/7'] })
  })

  test('two hundred pages are asked for, and not one more', async () => {
    await live({ pages: Array.from({ length: 250 }, (_, number) => `/t/${number}`) })

    expect(asked[0]!.body.pages).toHaveLength(200)
  })

  test('one bad link takes no other row away', async () => {
    put('/t/7')
    const violations = [{ field: 'pages[1]', message: 'must be an absolute path' }]
    queue.push(() => problem(400, {}, { violations }))
    const watch = await live({ pages: ['/t/7', 'bad'] })
    await pass(1)

    expect(asked[1]!.body).toEqual({ pages: ['/t/7'] })
    expect(watch.getSnapshot()).toMatchObject({ status: 'live', problem: { violations } })
    expect(named(watch)).toEqual({ '/t/7': ['Ana'] })
  })

  test('sends the token and the grant, and hides itself where that is wanted', async () => {
    await live({ token: () => 'abc', grant: () => 'signed', isListed: false, baseUrl: 'https://p.example' })

    const [{ url, init, body }] = asked as [Question]
    expect(url).toBe('https://p.example/api/presence/lookup')
    expect(init.headers).toMatchObject({ Authorization: 'Bearer abc', 'Presence-Grant': 'signed' })
    expect(init.credentials).toBe('same-origin')
    expect(body.isListed).toBe(false)
  })

  test('a hidden page asks nothing, and at once when it is shown again', async () => {
    await live()
    setVisible(false)
    await pass(60_000)
    expect(asked).toHaveLength(1)

    setVisible(true)
    await settled()
    expect(asked).toHaveLength(2)
    setVisible(false)
    setVisible(true)
    await settled()
    expect(asked).toHaveLength(2)
    await pass(15_000)
    expect(asked).toHaveLength(3)
  })

  test('an outage keeps what is shown, and is waited for longer and longer', async () => {
    put('/t/7')
    const watch = await live()
    queue.push(
      () => stranger(502),
      () => stranger(502),
      () => stranger(502),
    )
    await pass(15_000)

    expect(watch.getSnapshot()).toMatchObject({ status: 'reconnecting', problem: { status: 502 } })
    expect(named(watch)).toEqual({ '/t/7': ['Ana'] })
    await pass(500)
    expect(asked).toHaveLength(3)
    await pass(1_000)
    expect(asked).toHaveLength(4)
    await pass(2_000)
    expect(watch.getSnapshot().status).toBe('live')
  })

  test('a pause that the service asked for is kept', async () => {
    const watch = await live()
    queue.push(() => problem(503, { 'Retry-After': '5' }))
    await pass(15_000)
    watch.refresh()
    watch.setPages(['/t/9'])
    await pass(4_900)
    expect(asked).toHaveLength(2)

    await pass(200)
    expect(asked).toHaveLength(3)
  })

  test('without a session nobody is shown, once a fresh token has not helped', async () => {
    put('/t/7')
    const watch = await live()
    queue.push(
      () => problem(401),
      () => problem(401),
    )
    await pass(15_001)

    expect(asked).toHaveLength(3)
    expect(watch.getSnapshot()).toMatchObject({ status: 'signed-out' })
    expect(named(watch)).toEqual({})
    watch.refresh()
    await pass(1_000)
    expect(watch.getSnapshot().status).toBe('live')
    expect(named(watch)).toEqual({ '/t/7': ['Ana'] })
  })

  test.each([
    ['forbidden', forbidden],
    ['refused', () => problem(400)],
  ] as const)('a refusal is %s and says why', async (status, response) => {
    queue.push(response)
    const watch = await live()

    expect(watch.getSnapshot()).toMatchObject({ status })
    expect(watch.getSnapshot().problem).toBeDefined()
    await pass(100_000)
    expect(watch.getSnapshot().status).toBe('live')
  })

  test('a service that never answers, and a token that never comes, are outages', async () => {
    const watch = open({ token: () => new Promise(() => undefined) })
    await pass(10_000)

    expect(watch.getSnapshot().status).toBe('reconnecting')
  })

  test('a 200 that is none of ours is an outage', async () => {
    queue.push(() => json(200, { hello: 'world' }))

    expect((await live()).getSnapshot().status).toBe('reconnecting')
  })

  test('a closed watch shows nobody, asks nothing and tells nothing more', async () => {
    put('/t/7')
    const watch = await live()
    const heard = vi.fn()
    watch.subscribe(heard)
    watch.close()
    watch.close()
    watch.refresh()
    watch.setPages(['/t/9'])
    await pass(60_000)

    expect(watch.getSnapshot()).toMatchObject({ status: 'closed' })
    expect(watch.getSnapshot().rows.size).toBe(0)
    expect(heard).toHaveBeenCalledOnce()
    expect(asked).toHaveLength(1)
  })
})
