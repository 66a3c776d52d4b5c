import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import '../src/element.js'
import type { PagePresence } from '../src/element.js'
import { freshDocument, pass, settled } from './browser.js'
import { ana, bob, FakeService } from './fake-service.js'

/* What <page-presence> shows of a page of which the user may not see all. */

let service: FakeService

beforeEach(() => {
  vi.useFakeTimers()
  freshDocument()
  service = new FakeService()
  vi.stubGlobal('fetch', service.fetch)
})

afterEach(async () => {
  document.body.replaceChildren()
  await pass(20_000)
  vi.useRealTimers()
})

async function joined(html = '<page-presence page="/a"></page-presence>'): Promise<PagePresence> {
  document.body.innerHTML = html
  await settled()
  return document.querySelector('page-presence')!
}

const find = (element: PagePresence, selector: string) =>
  element.shadowRoot!.querySelector<HTMLElement>(selector)
const labels = (element: PagePresence) =>
  [...element.shadowRoot!.querySelectorAll('.list [role=img]')].map((face) => face.getAttribute('aria-label'))
const isShown = (element: PagePresence) => getComputedStyle(element).display !== 'none'

// A6: what is withdrawn is hidden.
describe('a page that is not open to the user', () => {
  test('hides the element, which is back when the page is open', async () => {
    service.viewers = [ana, bob]
    const element = await joined()
    expect(isShown(element)).toBe(true)
    service.closed.add('/a')
    await pass(15_000)
    expect(element.hasAttribute('empty')).toBe(true)
    expect(isShown(element)).toBe(false)
    expect(labels(element)).toEqual([])

    service.closed.clear()
    await pass(90_000)
    expect(element.hasAttribute('empty')).toBe(false)
    expect(isShown(element)).toBe(true)
    expect(labels(element)).toEqual(['You', 'Bob Stone'])
  })

  test('shows nobody, also where a state names some', () => {
    const element = document.createElement('page-presence')
    element.state = { viewers: [bob], status: 'forbidden' }
    document.body.append(element)

    expect(element.hasAttribute('empty')).toBe(true)
  })

  test('a wish to edit that is not allowed is said at once, and once', async () => {
    const element = await joined()
    service.editing = { granted: false, forbidden: true }
    element.presence!.setIsEditing(true)
    await settled()
    const alert = find(element, '[role=alert]')!
    expect(alert.textContent).toBe('You may not edit this page.')

    const said = alert.firstChild
    await pass(30_000)
    expect(alert.firstChild).toBe(said)
    element.presence!.setIsEditing(false)
    expect(alert.textContent).toBe('')
  })

  test('in the page’s own words', async () => {
    const element = await joined()
    element.texts = { mayNotEdit: 'Nur Autoren schreiben hier.' }
    service.editing = { granted: false, forbidden: true }
    element.presence!.setIsEditing(true)
    await settled()

    expect(find(element, '[role=alert]')!.textContent).toBe('Nur Autoren schreiben hier.')
  })
})

// A5: an element of its own asks for grants.
test('a grant of the element goes with its calls, and another one joins anew', async () => {
  const element = await joined()
  element.grant = () => 'a.b.c'
  await settled()
  expect(service.last()).toMatchObject({ name: 'join', headers: { 'Presence-Grant': 'a.b.c' } })
  element.grant = undefined
  await settled()

  expect(service.last().name).toBe('join')
  expect(service.last().headers).not.toHaveProperty('Presence-Grant')
})

