import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPresence, PagePresence as LatePresence, type PagePresence } from '../src/element.js'
import type { PresenceState, PresenceViewer } from '../src/index.js'
import type { Visible } from '../src/ui/people.js'
import { freshDocument, pass, settled } from './browser.js'
import { ana, bob, FakeService, problem } from './fake-service.js'

let service: FakeService

beforeEach(() => {
  vi.useFakeTimers()
  freshDocument()
  service = new FakeService()
  vi.stubGlobal('fetch', service.fetch)
})

const start = location.pathname

afterEach(async () => {
  history.replaceState(null, '', start)
  document.body.replaceChildren()
  await pass(20_000)
  vi.useRealTimers()
})

function place(html = '<page-presence page="/a"></page-presence>'): PagePresence {
  document.body.innerHTML = html
  return document.querySelector('page-presence')!
}

function showing(state: Visible): PagePresence {
  const element = document.createElement('page-presence')
  element.state = state
  document.body.append(element)
  return element
}

const find = (element: PagePresence, selector: string) =>
  element.shadowRoot!.querySelector<HTMLElement>(selector)
const all = (element: PagePresence, selector: string) => [
  ...element.shadowRoot!.querySelectorAll<HTMLElement>(selector),
]
const labels = (element: PagePresence) =>
  all(element, '.list [role=img]').map((face) => face.getAttribute('aria-label'))
const overflow = (element: PagePresence) => find(element, 'button')!
const popup = (element: PagePresence) => find(element, '.popup')!
const said = (element: PagePresence) => find(element, '[role=status]')!.textContent
const point = (element: PagePresence, type: string) => element.dispatchEvent(new Event(type))
const people = (count: number): PresenceViewer[] =>
  Array.from({ length: count }, (_, i) => ({ id: `u${i}`, name: `Person ${i}`, tabCount: 1 }))

describe('typing', () => {
  test('shows dots in place of the pencil, and is said in words', () => {
    const state = { viewers: [{ ...bob, section: 'intro' }], editorUserId: bob.id }
    const element = showing(state)
    expect(find(element, '.typing')!.hidden).toBe(true)
    expect(find(element, '.glyph')!.hidden).toBe(false)
    element.state = { ...state, viewers: [{ ...bob, section: 'intro', typing: true }] }

    expect(find(element, '.typing')!.hidden).toBe(false)
    expect(find(element, '.glyph')!.hidden).toBe(true)
    expect(labels(element)).toEqual(['Bob Stone, editing, in intro, typing'])
  })
})

