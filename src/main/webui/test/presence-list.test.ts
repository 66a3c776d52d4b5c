import { act, createElement, StrictMode, type FunctionComponent } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createApp, defineComponent, h, KeepAlive, nextTick, ref, type App } from 'vue'
import { usePresenceList as useInReact } from '../src/react.js'
import { usePresenceList as useInVue, type PresenceList } from '../src/vue.js'
import { freshDocument, pass } from './browser.js'
import { json } from './fake-service.js'

/* B1: the rows of a list in Vue and React. */

let asked: string[][]
let tokens: (string | undefined)[]

beforeEach(() => {
  vi.useFakeTimers()
  freshDocument()
  asked = []
  tokens = []
  vi.stubGlobal('fetch', (_url: string, { body, headers }: RequestInit) => {
    const { pages } = JSON.parse(String(body)) as { pages: string[] }
    asked.push(pages)
    tokens.push((headers as Record<string, string>).Authorization)
    const rows = pages.map((pagePath) => ({
      pagePath,
      viewerCount: 1,
      viewers: [{ id: 'a', name: `on ${pagePath}` }],
    }))
    return Promise.resolve(json(200, { etag: pages.join(), pages: rows, nextLookupMs: 15_000 }))
  })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('B1: usePresenceList for Vue', () => {
  let app: App | undefined

  afterEach(() => app?.unmount())

  function mount(pages: () => readonly string[], isShown = ref(true)) {
    let list: PresenceList | undefined
    const inner = defineComponent({
      setup() {
        const used = (list = useInVue(pages))
        return () => h('p', [...used.rows.value.values()].map(({ viewers }) => viewers[0]!.name).join())
      },
    })
    const other = defineComponent({ setup: () => () => h('p', 'none') })
    app = createApp({ setup: () => () => h(KeepAlive, () => h(isShown.value ? inner : other)) })
    const target = document.createElement('div')
    app.mount(target)
    return { target, list: () => list! }
  }

  test('shows who is on the pages, and follows them', async () => {
    const pages = ref<readonly string[]>(['/t/7'])
    const { target, list } = mount(() => pages.value)
    await pass(1)
    await nextTick()
    expect(target.textContent).toBe('on /t/7')
    expect(list().status.value).toBe('live')

    pages.value = ['/t/8', '/t/9']
    await pass(1_000)
    await nextTick()
    expect(target.textContent).toBe('on /t/8,on /t/9')
    expect(asked).toEqual([['/t/7'], ['/t/8', '/t/9']])
  })

  test('asks nothing while it is put aside, and not after its end', async () => {
    const isShown = ref(true)
    mount(() => ['/t/7'], isShown)
    await pass(1)
    isShown.value = false
    await pass(60_000)
    expect(asked).toHaveLength(1)

    isShown.value = true
    await nextTick()
    await pass(1)
    expect(asked).toHaveLength(2)
    app!.unmount()
    app = undefined
    await pass(60_000)
    expect(asked).toHaveLength(2)
  })
})

describe('B1: usePresenceList for React', () => {
  let root: Root

  beforeEach(() => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    document.body.innerHTML = '<div></div>'
    root = createRoot(document.body.firstElementChild!)
  })

  afterEach(() => act(() => root.unmount()))

  const List: FunctionComponent<{ pages: readonly string[]; token?: string }> = ({ pages, token }) => {
    const { rows, status } = useInReact(pages, { token: () => token })
    return createElement(
      'p',
      null,
      `${status}: ${[...rows.values()].map(({ viewers }) => viewers[0]!.name).join()}`,
    )
  }

  async function render(pages: readonly string[], token?: string) {
    const list = createElement(List, { pages, ...(token && { token }) })
    act(() => root.render(createElement(StrictMode, null, list)))
    await act(() => pass(1))
  }

  test('shows who is on the pages, follows them, and asks for the token of the newest render', async () => {
    await render(['/t/7'], 'one')
    expect(document.body.textContent).toBe('live: on /t/7')

    await render(['/t/8'], 'two')
    await act(() => pass(1_000))
    expect(document.body.textContent).toBe('live: on /t/8')
    expect(asked.at(-1)).toEqual(['/t/8'])
    expect(tokens).toEqual(['Bearer one', 'Bearer two'])
    await render(['/t/8'], 'two')
    await act(() => pass(5_000))
    expect(asked).toHaveLength(2)
  })

  test('asks nobody on a server', () => {
    expect(renderToString(createElement(List, { pages: ['/t/7'] }))).toBe('<p>connecting: </p>')
    expect(asked).toEqual([])
  })
})
