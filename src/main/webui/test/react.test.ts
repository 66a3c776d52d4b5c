/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { act, createElement, Fragment, StrictMode, useEffect, type FunctionComponent } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  PageLease,
  PageViewers,
  usePagePresence,
  type PagePresence,
  type UsePagePresenceOptions,
} from '../src/react.js'
import { freshDocument, pass, settled } from './browser.js'
import { ana, bob, FakeService } from './fake-service.js'

interface Props {
  path: string
  options?: UsePagePresenceOptions
}

let service: FakeService
let root: Root
let seen: PagePresence
let frames: string[]

const Page: FunctionComponent<Props> = ({ path, options }) => {
  seen = usePagePresence(path, options)
  const text = `${path}: ${seen.viewers.map((viewer) => viewer.name).join(', ')}`
  frames.push(text)
  return createElement('p', null, text)
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  freshDocument()
  service = new FakeService()
  vi.stubGlobal('fetch', service.fetch)
  frames = []
  document.body.innerHTML = '<div></div>'
  root = createRoot(document.body.firstElementChild!)
})

afterEach(async () => {
  act(() => root.unmount())
  await pass(20_000)
  vi.useRealTimers()
})

async function render(props: Props, strict = false) {
  const page = createElement(Page, props)
  await act(async () => {
    root.render(strict ? createElement(StrictMode, null, page) : page)
    await settled()
  })
}

const placesOf = () => service.calls.map(({ name, body }) => `${name} ${String(body.pagePath)}`)