describe('<page-presence> and its presence', () => {
  test('joins the page it names, and shows who is there', async () => {
    service.viewers = [bob, ana]
    const element = place()
    await settled()

    expect(service.last()).toMatchObject({
      name: 'join',
      url: '/api/presence/join',
      body: { pagePath: '/a' },
    })
    expect(labels(element)).toEqual(['You', 'Bob Stone'])
  })

  test('without a page it is the page of the address bar', async () => {
    place('<page-presence></page-presence>')
    await settled()

    expect(service.last().body.pagePath).toBe(location.pathname)
  })

  test('follows its attributes', async () => {
    const element = place('<page-presence page="/a" base-url="https://one.example"></page-presence>')
    await settled()
    element.setAttribute('page', '/b')
    await settled()
    element.setAttribute('base-url', 'https://two.example')
    await settled()

    expect(service.calls.map(({ url, body }) => [url, body.pagePath])).toEqual([
      ['https://one.example/api/presence/join', '/a'],
      ['https://one.example/api/presence/join', '/b'],
      ['https://one.example/api/presence/leave', '/b'],
      ['https://two.example/api/presence/join', '/b'],
    ])
  })

  test('leaves when it is removed, and joins again when it is put back', async () => {
    const element = place()
    await settled()
    element.remove()
    await pass(100)
    expect(service.names()).toEqual(['join', 'leave'])
    await pass(60_000)
    expect(service.calls).toHaveLength(2)

    document.body.append(element)
    await settled()
    expect(service.names()).toEqual(['join', 'leave', 'join'])
  })

  test('stays when it is only moved within the document', async () => {
    const element = place('<main></main><page-presence page="/a"></page-presence>')
    await settled()
    document.querySelector('main')!.append(element)
    await settled()

    expect(service.names()).toEqual(['join'])
  })

  test('stays when it is put back after an await or two, and by the page it comes back to', async () => {
    const element = place('<page-presence></page-presence>')
    await settled()
    element.remove()
    await pass(50)
    history.pushState(null, '', '/spa/meanwhile')
    await pass(40)
    document.body.append(element)
    await pass(1_000)

    expect(service.calls.map(({ name, body }) => [name, body.pagePath])).toEqual([
      ['join', start],
      ['join', '/spa/meanwhile'],
    ])
  })

  test('joins never when it comes and goes at once, before a kept one takes its place', async () => {
    const kept = place()
    await settled()
    kept.remove()
    place().replaceWith(kept)
    await pass(1_000)

    expect(service.names()).toEqual(['join'])
  })

  test.each(['attribute first', 'property first'])(
    'waits for the presence that its attribute announces, %s',
    async (order) => {
      const element = place('<page-presence presence="[object Object]"></page-presence>')
      await pass(1_000)
      expect(service.calls).toEqual([])
      expect(element.hasAttribute('empty')).toBe(true)
      const presence = createPresence({ pagePath: '/given' })
      element.presence = presence
      if (order === 'property first') element.setAttribute('presence', '')
      await settled()
      expect(labels(element)).toEqual(['You'])
      expect(service.names()).toEqual(['join'])

      presence.stop()
      element.presence = undefined
      await settled()
      expect(element.hasAttribute('empty')).toBe(true)
      element.removeAttribute('presence')
      await settled()
      expect(service.names()).toEqual(['join', 'leave', 'join'])
    },
  )

  test('offers its presence and its news to the page', async () => {
    const element = place()
    const news: PresenceState[] = []
    document.body.addEventListener('presencechange', (event) =>
      news.push((event as CustomEvent<PresenceState>).detail),
    )
    await settled()

    element.presence!.setIsEditing(true)
    await settled()

    expect(news.map((state) => [state.status, state.isEditing])).toEqual([
      ['live', false],
      ['live', true],
      ['live', true],
    ])
  })

  test('shows a presence that it was given, and does not stop it', async () => {
    const presence = createPresence({ pagePath: '/given' })
    const element = document.createElement('page-presence')
    element.presence = presence
    document.body.append(element)
    await settled()
    expect(labels(element)).toEqual(['You'])

    element.remove()
    await settled()
    expect(service.names()).toEqual(['join'])
    presence.stop()
  })

  test('takes a token for its requests', async () => {
    const element = place()
    element.token = () => 'secret'
    await settled()

    expect(service.last()).toMatchObject({ name: 'join', headers: { Authorization: 'Bearer secret' } })
    expect(service.names()).toEqual(['join'])
  })

  // I8
  test.each(['a property alone', 'an attribute beside it'])(
    'joins never by itself when it is loaded after it was given a presence: %s',
    async (how) => {
      const tag = `late-${how.split(' ')[1]}`
      document.body.innerHTML = `<${tag}></${tag}>`
      const element = document.querySelector(tag)! as PagePresence
      const presence = createPresence({ pagePath: '/a' })
      if (how.startsWith('an')) element.setAttribute('presence', '[object Object]')
      Object.assign(element, { presence })
      customElements.define(tag, class extends LatePresence {})
      await settled()

      expect(labels(element)).toEqual(['You'])
      expect(service.names()).toEqual(['join'])
      expect(service.last().body.pagePath).toBe('/a')
      presence.stop()
    },
  )

  // I8
  test('joins never by itself while it is to be given a presence, and warns when that does not come', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    // As React writes it before the element is defined.
    const element = place('<page-presence presence="[object Object]"></page-presence>')
    const late = place('<page-presence presence="[object Object]"></page-presence>')
    const presence = createPresence({ pagePath: '/a' })
    await pass(1_000)
    late.presence = presence
    await pass(10_000)

    expect(service.names()).toEqual(['join'])
    expect(labels(late)).toEqual(['You'])
    expect(warned).not.toHaveBeenCalled()
    document.body.append(element)
    await pass(10_000)
    expect(service.names()).toEqual(['join', 'heartbeat'])
    expect(warned).toHaveBeenCalledOnce()
    expect(warned.mock.calls[0]![0]).toContain('was given no presence')
    presence.stop()
    warned.mockRestore()
  })

  test('of another origin waits for the token that a later script brings', async () => {
    const state = vi.spyOn(document, 'readyState', 'get').mockReturnValue('interactive')
    const html = '<page-presence page="/a" base-url="https://one.example"></page-presence>'
    const element = place(html)
    await settled()
    expect(service.calls).toEqual([])
    element.token = () => 'secret'
    await settled()
    expect(service.last().headers.Authorization).toBe('Bearer secret')

    const bare = place(html)
    await pass(1_000)
    expect(service.names()).toEqual(['join', 'leave'])
    document.dispatchEvent(new Event('DOMContentLoaded'))
    await settled()
    expect(service.names()).toEqual(['join', 'leave', 'join'])

    bare.remove()
    await pass(1_000)
    const asked = place(html)
    await settled()
    expect(service.names()).toEqual(['join', 'leave', 'join', 'leave'])
    // Who asks for the presence needs it now.
    asked.presence!.setIsEditing(true)
    await settled()
    expect(service.last()).toMatchObject({ name: 'join', body: { isEditing: true } })
    state.mockRestore()
  })

  test('asks nobody while it is given a state', async () => {
    const element = showing({ viewers: [bob] })
    await pass(60_000)

    expect(labels(element)).toEqual(['Bob Stone'])
    expect(element.presence).toBeUndefined()
    expect(service.calls).toEqual([])
  })
})

