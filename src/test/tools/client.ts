/* A client of the API, whose types are made of its description: it compiles, and it runs against the service at argv[2]. */
import createClient from 'openapi-fetch'
import type { components, paths } from './schema.js'

declare const process: { argv: string[]; exit(code: number): never }

const [, , baseUrl, token, pagePath] = process.argv as [string, string, string, string, string]
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } })
const tabId = crypto.randomUUID()

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what)
}

const join = await client.POST('/api/presence/join', { body: { pagePath, tabId } })
expect(join.data !== undefined, 'the join is answered')
const { self, etag, nextHeartbeatMs }: components['schemas']['HeartbeatAnswer'] = join.data
expect(self.name.length > 0 && nextHeartbeatMs > 0, 'what is required is there')

const beat = await client.POST('/api/presence/heartbeat', {
  body: { pagePath, tabId, isEditing: true, known: etag },
})
expect(beat.data?.editing?.granted === true, 'the claim is granted')

const page = await client.GET('/api/presence/list', { params: { query: { pagePath } } })
expect(page.data !== undefined && 'tabCount' in page.data && page.data.tabCount === 1, 'the page has one tab')

const refused = await client.POST('/api/presence/editor/keep', { body: { pagePath, tabId } })
expect(refused.error !== undefined && refused.response.status === 409, 'nobody has asked')
expect(refused.error.reason === 'not-requested', `the reason is named: ${refused.error.reason}`)
const titles: string = refused.error.title + refused.error.detail
expect(titles.length > 0, 'a problem has words')

const left = await client.POST('/api/presence/leave', { body: { pagePath, tabId } })
expect(left.response.ok, 'the leave is answered')
console.log('ok')
