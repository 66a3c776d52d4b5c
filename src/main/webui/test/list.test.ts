import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PagePresenceList } from '../src/list.js'
import '../src/list.js'
import { freshDocument, pass } from './browser.js'
import { json, problem } from './fake-service.js'

/* B1: the faces in the rows of a list. */

let asked: string[][]
let rows: Record<string, object>
let respond: (() => Response) | undefined

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0)
  freshDocument()
  asked = []
  rows = {}
  respond = undefined
  // happy-dom has one that never sees anything.
  vi.stubGlobal('IntersectionObserver', undefined)
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    const { pages } = JSON.parse(String(init.body)) as { pages: string[] }
    asked.push(pages)
    const told = pages.map((page) => rows[page]).filter(Boolean)
    return Promise.resolve(respond?.() ?? json(200, { etag: 'v1', pages: told, nextLookupMs: 15_000 }))
  })
})

afterEach(() => {
  document.body.replaceChildren()
  vi.useRealTimers()
})

async function show(links: string): Promise<PagePresenceList> {
  document.body.innerHTML = `<page-presence-list>${links}</page-presence-list>`
  const list = document.querySelector('page-presence-list')!
  await pass(100)
  return list
}

const link = (page: string) => document.querySelector(`a[data-presence="${page}"]`)!
const facesOf = (page: string) => link(page).querySelector('page-presence-faces')
const drawn = (page: string) =>
  [...(facesOf(page)?.shadowRoot?.querySelectorAll('.face, .more') ?? [])].map((face) => face.textContent)
const words = (page: string) => facesOf(page)?.shadowRoot?.querySelector('.words')?.textContent

const ana = { id: 'ana', name: 'Ana Reis' }
const bob = { id: 'bob', name: 'Bob Stone', avatar: 'https://example.org/bob.png' }

const two = '<a data-presence="/t/7" href="/t/7">Seven</a> <a data-presence="/t/8" href="/t/8">Eight</a>'