describe('<page-presence> without a page', () => {
  /* A browser with the Navigation API tells of each change, one without it of some. */
  const browsers: [string, EventTarget | undefined, number][] = [
    ['with the Navigation API', new EventTarget(), 0],
    ['without it', undefined, 1_000],
  ]

  describe.each(browsers)('in a browser %s', (_, navigation, delay) => {
    beforeEach(() => {
      Object.defineProperty(document.defaultView, 'navigation', { configurable: true, value: navigation })
    })
    afterEach(() => Reflect.deleteProperty(document.defaultView!, 'navigation'))

    async function go(address: string, how: 'pushState' | 'replaceState' = 'pushState') {
      history[how](null, '', address)
      navigation?.dispatchEvent(new Event('currententrychange'))
      await pass(delay)
    }
    const pages = () => service.calls.map(({ body }) => body.pagePath)

    test('follows the address, as often as it changes', async () => {
      place('<page-presence></page-presence>')
      await settled()
      await go('/spa/one')
      await go('/spa/two', 'replaceState')
      await go('/spa/two?tab=2#intro')

      expect(pages()).toEqual([start, '/spa/one', '/spa/two'])
      expect(service.names()).toEqual(['join', 'join', 'join'])
    })

    test('follows by query and fragment where these tell pages apart', async () => {
      const element = place('<page-presence page-query="post  rev" page-hash></page-presence>')
      await settled()
      await go('/edit.php?post=1&x=1')
      await go('/edit.php?x=2&post=1')
      await go('/edit.php?post=2&rev=9')
      await go('/app/#/docs/a')
      element.removeAttribute('page-hash')
      await settled()

      expect(pages()).toEqual([
        start,
        '/edit.php/%3Fpost=1',
        '/edit.php/%3Fpost=2&rev=9',
        '/app/%23/docs/a',
        '/app/',
      ])
    })

    test('is on the page that it is told, until it is told of none', async () => {
      const element = place('<page-presence></page-presence>')
      await settled()
      element.page = '/named'
      await go('/spa/one')
      expect(element.page).toBe('/named')
      element.page = null
      await settled()
      await go('/spa/two')

      expect(pages()).toEqual([start, '/named', '/spa/one', '/spa/two'])
    })

    test('follows no more once it is gone, or shows what it was given', async () => {
      const element = place('<page-presence></page-presence>')
      await settled()
      element.remove()
      await pass(100)
      const given = document.createElement('page-presence')
      given.state = { viewers: [bob] }
      document.body.append(given)
      const before = service.calls.length
      await go('/spa/one')

      expect(service.calls).toHaveLength(before)
    })
  })

  test.each(['popstate', 'hashchange', 'pageshow'])('asks the address at once on %s', async (type) => {
    place('<page-presence></page-presence>')
    await settled()
    history.pushState(null, '', '/spa/one')
    window.dispatchEvent(new Event(type))
    await settled()

    expect(service.last().body.pagePath).toBe('/spa/one')
  })

  test('takes a page that was set before it was defined', async () => {
    const early = { page: '/early' }
    const element = document.createElement('page-presence')
    Object.assign(element, early)
    document.body.append(element)
    await settled()

    expect(service.last().body.pagePath).toBe('/early')
    expect(element.getAttribute('page')).toBe('/early')
  })
})