// A7: each form of a page has a look of its own.
describe('a form of a page', () => {
  const count = (element: PagePresence) => find(element, '.count')!
  const said = (element: PagePresence) => find(element, '[role=status]')!.textContent

  beforeEach(() => {
    service.viewers = [ana, bob]
  })

  test('count: the user, and how many people are here', async () => {
    service.level = 'count'
    const element = await joined()

    expect(labels(element)).toEqual(['You'])
    expect(count(element).textContent).toBe('2 people are here')
    expect(find(element, '.list')!.getAttribute('aria-label')).toBe('You are here')
    expect(find(element, 'button')!.className).toBe('unseen')

    service.editorUserId = bob.id
    service.etag = 'v2'
    await pass(15_000)
    expect(count(element).textContent).toBe('2 people are here, and the page is being edited')
    await pass(500)
    expect(said(element)).toBe('Someone is editing this page')
  })

  test('count without the user: the others, and no empty list', async () => {
    service.level = 'count'
    const element = await joined('<page-presence page="/a" hide-self></page-presence>')

    expect(count(element).textContent).toBe('1 other is here')
    expect(find(element, '.list')!.hidden).toBe(true)
    expect(isShown(element)).toBe(true)

    service.viewers = [ana]
    service.etag = 'v2'
    await pass(15_000)
    expect(isShown(element)).toBe(false)
  })

  test('count in the page’s own words', async () => {
    service.level = 'count'
    const element = await joined()
    element.texts = { here: (n, isEdited) => `${n} Leute${isEdited ? ', in Arbeit' : ''}` }

    expect(count(element).textContent).toBe('2 Leute')
  })

  test('count while the user edits: a pencil, and it is the user who is said to edit', async () => {
    service.level = 'count'
    const element = await joined()
    element.presence!.setIsEditing(true)
    service.editorUserId = ana.id
    service.etag = 'v2'
    await pass(15_000)

    expect(labels(element)).toEqual(['You, editing'])
    await pass(500)
    expect(said(element)).toBe('You are editing this page')
  })

  test('initials: people with letters and without names, one of whom is the user', async () => {
    service.level = 'initials'
    service.editorUserId = bob.id
    const element = await joined()

    expect(labels(element)).toEqual(['You', 'A person with the initials BS, editing'])
    expect(letters(element)).toEqual(['AR', 'BS'])
    expect(find(element, 'img')).toBeNull()
    expect(find(element, '.list')!.getAttribute('aria-label')).toBe('2 people viewing this page')
    await pass(500)
    expect(said(element)).toBe('A person with the initials BS is editing this page')
  })

  test('initials of a crowd in which the user is not listed: they see themselves first', async () => {
    service.level = 'initials'
    service.viewers = [bob]
    const element = await joined()

    expect(labels(element)).toEqual(['You', 'A person with the initials BS'])
  })

  test('initials in the page’s own words, and in the list of everybody', async () => {
    service.level = 'initials'
    service.viewers = [ana, ...['Bo Li', 'Cy Oh', 'Di Po'].map((name) => ({ ...bob, id: `u-${name}`, name }))]
    const element = await joined('<page-presence page="/a" max="2"></page-presence>')
    element.texts = { initialled: (letters) => `Jemand (${letters})` }
    find(element, 'button')!.click()

    expect(find(element, 'button')!.textContent).toBe('+3')
    const names = [...element.shadowRoot!.querySelectorAll('[part=name]')].map((node) => node.textContent)
    expect(names).toEqual(['You', 'Jemand (BL)', 'Jemand (CO)', 'Jemand (DP)'])
  })

  test('none: nothing but the user, and nothing at all without', async () => {
    service.level = 'none'
    service.editorUserId = bob.id
    const element = await joined()

    expect(labels(element)).toEqual(['You'])
    expect(count(element).hidden).toBe(true)
    await pass(500)
    expect(said(element)).toBe('')
    element.setAttribute('hide-self', '')
    expect(isShown(element)).toBe(false)
  })

  test('that changes is drawn anew: names, initials, count, none', async () => {
    const element = await joined()
    const shown: unknown[] = []
    for (const level of ['names', 'initials', 'count', 'none', 'names'] as const) {
      service.level = level
      service.etag = level
      await pass(15_000)
      shown.push([...labels(element), count(element).textContent])
    }

    expect(shown).toEqual([
      ['You', 'Bob Stone', ''],
      ['You', 'A person with the initials BS', ''],
      ['You', '2 people are here'],
      ['You', ''],
      ['You', 'Bob Stone', ''],
    ])
    expect(element.shadowRoot!.textContent).not.toContain('undefined')
  })

  test('is refused to who wants to edit without a name of the editor', async () => {
    service.level = 'count'
    service.editing = { granted: false, position: 1 }
    const element = await joined()
    element.presence!.setIsEditing(true)
    await settled()

    expect(find(element, '[role=alert]')!.textContent).toBe(
      'Someone is editing this page. You are next in line.',
    )
  })
})

const letters = (element: PagePresence) =>
  [...element.shadowRoot!.querySelectorAll('.list .initials')].map((node) => node.textContent)

// A8: the user who is hidden sees that.
describe('a user whom others do not see', () => {
  const hiddenSelf = 'You, only you see that you are here'

  test('is shown to themselves, first and marked, and counts for nobody else', async () => {
    service.viewers = [bob]
    const element = await joined('<page-presence page="/a" unlisted></page-presence>')

    expect(service.last().body.isListed).toBe(false)
    expect(labels(element)).toEqual([hiddenSelf, 'Bob Stone'])
    expect(find(element, '.person')!.getAttribute('part')).toBe('person self hidden')
    expect(find(element, '.list')!.getAttribute('aria-label')).toBe('2 people viewing this page')

    element.removeAttribute('unlisted')
    service.viewers = [bob, ana]
    service.etag = 'v2'
    await pass(15_000)
    expect(service.last().body).not.toHaveProperty('isListed')
    expect(labels(element)).toEqual(['You', 'Bob Stone'])
  })

  test('in the page’s own words', async () => {
    service.viewers = []
    const element = await joined('<page-presence page="/a" unlisted></page-presence>')
    element.texts = { hidden: 'unsichtbar' }

    expect(labels(element)).toEqual(['You, unsichtbar'])
  })

  test.each([
    ['count', [hiddenSelf], '2 people are here', '2 others are here'],
    ['initials', [hiddenSelf, 'A person with the initials BS', 'A person with the initials AR'], '', ''],
    ['none', [hiddenSelf], '', ''],
  ] as const)('at level %s', async (level, faces, count, others) => {
    service.level = level
    service.viewers = [bob, { ...bob, id: 'u-arno', name: 'Arno Rau' }]
    const element = await joined('<page-presence page="/a" unlisted></page-presence>')
    expect(labels(element)).toEqual(faces)
    expect(find(element, '.count')!.textContent).toBe(count)

    element.setAttribute('hide-self', '')
    expect(labels(element)).toEqual(faces.slice(1))
    expect(find(element, '.count')!.textContent).toBe(others)
  })

  test('is as others while they edit: a lease has a face', async () => {
    service.viewers = []
    const element = await joined('<page-presence page="/a" unlisted></page-presence>')
    element.presence!.setIsEditing(true)
    service.viewers = [ana]
    service.editorUserId = ana.id
    service.etag = 'v2'
    await pass(15_000)

    expect(labels(element)).toEqual(['You, editing'])
  })
})