describe('usePagePresence for React', () => {
  // A5: the newest render's callback is asked.
  test('asks for the grant that the newest render gives', async () => {
    await render({ path: '/a', options: { grant: () => 'one' } })
    await render({ path: '/a', options: { grant: () => 'two' } })
    await act(() => pass(15_000))

    expect(service.calls.map(({ headers }) => headers['Presence-Grant'])).toEqual(['one', 'two'])
  })

  // A8: the hook hides, from the join on.
  test('hides the user, and shows them again', async () => {
    await render({ path: '/a', options: { isListed: false } })
    expect(seen.isListed).toBe(false)
    await act(async () => {
      seen.setIsListed(true)
      await settled()
    })

    expect(seen.isListed).toBe(true)
    expect(service.calls.map(({ body }) => body.isListed)).toEqual([false, undefined])
  })

  // A7: the hook gives the level, and what there is at that.
  test('gives a page of which the service tells a count', async () => {
    service.level = 'count'
    service.viewers = [ana, bob]
    service.editorUserId = bob.id
    await render({ path: '/a' })

    expect(seen).toMatchObject({ level: 'count', viewers: [], viewerCount: 2, isEdited: true })
  })

  test('joins when mounted and renders who is there', async () => {
    service.viewers = [ana, bob]
    service.editorUserId = bob.id
    await render({ path: '/a' })

    expect(placesOf()).toEqual(['join /a'])
    expect(document.body.textContent).toBe('/a: Ana Reis, Bob Stone')
    expect(seen).toMatchObject({ status: 'live', editorUserId: bob.id, others: [bob], isEditing: false })
  })

  test('a beat without news renders nothing', async () => {
    await render({ path: '/a' })
    const before = frames.length
    await act(() => pass(45_000))

    expect(service.calls).toHaveLength(4)
    expect(frames).toHaveLength(before)
  })

  test.each([false, true])('two components share one tab; strict: %s', async (isStrict) => {
    const error = vi.spyOn(console, 'error')
    const got: Record<string, PagePresence> = {}
    const Part: FunctionComponent<{ name: string; path: string }> = ({ name, path }) => {
      got[name] = usePagePresence(path)
      return null
    }
    const show = (path: string, ...names: string[]) =>
      act(async () => {
        const parts = names.map((name) => createElement(Part, { key: name, name, path }))
        root.render(createElement(isStrict ? StrictMode : Fragment, null, ...parts))
        await settled()
      })
    await show('/a', 'header', 'editor')
    await act(async () => {
      got.editor!.setIsEditing(true)
      await settled()
    })
    expect(got.editor).toMatchObject({ isEditing: true, lease: { status: 'held' } })
    expect(got.header).toMatchObject({ status: 'live', viewers: [ana], lease: { status: 'held' } })
    await show('/b', 'header', 'editor')
    expect(got.editor).toMatchObject({ status: 'live', pagePath: '/b', isEditing: false })
    await show('/b', 'header')
    await act(() => pass(60_000))

    expect(got.header).toMatchObject({ status: 'live', viewers: [ana] })
    expect(service.names().filter((name) => name === 'join')).toHaveLength(2)
    expect(service.names()).not.toContain('leave')
    expect(error).not.toHaveBeenCalled()
  })

  test('the lease is rendered, and what can be done about it stays the same', async () => {
    await render({ path: '/a' })
    const { requestEdit, handOver, setSection, typing } = seen
    await act(async () => {
      setSection('intro')
      await settled()
      await requestEdit()
    })
    expect(seen).toMatchObject({ section: 'intro', lease: { status: 'held', fence: 7 } })
    service.editing = null
    await act(async () => {
      const handedOver = handOver()
      typing()
      await settled()
      expect(await handedOver).toBeUndefined()
    })

    expect(seen).toMatchObject({ requestEdit, handOver, lease: { status: 'lost' } })
    act(() => root.unmount())
    expect(await seen.takeOver()).toMatchObject({ status: 0 })
  })

  // W3
  test('a text is opened by the function of the newest render', async () => {
    const [first, newest] = [vi.fn(async () => undefined), vi.fn(async () => undefined)]
    await render({ path: '/a', options: { open: first } })
    await render({ path: '/a', options: { open: newest } })
    await act(async () => {
      seen.setIsEditing(true)
      await settled()
    })

    expect(first).not.toHaveBeenCalled()
    expect(newest).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ pagePath: '/a', fence: 7 }))
    expect(seen.lease).toEqual({ status: 'held', fence: 7 })
  })

  // W5
  test('what is typed is saved before the lease goes, by the function of the newest render', async () => {
    const [first, newest] = [vi.fn(async () => undefined), vi.fn(async () => undefined)]
    await render({ path: '/a', options: { beforeLoss: first } })
    await render({ path: '/a', options: { beforeLoss: newest } })
    await act(async () => {
      expect(await seen.takeOver({ now: true })).toBeUndefined()
      seen.typing()
      seen.saved()
      seen.typing()
      service.editing = { granted: true, fence: 7, requestedBy: bob, yieldMs: 5_000 }
      await pass(15_000)
    })

    expect(first).not.toHaveBeenCalled()
    expect(newest).toHaveBeenCalledOnce()
    expect(service.names()).toContain('handover')
  })

  test('setIsEditing stays the same function and claims', async () => {
    await render({ path: '/a' })
    const { setIsEditing } = seen
    await act(async () => {
      setIsEditing(true)
      await settled()
    })

    expect(seen.setIsEditing).toBe(setIsEditing)
    expect(seen).toMatchObject({ isEditing: true, editing: { granted: true, fence: 7 } })
  })

  test('a component that is reused for another page moves there, and shows nobody meanwhile', async () => {
    await render({ path: '/a' })
    const release = service.delay()
    await render({ path: '/b' })
    expect(document.body.textContent).toBe('/b: ')
    expect(frames).not.toContain('/b: Ana Reis')

    await act(async () => {
      release()
      await settled()
    })

    expect(placesOf()).toEqual(['join /a', 'join /b'])
    expect(document.body.textContent).toBe('/b: Ana Reis')
  })

  test('a child whose effect claims the new page claims that one', async () => {
    const Claim: FunctionComponent<{ path: string }> = ({ path }) => {
      const { setIsEditing } = seen
      useEffect(() => setIsEditing(path === '/b'), [path, setIsEditing])
      return null
    }
    const Editor: FunctionComponent<Props> = ({ path }) => {
      seen = usePagePresence(path)
      return createElement(Fragment, null, createElement(Claim, { path }))
    }
    const show = (path: string) =>
      act(async () => {
        root.render(createElement(Editor, { path }))
        await settled()
      })
    await show('/a')

    await show('/b')

    const claims = service.calls.filter(({ body }) => body.isEditing)
    expect(claims.map(({ body }) => body.pagePath)).toEqual(['/b'])
    expect(seen.editing).toEqual({ granted: true, fence: 7 })
  })

  test('push can be switched off', async () => {
    await render({ path: '/a', options: { push: false } })

    expect(service.streams).toEqual([])
  })

  test('no ghost stays after unmount', async () => {
    await render({ path: '/a' })
    act(() => root.unmount())
    await pass(60_000)

    expect(placesOf()).toEqual(['join /a', 'leave /a'])
  })

  test('strict mode, which mounts twice, ends with one presence', async () => {
    await render({ path: '/a' }, true)
    expect(seen.status).toBe('live')
    await act(() => pass(15_000))

    expect(placesOf()).toEqual(['join /a', 'heartbeat /a'])
  })

  test('options that are written anew at each render do not join anew; another service does', async () => {
    await render({ path: '/a', options: { baseUrl: 'https://one.example', token: () => 'one' } })
    await render({ path: '/a', options: { baseUrl: 'https://one.example', token: () => 'two' } })
    expect(service.calls).toHaveLength(1)
    await act(() => pass(15_000))
    expect(service.last().headers.Authorization).toBe('Bearer two')

    await render({ path: '/a', options: { baseUrl: 'https://two.example', token: () => 'two' } })

    expect(service.calls.slice(2).map(({ url }) => url)).toEqual([
      'https://one.example/api/presence/leave',
      'https://two.example/api/presence/join',
    ])
  })

  test('the component shows what the hook gave, with no request of its own, by the words of the page', async () => {
    service.viewers = [ana, bob]
    const Row: FunctionComponent<{ you: string }> = ({ you }) =>
      createElement(PageViewers, {
        presence: usePagePresence('/a'),
        max: 2,
        texts: { you },
        className: 'people',
        id: 'row',
      })
    const show = (you: string) =>
      act(async () => {
        root.render(createElement(StrictMode, null, createElement(Row, { you })))
        await settled()
      })
    await show('You')
    await show('Vous')

    const element = document.querySelector('page-presence')!
    const faces = element.shadowRoot!.querySelectorAll('.list [role=img]')
    expect([...faces].map((face) => face.getAttribute('aria-label'))).toEqual(['Vous', 'Bob Stone'])
    expect([element.className, element.id]).toEqual(['people', 'row'])
    expect(new Set(placesOf())).toEqual(new Set(['join /a']))
    expect(service.calls.filter(({ body }) => body.tabId !== service.calls[0]!.body.tabId)).toEqual([])
  })

  test('the component shows any list', async () => {
    await act(async () => {
      root.render(createElement(PageViewers, { viewers: [ana, bob], editor: bob }))
      await settled()
    })

    const faces = document.querySelector('page-presence')!.shadowRoot!.querySelectorAll('.list [role=img]')
    expect([...faces].map((face) => face.getAttribute('aria-label'))).toEqual([
      'Ana Reis',
      'Bob Stone, editing',
    ])
    expect(service.calls).toEqual([])
  })

  test('the banner of the lease is about the hook’s, and does what its buttons say', async () => {
    service.viewers = [ana, bob]
    service.editorUserId = bob.id
    service.editing = { granted: false, editorUserId: bob.id, position: 1 }
    const actions: string[] = []
    const Edit: FunctionComponent<{ isDirty: boolean }> = ({ isDirty }) => {
      seen = usePagePresence('/a')
      return createElement(PageLease, {
        presence: seen,
        isDirty,
        className: 'mine',
        onLeaseAction: ({ detail }) => actions.push(`${detail.action} ${isDirty}`),
      })
    }
    const show = (isDirty: boolean) =>
      act(async () => {
        root.render(createElement(StrictMode, null, createElement(Edit, { isDirty })))
        await settled()
      })
    await show(false)
    act(() => seen.setIsEditing(true))
    await act(() => pass(1_000))
    await show(true)
    const banner = document.querySelector('page-lease')!

    expect(banner.className).toBe('mine')
    expect(banner.shadowRoot!.querySelector('[part=words]')!.textContent).toBe(
      'Bob Stone is editing this page, and you are next. What you typed is kept here.',
    )
    await act(async () => {
      banner.shadowRoot!.querySelectorAll('button')[1]!.click()
      await settled()
    })
    expect(actions).toEqual(['giveUp true'])
    expect(seen.isEditing).toBe(false)
    expect(renderToString(createElement(PageLease, { presence: undefined, readers: true }))).toBe(
      '<page-lease readers=""></page-lease>',
    )
  })

  test('is a module for the browser, to those who bundle for both', () => {
    expect(readFileSync('src/react.ts', 'utf8')).toMatch(/^'use client'\n/)
  })

  test('a server renders the component as an empty element', () => {
    expect(renderToString(createElement(PageViewers, { viewers: [ana], hideSelf: true }))).toBe(
      '<page-presence presence="" max="5" hide-self=""></page-presence>',
    )
  })

  test('the element shows the presence of the hook, with no request of its own', async () => {
    await import('../src/element.js')
    service.viewers = [ana, bob]
    const Row: FunctionComponent = () => {
      const { presence } = usePagePresence('/a')
      return presence ? createElement('page-presence', { presence, max: 2 }) : null
    }
    await act(async () => {
      root.render(createElement(Row))
      await settled()
    })

    const faces = document.querySelector('page-presence')!.shadowRoot!.querySelectorAll('.list [role=img]')
    expect([...faces].map((face) => face.getAttribute('aria-label'))).toEqual(['You', 'Bob Stone'])
    expect(placesOf()).toEqual(['join /a'])
  })

  test('a server renders an empty page and asks nobody', () => {
    expect(renderToString(createElement(Page, { path: '/a' }))).toBe('<p>/a: </p>')
    expect(service.calls).toEqual([])
  })
})