describe('what is seen', () => {
  test('nothing while nobody is there, also when signed out', async () => {
    const element = place()
    expect(element.hasAttribute('empty')).toBe(true)
    await settled()
    expect(element.hasAttribute('empty')).toBe(false)
    for (let i = 0; i < 3; i++) service.next(() => problem(401))
    await pass(15_000)

    expect(element.hasAttribute('empty')).toBe(true)
  })

  test('one list item per person, in a labelled list', () => {
    const element = showing({ viewers: [ana, bob, ...people(1)], self: ana })

    expect(find(element, 'ul')!.getAttribute('aria-label')).toBe('3 people viewing this page')
    expect(all(element, '.list > li')).toHaveLength(3)
    expect(
      all(element, '.list [role=img]').map((face) => face.querySelector('.initials')!.textContent),
    ).toEqual(['AR', 'BS', 'P0'])
  })

  test('tabs by a badge, the editor by a ring and a glyph, away by dimming, all of them said', () => {
    const element = showing({
      viewers: [{ ...ana, tabCount: 3 }, bob, { id: 'c', name: 'Cleo', tabCount: 1, away: true }],
      editorUserId: bob.id,
    })

    expect(labels(element)).toEqual(['Ana Reis, 3 tabs', 'Bob Stone, editing', 'Cleo, away'])
    expect(all(element, '.badge').map((badge) => !badge.hidden && badge.textContent)).toEqual([
      '3',
      false,
      false,
    ])
    expect(all(element, '.glyph').map((glyph) => !glyph.hidden)).toEqual([false, true, false])
    expect(all(element, '.list > li').map((item) => item.getAttribute('part'))).toEqual([
      'person',
      'person editor',
      'person away',
    ])
  })

  test('a picture over the initials, without referrer or words of its own, and the initials when it fails', () => {
    const element = showing({ viewers: [{ ...bob, avatar: 'https://pictures.example/bob.png' }] })
    const image = find(element, 'img')!
    expect(image.getAttribute('src')).toBe('https://pictures.example/bob.png')
    expect(image.getAttribute('alt')).toBe('')
    expect(image.getAttribute('referrerpolicy')).toBe('no-referrer')

    image.dispatchEvent(new Event('error'))
    expect(find(element, 'img')).toBeNull()
    element.state = { viewers: [{ ...bob, avatar: 'https://pictures.example/bob.png', tabCount: 2 }] }

    expect(find(element, 'img')).toBeNull()
    expect(find(element, '.initials')!.textContent).toBe('BS')
  })

  test.each([
    'https://my_bucket.s3.example.com/a.png',
    'https://bücher.example/a b|c^d.png',
    'https://[2001:db8::1]:8443/a.png?x=[0]',
  ])('the picture at %s, as it stands', (avatar) => {
    const element = showing({ viewers: [{ ...bob, avatar }] })

    expect(find(element, 'img')!.getAttribute('src')).toBe(avatar)
  })

  test('names as text, never as markup', () => {
    const element = showing({ viewers: [{ id: 'x', name: '<img src=x onerror=alert(1)>', tabCount: 1 }] })
    overflow(element).click()
    find(element, '.bar')!.click()

    expect(all(element, 'img')).toEqual([])
    expect(find(element, '.row .words')!.textContent).toContain('<img src=x')
  })

  test('"Reconnecting" after 5 s of outage, not at once', async () => {
    service.viewers = [ana, bob]
    const element = place()
    await settled()
    for (let i = 0; i < 5; i++) service.next(() => Promise.reject(new TypeError()))
    await pass(15_000)
    const status = find(element, '.status')!
    expect(status.hidden).toBe(true)

    await pass(5_000)
    expect(status.hidden).toBe(false)
    expect(status.textContent).toBe('Reconnecting…')
    expect(labels(element)).toEqual(['You', 'Bob Stone'])
    await pass(30_000)
    expect(status.hidden).toBe(true)
  })

  test('a short outage is not shown at all', async () => {
    const element = place()
    await settled()
    service.next(() => Promise.reject(new TypeError()))
    await pass(30_000)

    expect(find(element, '.status')!.hidden).toBe(true)
  })

  test('the words of the page', () => {
    const element = showing({ viewers: [ana, bob], self: ana })
    element.texts = { you: 'Tú', people: (count) => `${count} personas en esta página` }

    expect(labels(element)).toEqual(['Tú', 'Bob Stone'])
    expect(find(element, 'ul')!.getAttribute('aria-label')).toBe('2 personas en esta página')
  })

  test('a style sheet that a strict content security policy allows', () => {
    const element = showing({ viewers: [ana] })

    expect(element.shadowRoot!.adoptedStyleSheets).toHaveLength(1)
    expect(all(element, 'style')).toEqual([])
  })
})