describe('B1: <page-presence-list>', () => {
  test('marks each link whose page somebody is on, with faces and with words', async () => {
    rows['/t/7'] = { pagePath: '/t/7', viewerCount: 5, editorUserId: 'bob', viewers: [bob, ana] }
    const list = await show(two)

    expect(asked).toEqual([['/t/7', '/t/8']])
    expect(drawn('/t/7')).toEqual(['BS', 'AR', '+3'])
    expect(words('/t/7')).toBe('5 people are here: Bob Stone, editing; Ana Reis; and 3 more')
    expect(facesOf('/t/7')!.shadowRoot!.querySelector('img')!.src).toBe('https://example.org/bob.png')
    expect(facesOf('/t/8')).toBeNull()
    expect(list.getAttribute('status')).toBe('live')
  })

  test('each level is shown as what it is', async () => {
    rows['/t/7'] = { pagePath: '/t/7', level: 'count', viewerCount: 7, isEdited: true }
    rows['/t/8'] = {
      pagePath: '/t/8',
      level: 'initials',
      viewerCount: 1,
      viewers: [{ id: 'k2', initials: 'AL' }],
    }
    await show(two)

    expect(drawn('/t/7')).toEqual(['7'])
    expect(words('/t/7')).toBe('7 people are here, and the page is being edited')
    expect(drawn('/t/8')).toEqual(['AL'])
    expect(words('/t/8')).toBe('1 person is here: A person with the initials AL')
  })

  test('says nothing by itself: the words are a part of the link, and no region is live', async () => {
    rows['/t/7'] = { pagePath: '/t/7', viewerCount: 1, viewers: [ana] }
    const list = await show(two)
    const inside = facesOf('/t/7')!.shadowRoot!

    expect(inside.querySelector('[aria-live], [role=status], [role=alert]')).toBeNull()
    expect(list.querySelector('[aria-live]')).toBeNull()
    expect(inside.querySelector('.faces')!.getAttribute('aria-hidden')).toBe('true')
  })

  test('a link without a name for its page means the page behind it, unless that is another site’s', async () => {
    await show(
      '<a data-presence href="/t/9?tab=2#top">Nine</a><a data-presence href="https://other.example/t/9">Other</a>',
    )

    expect(asked).toEqual([['/t/9']])
  })

  test('rows that come, go or are others are followed', async () => {
    rows['/t/8'] = { pagePath: '/t/8', viewerCount: 1, viewers: [ana] }
    const list = await show('<a data-presence="/t/7" href="/t/7">Seven</a>')
    list.insertAdjacentHTML('beforeend', '<p><a data-presence="/t/8" href="/t/8">Eight</a></p>')
    await pass(1_100)
    expect(asked.at(-1)).toEqual(['/t/7', '/t/8'])
    expect(drawn('/t/8')).toEqual(['AR'])

    link('/t/7').remove()
    await pass(1_100)
    expect(asked.at(-1)).toEqual(['/t/8'])
    link('/t/8').setAttribute('data-presence', '/t/9')
    await pass(1_100)
    expect(asked.at(-1)).toEqual(['/t/9'])
    expect(drawn('/t/9')).toEqual([])
    const calls = asked.length
    await pass(5_000)
    expect(asked).toHaveLength(calls)
  })

  test('whose text the application replaces gets the faces again', async () => {
    rows['/t/7'] = { pagePath: '/t/7', viewerCount: 1, viewers: [ana] }
    await show(two)
    link('/t/7').textContent = 'Seven, renamed'
    await pass(100)

    expect(drawn('/t/7')).toEqual(['AR'])
  })

  test('only links in view are looked up', async () => {
    let look: (entries: object[]) => void = () => undefined
    const observed: Element[] = []
    class Observer {
      constructor(callback: typeof look) {
        look = callback
      }
      observe(target: Element) {
        observed.push(target)
      }
      unobserve() {
        // Nothing is told of it any more.
      }
      disconnect() {
        observed.length = 0
      }
    }
    vi.stubGlobal('IntersectionObserver', Observer)
    await show(two)
    expect(asked).toEqual([])
    expect(observed).toHaveLength(2)

    look([{ target: link('/t/8'), isIntersecting: true }])
    await pass(1_100)
    expect(asked).toEqual([['/t/8']])
    look([
      { target: link('/t/8'), isIntersecting: false },
      { target: link('/t/7'), isIntersecting: true },
    ])
    await pass(1_100)
    expect(asked.at(-1)).toEqual(['/t/7'])
  })

  test('nobody is shown when the session has ended, and the old is shown during an outage', async () => {
    rows['/t/7'] = { pagePath: '/t/7', viewerCount: 1, viewers: [ana] }
    const list = await show(two)
    respond = () => problem(503)
    await pass(15_000)
    expect(drawn('/t/7')).toEqual(['AR'])
    expect(list.getAttribute('status')).toBe('reconnecting')

    respond = () => problem(401)
    await pass(5_000)
    expect(drawn('/t/7')).toEqual([])
    expect(facesOf('/t/7')!.hasAttribute('empty')).toBe(true)
    expect(list.getAttribute('status')).toBe('signed-out')
  })

  test('other words, another service and a token are taken, and the state is told', async () => {
    rows['/t/7'] = { pagePath: '/t/7', viewerCount: 1, viewers: [ana] }
    const list = await show(two)
    const heard = vi.fn()
    list.addEventListener('presencelistchange', heard)
    list.texts = { here: (count) => `${count} da` }
    expect(words('/t/7')).toBe('1 da: Ana Reis')

    list.token = () => 'abc'
    await pass(1)
    list.setAttribute('base-url', 'https://p.example')
    await pass(1)
    expect(heard).toHaveBeenCalled()
    expect(asked).toHaveLength(3)
  })

  test('out of the document it asks nothing', async () => {
    const list = await show(two)
    list.remove()
    await pass(60_000)
    expect(asked).toHaveLength(1)
    expect(list.watch).toBeUndefined()

    document.body.append(list)
    await pass(1)
    expect(asked).toHaveLength(2)
  })
})
