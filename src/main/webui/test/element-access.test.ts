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