describe('the overflow', () => {
  test('+N is the only tab stop, and opens a list with all names', () => {
    const element = showing({ viewers: people(9), viewerCount: 12 })
    element.setAttribute('max', '4')
    expect(labels(element)).toHaveLength(3)
    expect(overflow(element).textContent).toBe('+9')
    expect(overflow(element).getAttribute('aria-label')).toBe('9 more, show everyone')
    expect(popup(element).hidden).toBe(true)

    overflow(element).click()

    expect(popup(element).hidden).toBe(false)
    expect(overflow(element).getAttribute('aria-expanded')).toBe('true')
    expect(popup(element).getAttribute('aria-label')).toBe('Everyone on this page')
    expect(all(element, '.row .words > [part=name]').map((name) => name.textContent)).toEqual(
      people(9).map(({ name }) => name),
    )
    expect(find(element, '.unlisted')!.textContent).toBe('and 3 more')
    expect(element.shadowRoot!.activeElement).toBe(popup(element))
  })

  test('the list is whole for those who open it by pointer, each time', () => {
    const element = showing({ viewers: people(9) })
    const names = () => all(element, '.row [part=name]').map((name) => name.textContent)
    point(element, 'pointermove')

    overflow(element).click()
    expect(names()).toEqual(people(9).map(({ name }) => name))
    overflow(element).click()
    element.state = { viewers: people(8) }
    overflow(element).click()

    expect(names()).toEqual(people(8).map(({ name }) => name))
  })

  test('Escape closes the list and gives the focus back', () => {
    const element = showing({ viewers: people(9) })
    overflow(element).click()

    popup(element).dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }),
    )

    expect(popup(element).hidden).toBe(true)
    expect(overflow(element).getAttribute('aria-expanded')).toBe('false')
    expect(element.shadowRoot!.activeElement).toBe(overflow(element))
  })

  test('a press elsewhere closes the list, one within it does not', () => {
    const element = showing({ viewers: people(9) })
    overflow(element).click()

    popup(element).dispatchEvent(new Event('pointerdown', { bubbles: true, composed: true }))
    expect(popup(element).hidden).toBe(false)
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true, composed: true }))

    expect(popup(element).hidden).toBe(true)
  })

  test('few people need no button that is seen, and a click on them tells their names to those who can not hover', () => {
    const element = showing({ viewers: [ana, bob] })
    expect(overflow(element).className).toBe('unseen')

    find(element, '.avatar')!.click()

    expect(popup(element).hidden).toBe(false)
    expect(overflow(element).className).toBe('unseen')
    find(element, '.avatar')!.click()
    expect(popup(element).hidden).toBe(true)
  })

  // WCAG 2.1.1: what a pointer does, a keyboard does too.
  test('and they are reached without a pointer', () => {
    const element = showing({ viewers: [ana, bob] })
    const button = overflow(element)
    expect(button.hidden).toBe(false)
    expect(button.tabIndex).toBe(0)
    expect(button.getAttribute('aria-label')).toBe('Show everyone')
    button.focus()
    button.click()

    expect(all(element, '.row [part=name]').map((name) => name.textContent)).toEqual([
      'Ana Reis',
      'Bob Stone',
    ])
    expect(element.shadowRoot!.activeElement).toBe(popup(element))
    expect(popup(element).classList.contains('pointed')).toBe(false)
    popup(element).dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    expect(element.shadowRoot!.activeElement).toBe(button)
  })

  test('the list has no ring for who opens it by pointer', () => {
    const element = showing({ viewers: [ana, bob] })
    find(element, '.avatar')!.dispatchEvent(new MouseEvent('click', { detail: 1, bubbles: true }))

    expect(popup(element).classList.contains('pointed')).toBe(true)
  })

  test('nobody there, nothing to open', () => {
    const element = showing({ viewers: [], self: ana, level: 'count', viewerCount: 2 })
    element.setAttribute('hide-self', '')

    expect(overflow(element).hidden).toBe(true)
  })

  test('the open list follows the page', () => {
    const element = showing({ viewers: people(9) })
    overflow(element).click()

    element.state = { viewers: [...people(8), bob] }

    expect(
      all(element, '.row .words > [part=name]')
        .map((name) => name.textContent)
        .slice(-2),
    ).toEqual(['Person 7', 'Bob Stone'])
  })
})

