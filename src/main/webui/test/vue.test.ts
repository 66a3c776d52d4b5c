import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createApp,
  defineComponent,
  h,
  KeepAlive,
  nextTick,
  ref,
  shallowRef,
  type App,
  type Component,
} from 'vue'
import { CurrentPageViewers, PageLease, usePagePresence, type PagePresence } from '../src/vue.js'
import { freshDocument, pass, settled } from './browser.js'
import { ana, bob, FakeService } from './fake-service.js'

let service: FakeService
let app: App | undefined

beforeEach(() => {
  vi.useFakeTimers()
  freshDocument()
  service = new FakeService()
  vi.stubGlobal('fetch', service.fetch)
})

afterEach(async () => {
  app?.unmount()
  app = undefined
  await pass(20_000)
  vi.useRealTimers()
})

function mount(component: Component): Element {
  const target = document.createElement('div')
  document.body.replaceChildren(target)
  app = createApp(component)
  app.mount(target)
  return target
}

/** A component that uses presence, and what it got. */
function user(use: () => PagePresence) {
  const got: { presence?: PagePresence } = {}
  const component = defineComponent({
    setup() {
      const presence = (got.presence = use())
      return () => h('p', presence.viewers.value.map((viewer) => viewer.name).join(', '))
    },
  })
  return { component, presence: () => got.presence! }
}

const placesOf = () => service.calls.map(({ name, body }) => `${name} ${String(body.pagePath)}`)

test('a header beside a page that is kept alive: one tab, whoever is active', async () => {
  const isShown = ref(true)
  const page = user(() => usePagePresence('/a'))
  const other = defineComponent({ setup: () => () => h('p', 'none') })
  const header = user(() => usePagePresence('/a'))
  mount(
    defineComponent({
      setup: () => () => [
        h(header.component),
        h(KeepAlive, null, { default: () => h(isShown.value ? page.component : other) }),
      ],
    }),
  )
  await settled()
  page.presence().setIsEditing(true)
  await settled()
  expect(header.presence().lease.value.status).toBe('held')
  isShown.value = false
  await settled()
  expect(service.last().body.isEditing).toBe(false)
  expect(header.presence()).toMatchObject({ status: { value: 'live' }, viewers: { value: [ana] } })
  isShown.value = true
  await settled()

  expect(page.presence().status.value).toBe('live')
  expect(page.presence().isEditing.value).toBe(false)
  expect(service.names().filter((name) => name !== 'heartbeat')).toEqual(['join'])
})

describe('the lease in Vue', () => {
  test('is a ref, with all that can be done about it', async () => {
    const { component, presence } = user(() => usePagePresence('/a'))
    mount(component)
    presence().setSection('intro')
    await settled()
    expect(service.last().body).toMatchObject({ section: 'intro' })
    presence().setIsEditing(true)
    await settled()

    expect(presence().lease.value).toEqual({ status: 'held', fence: 7 })
    expect(presence().section.value).toBe('intro')
    service.editing = null
    const handedOver = presence().handOver()
    await settled()
    expect(await handedOver).toBeUndefined()
    expect(presence().lease.value.status).toBe('lost')
    presence().typing()
    await settled()
    expect(service.last().body.isTyping).toBe(true)
    app!.unmount()
    app = undefined
    expect(await presence().requestEdit()).toMatchObject({ status: 0 })
  })
})

