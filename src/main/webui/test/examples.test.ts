/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { fenced } from '../examples/express-fence.mjs'

/* A request and a response as Express has them, as far as the example uses them. */
function exchange(headers: Record<string, string>) {
  const sent: { status: number; type?: string; body?: string } = { status: 200 }
  const response = {
    status: (status: number) => ((sent.status = status), response),
    sendStatus: (status: number) => ((sent.status = status), response),
    type: (type: string) => ((sent.type = type), response),
    send: (body: string) => ((sent.body = body), response),
  }
  const request = { originalUrl: '/docs/a?draft=1', get: (name: string) => headers[name] }
  return { request, response, sent, next: vi.fn() }
}

const bearer = { Authorization: 'Bearer anas', 'Presence-Fence': '418' }

/* The service with one lease: Ana holds /docs/a under fence 418. */
const service = vi.fn(async (url: string, init: RequestInit) => {
  const { pagePath, fence } = JSON.parse(String(init.body)) as { pagePath: string; fence: number }
  const isHeld = new Headers(init.headers).get('Authorization') === 'Bearer anas' && fence === 418
  if (url !== 'https://presence.example/api/presence/editor/verify' || pagePath !== '/docs/a')
    return new Response('', { status: 404 })
  return isHeld
    ? new Response('{}')
    : new Response('{"reason":"lost","editor":{"id":"a","name":"Ana"}}', { status: 409 })
})

describe('the Express middleware of docs/editing.md', () => {
  test('lets the holder save', async () => {
    const { request, response, next } = exchange(bearer)
    await fenced('https://presence.example', service)(request, response, next)

    expect(next).toHaveBeenCalledExactlyOnceWith()
  })

  test('refuses an older fence and another user, and says who holds the page', async () => {
    for (const headers of [
      { ...bearer, 'Presence-Fence': '417' },
      { ...bearer, Authorization: 'Bearer bobs' },
    ]) {
      const { request, response, sent, next } = exchange(headers)
      await fenced('https://presence.example', service)(request, response, next)

      expect(next).not.toHaveBeenCalled()
      expect(sent).toMatchObject({ status: 409, type: 'application/problem+json' })
      expect(sent.body).toContain('"name":"Ana"')
    }
  })

  test('wants a fence', async () => {
    for (const fence of ['', '0', '-1', 'x', '1.5']) {
      const { request, response, sent, next } = exchange({ ...bearer, 'Presence-Fence': fence })
      await fenced('https://presence.example', service)(request, response, next)

      expect(sent.status).toBe(428)
      expect(next).not.toHaveBeenCalled()
    }
  })

  test('saves nothing while nobody can say who holds the page', async () => {
    const down = [
      () => Promise.reject(new TypeError('Failed to fetch')),
      () => Promise.resolve(new Response('', { status: 503 })),
      () => Promise.resolve(new Response('', { status: 401 })),
    ]
    for (const ask of down) {
      const { request, response, sent, next } = exchange(bearer)
      await fenced('https://presence.example', ask)(request, response, next)

      expect(sent.status).toBe(503)
      expect(next).not.toHaveBeenCalled()
    }
  })

  test('stands in the document as it was run here', () => {
    const document = readFileSync('../../../docs/editing.md', 'utf8')

    expect(document).toContain(readFileSync('examples/express-fence.mjs', 'utf8').trim())
  })
})
