// @vitest-environment node
import { renderToString } from '@vue/server-renderer'
import { expect, test, vi } from 'vitest'
import { createSSRApp, defineComponent, h } from 'vue'
import { CurrentPageViewers, PageLease, usePagePresence } from '../src/vue.js'

test('a server renders an empty page and asks nobody', async () => {
  expect(globalThis.document).toBeUndefined()
  const fetch = vi.fn()
  vi.stubGlobal('fetch', fetch)
  const app = createSSRApp(
    defineComponent(() => {
      const presence = usePagePresence(() => '/a')
      return () => [
        h('p', presence.status.value),
        h(CurrentPageViewers, { presence, hideSelf: true }),
        h(PageLease, { presence }),
      ]
    }),
  )

  const html = await renderToString(app)

  expect(html).toBe(
    '<!--[--><p>connecting</p><page-presence max="5" hide-self></page-presence><page-lease></page-lease><!--]-->',
  )
  expect(fetch).not.toHaveBeenCalled()
})

test('all entries can be imported on a server', async () => {
  for (const entry of ['index', 'element', 'lease', 'react', 'vue']) {
    await expect(import(`../src/${entry}.ts`)).resolves.toBeDefined()
  }
})