describe('nothing is redrawn under pointer or focus', () => {
  test('who is there keeps their node, whatever changes about them', () => {
    const element = showing({ viewers: [ana, bob] })
    const [anaNode, bobNode] = all(element, '.list > li')

    element.state = { viewers: [ana, { ...bob, tabCount: 2 }, ...people(1)], editorUserId: bob.id }
    expect(all(element, '.list > li').slice(0, 2)).toEqual([anaNode, bobNode])
    element.state = { viewers: [bob] }

    expect(all(element, '.list > li')).toEqual([bobNode])
  })

  test('under the pointer nobody comes, goes or moves; what they do is shown at once', () => {
    const element = showing({ viewers: [ana, bob] })
    point(element, 'pointermove')

    element.state = { viewers: [bob, ...people(1)], editorUserId: bob.id }
    expect(labels(element)).toEqual(['Ana Reis', 'Bob Stone, editing'])
    point(element, 'pointerleave')

    expect(labels(element)).toEqual(['Bob Stone, editing', 'Person 0'])
  })

  test('a pointer that rests for 10 s holds nothing up', async () => {
    const element = showing({ viewers: [ana, bob] })
    point(element, 'pointermove')
    element.state = { viewers: [bob] }

    await pass(10_000)

    expect(labels(element)).toEqual(['Bob Stone'])
  })

  test('the button keeps the focus when there is no +N any more', () => {
    const element = showing({ viewers: people(9) })
    overflow(element).focus()

    element.state = { viewers: people(2) }

    expect(element.shadowRoot!.activeElement).toBe(overflow(element))
    expect(overflow(element).className).toBe('unseen')
  })
})