describe('usePagePresence for Vue', () => {
  // W5
  test('saves what is typed before the lease goes', async () => {
    const beforeLoss = vi.fn(async () => undefined)
    const { component, presence } = user(() => usePagePresence('/a', { beforeLoss }))
    mount(component)
    await settled()
    const takenOver = presence().takeOver({ now: true })
    await settled()
    expect(await takenOver).toBeUndefined()
    expect(service.last().body).toMatchObject({ now: true })
    presence().typing()
    presence().saved()
    presence().typing()
    service.editing = { granted: true, fence: 7, requestedBy: bob, yieldMs: 5_000 }
    await pass(15_000)

    expect(beforeLoss).toHaveBeenCalledOnce()
    expect(service.names()).toContain('handover')
  })

  // W3
  test('has the text opened, and the lease is held after that', async () => {
    let opens = (): void => undefined
    const open = vi.fn(() => new Promise<void>((resolve) => (opens = resolve)))
    const { component, presence } = user(() => usePagePresence('/a', { open }))
    mount(component)
    await settled()
    presence().setIsEditing(true)
    await settled()
    expect(presence().lease.value).toEqual({ status: 'opening', fence: 7 })
    opens()
    await settled()

    expect(presence().lease.value).toEqual({ status: 'held', fence: 7 })
    expect(open).toHaveBeenCalledOnce()
  })

  test('joins when mounted, and gives each field as a ref', async () => {
    service.viewers = [ana, bob]
    service.editorUserId = bob.id
    const { component, presence } = user(() => usePagePresence('/a'))
    const target = mount(component)
    expect(presence().viewers.value).toEqual([])
    await settled()

    expect(placesOf()).toEqual(['join /a'])
    expect(presence().viewers.value).toEqual([ana, bob])
    expect(presence().editorUserId.value).toBe(bob.id)
    expect(presence().isEditing.value).toBe(false)
    expect(presence().others.value).toEqual([bob])
    expect(presence().status.value).toBe('live')
    expect(target.textContent).toBe('Ana Reis, Bob Stone')
  })

  test('push can be switched off', async () => {
    mount(user(() => usePagePresence('/a', { push: false })).component)
    await settled()

    expect(service.streams).toEqual([])
  })

  test('setIsEditing and an assignment are the same', async () => {
    const { component, presence } = user(() => usePagePresence('/a'))
    mount(component)
    await settled()

    presence().setIsEditing(true)
    await settled()
    expect(service.last().body.isEditing).toBe(true)
    expect(presence().editing.value).toEqual({ granted: true, fence: 7 })
    presence().isEditing.value = false
    await settled()

    expect(service.last().body.isEditing).toBe(false)
  })

  test('a wish said in setup goes with the join', async () => {
    const { component, presence } = user(() => {
      const mine = usePagePresence('/a')
      mine.setIsEditing(true)
      return mine
    })
    mount(component)
    expect(presence().isEditing.value).toBe(true)
    await settled()

    expect(service.last()).toMatchObject({ name: 'join', body: { isEditing: true } })
  })

  test('a component that is reused for another page moves there, from a ref or a getter', async () => {
    const path = ref('/a')
    const { component, presence } = user(() => usePagePresence(() => path.value))
    mount(component)
    await settled()

    path.value = '/b'
    expect(presence().viewers.value).toEqual([])
    await settled()

    expect(placesOf()).toEqual(['join /a', 'join /b'])
  })

  // A8: said before mounting, it goes with the join.
  test('hides the user, by the option or the ref', async () => {
    const { component, presence } = user(() => usePagePresence('/a', { isListed: false }))
    mount(component)
    await settled()
    expect(presence().isListed.value).toBe(false)
    presence().isListed.value = true
    await settled()

    expect(presence().isListed.value).toBe(true)
    expect(service.calls.map(({ body }) => body.isListed)).toEqual([false, undefined])
  })

  test('no ghost stays after unmount', async () => {
    const { component } = user(() => usePagePresence('/a'))
    mount(component)
    await settled()

    app!.unmount()
    app = undefined
    await pass(60_000)

    expect(placesOf()).toEqual(['join /a', 'leave /a'])
  })

  test('a keyed component that is replaced leaves the old page and joins the new one, each once', async () => {
    const path = ref('/a')
    const page = defineComponent({
      props: { path: { type: String, required: true } },
      setup(props) {
        usePagePresence(props.path)
        return () => h('p')
      },
    })
    mount(defineComponent(() => () => h(page, { key: path.value, path: path.value })))
    await settled()

    path.value = '/b'
    await nextTick()
    await settled()

    expect(placesOf()).toEqual(['join /a', 'leave /a', 'join /b'])
  })

  test('a kept-alive component is present only while it is active', async () => {
    const isShown = ref(true)
    const { component } = user(() => usePagePresence('/a'))
    mount(defineComponent(() => () => h(KeepAlive, () => (isShown.value ? h(component) : h('i')))))
    await settled()

    isShown.value = false
    await nextTick()
    await settled()
    expect(placesOf()).toEqual(['join /a', 'leave /a'])
    isShown.value = true
    await nextTick()
    await settled()

    expect(placesOf()).toEqual(['join /a', 'leave /a', 'join /a'])
  })
})