describe('what is announced', () => {
  test('the editor, politely; not who comes and goes', async () => {
    const element = showing({ viewers: [ana, bob], self: ana })
    await pass(1_000)
    element.state = { viewers: [ana, bob, ...people(3)], self: ana }
    await pass(20_000)
    expect(said(element)).toBe('')

    element.state = { viewers: [ana, bob], self: ana, editorUserId: bob.id }
    await pass(500)

    expect(find(element, '[role=status]')!.getAttribute('aria-live')).toBe('polite')
    expect(said(element)).toBe('Bob Stone is editing this page')
    element.state = { viewers: [ana, bob], self: ana }
    expect(said(element)).toBe('')
  })

  test('at most once in 10 s, and then the editor of that moment', async () => {
    const element = showing({ viewers: [ana, bob, ...people(1)], editorUserId: bob.id, self: ana })
    await pass(500)
    expect(said(element)).toBe('Bob Stone is editing this page')

    element.state = { viewers: [ana, bob, ...people(1)], editorUserId: 'u0', self: ana }
    await pass(5_000)
    element.state = { viewers: [ana, bob, ...people(1)], editorUserId: ana.id, self: ana }
    await pass(4_999)
    expect(said(element)).toBe('Bob Stone is editing this page')
    await pass(1)

    expect(said(element)).toBe('You are editing this page')
  })

  test('a refusal that the user caused, as an alert and at once', async () => {
    service.viewers = [ana, bob]
    service.editorUserId = bob.id
    service.editing = { granted: false, editorUserId: bob.id, position: 1 }
    const element = place()
    await settled()
    const alert = find(element, '[role=alert]')!
    expect(alert.textContent).toBe('')

    element.presence!.setIsEditing(true)
    await settled()

    expect(alert.textContent).toBe('Bob Stone is editing this page. You are next in line.')
    service.editing = { granted: true, fence: 9 }
    service.editorUserId = ana.id
    service.etag = 'v2'
    await pass(15_000)
    expect(alert.textContent).toBe('')
  })

  test.each([
    ['\u200b\u200b', 'Someone'],
    ['\u3164', 'Someone'],
    ['\u2800', 'Someone'],
    ['', 'Someone'],
    ['You', 'You (another person)'],
    ['Ann \u202enimda', 'Ann nimda'],
    ['آنا', 'آنا'],
    ['Ann\u2069\u2068Bob', 'Ann Bob'],
  ])('a sentence with a name, of one called %j', async (name, called) => {
    const element = showing({ viewers: [ana, { ...bob, name }], editorUserId: bob.id, self: ana })
    await pass(500)

    expect(said(element)).toBe(`${called} is editing this page`)
    expect(find(element, '[role=status] bdi')!.textContent).toBe(called)
  })

  test('nothing of the user as of somebody else, when their own other tab edits', () => {
    const editing = { granted: false, editorUserId: ana.id, position: 1 } as const
    const element = showing({
      viewers: [ana, bob],
      self: ana,
      isEditing: true,
      editing,
      editorUserId: ana.id,
    })

    expect(find(element, '[role=alert]')!.textContent).toBe(
      'You are editing this page in another tab. You are next in line.',
    )
  })

  test('nothing after the element is gone', async () => {
    const element = showing({ viewers: [ana, bob], editorUserId: bob.id })
    element.remove()
    await pass(20_000)

    expect(said(element)).toBe('')
    expect(vi.getTimerCount()).toBe(0)
  })
})