describe('CurrentPageViewers', () => {
  const labels = (target: Element) =>
    [...target.querySelector('page-presence')!.shadowRoot!.querySelectorAll('.list [role=img]')].map((face) =>
      face.getAttribute('aria-label'),
    )

  test('shows the presence it is given, with no request of its own', async () => {
    service.viewers = [bob, ana]
    service.editorUserId = bob.id
    const target = mount(
      defineComponent(() => {
        const presence = usePagePresence('/a')
        return () => h(CurrentPageViewers, { presence })
      }),
    )
    await settled()

    expect(labels(target)).toEqual(['You', 'Bob Stone, editing'])
    expect(placesOf()).toEqual(['join /a'])
  })

  // A7: the component shows what the element shows.
  test.each([
    ['initials', ['You', 'A person with the initials BS'], ''],
    ['count', ['You'], '2 people are here'],
    ['none', ['You'], ''],
  ] as const)('shows a page of which the service tells %s', async (level, faces, count) => {
    service.level = level
    service.viewers = [ana, bob]
    let told: unknown
    const target = mount(
      defineComponent(() => {
        const presence = usePagePresence('/a')
        return () => {
          told = [presence.level.value, presence.isEdited.value]
          return h(CurrentPageViewers, { presence })
        }
      }),
    )
    await settled()

    expect(told).toEqual([level, false])
    expect(labels(target)).toEqual(faces)
    const root = target.querySelector('page-presence')!.shadowRoot!
    expect(root.querySelector('.count')!.textContent).toBe(count)
  })

  test('shows viewers and editor, also as refs', async () => {
    const viewers = shallowRef([ana])
    const target = mount(defineComponent(() => () => h(CurrentPageViewers, { viewers, editor: ana })))
    expect(labels(target)).toEqual(['Ana Reis, editing'])

    viewers.value = [ana, bob]
    await nextTick()

    expect(labels(target)).toEqual(['Ana Reis, editing', 'Bob Stone'])
    expect(service.calls).toEqual([])
  })

  test('passes its options on', () => {
    const target = mount(
      defineComponent(
        () => () =>
          h(CurrentPageViewers, {
            viewers: [ana, bob, { ...bob, id: 'c', name: 'Cleo' }],
            max: 2,
            texts: { people: (count) => `${count} personnes` },
          }),
      ),
    )

    const root = target.querySelector('page-presence')!.shadowRoot!
    expect(root.querySelector('button')!.textContent).toBe('+2')
    expect(root.querySelector('ul')!.getAttribute('aria-label')).toBe('3 personnes')
  })
})

test('the banner of the lease is about the presence it is given, and does what its buttons say', async () => {
  service.viewers = [ana, bob]
  service.editorUserId = bob.id
  service.editing = { granted: false, editorUserId: bob.id, position: 1 }
  const isDirty = ref(false)
  const actions = vi.fn()
  let presence!: PagePresence
  const target = mount(
    defineComponent(() => {
      presence = usePagePresence('/a')
      return () => h(PageLease, { presence, isDirty: isDirty.value, onLeaseaction: actions })
    }),
  )
  await settled()
  presence.setIsEditing(true)
  await pass(1_000)
  isDirty.value = true
  await nextTick()
  const banner = target.querySelector('page-lease')!

  expect(banner.shadowRoot!.querySelector('[part=words]')!.textContent).toBe(
    'Bob Stone is editing this page, and you are next. What you typed is kept here.',
  )
  banner.shadowRoot!.querySelectorAll('button')[1]!.click()
  await settled()
  expect(actions).toHaveBeenCalledOnce()
  expect(presence.isEditing.value).toBe(false)
  expect(banner.hasAttribute('empty')).toBe(true)
})
