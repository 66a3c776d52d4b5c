import expressApp from 'express'
import fastifyApp from 'fastify'
import { createApp, createRouter, defineEventHandler, toNodeListener } from 'h3'
import { H3, toNodeHandler } from 'h3-2'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createGuard, express, fastify, h3, type Guard } from '../src/guard.js'
import { fakeService, memoryStore, options, receipt, row } from './backend.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const address = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return address(server)
}

type Site = (guard: Guard<any>) => Promise<string>

/** A site of each framework, with the guard as its documentation says. */
const sites: Record<string, Site> = {
  Express: async (guard) => {
    const app = expressApp()
    app.all('/docs/*path', express(guard))
    app.use((_, response) => void response.status(404).send('not ours'))
    return listening(app)
  },
  'Express, with parsers': async (guard) => {
    const app = expressApp().use(expressApp.text(), expressApp.json())
    app.all('/docs/*path', express(guard))
    app.use((_, response) => void response.status(404).send('not ours'))
    return listening(app)
  },
  'Express, in a router': async (guard) => {
    const router = expressApp.Router().use(express(guard))
    const app = expressApp().use('/docs', router)
    app.use((_, response) => void response.status(404).send('not ours'))
    return listening(app)
  },
  Fastify: async (guard) => {
    const app = fastifyApp()
    app.route({ method: ['GET', 'POST', 'PUT'], url: '/docs/*', handler: fastify(guard) })
    await app.listen({ port: 0, host: '127.0.0.1' })
    closing.push(() => app.close())
    return address(app.server)
  },
  'h3 1, as in Nuxt': async (guard) => {
    const app = createApp().use(createRouter().use('/docs/**', defineEventHandler(h3(guard))))
    return listening(toNodeListener(app))
  },
  'h3 2': async (guard) => {
    const app = new H3().all('/docs/**', h3(guard))
    return listening(toNodeHandler(app) as RequestListener)
  },
  'a fetch handler, as in Next': async (guard) => {
    // What a route file exports.
    const route: Record<string, (request: Request) => Promise<Response>> = {
      GET: guard.handle,
      POST: guard.handle,
      PUT: guard.handle,
    }
    return listening(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const method = request.method!
      const body = method === 'GET' ? {} : { body: Buffer.concat(parts) }
      const given = new Request(`http://wiki.example${request.url}`, {
        method,
        headers: request.headers as Record<string, string>,
        ...body,
      })
      const answer = (await route[method]?.(given)) ?? new Response('not ours', { status: 404 })
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
    })
  },
}

describe.each(Object.entries(sites))('W7: %s', (_, site) => {
  const start = async (more: Parameters<typeof options>[1] = {}) => {
    const store = memoryStore()
    const copresence = fakeService()
    const at = await site(createGuard(options(store, { fetch: copresence.fetch, ...more })))
    const call = async (
      method: string,
      headers: Record<string, string> = {},
      body?: string,
      path = '/docs/a',
    ) => {
      const answer = await fetch(at + path, {
        method,
        headers: { Authorization: 'Bearer ana', 'Content-Type': 'text/plain', ...headers },
        ...(body === undefined ? {} : { body }),
      })
      const text = await answer.text()
      const isJson = answer.headers.get('Content-Type')?.includes('json')
      return {
        status: answer.status,
        etag: answer.headers.get('ETag'),
        body: isJson ? JSON.parse(text) : text,
        answer,
      }
    }
    return { store, copresence, call }
  }

  test('reads, opens and saves', async () => {
    const { store, call } = await start()
    store.rows.set('/docs/a ', row('Grüße', 4, 0))

    expect(await call('GET')).toMatchObject({
      status: 200,
      etag: '"4"',
      body: { text: 'Grüße', revision: 4 },
    })
    expect(await call('POST', { 'Presence-Receipt': await receipt() })).toMatchObject({
      status: 200,
      body: { text: 'Grüße', revision: 4 },
    })
    expect(await call('PUT', { 'Presence-Fence': '418', 'If-Match': '"4"' }, 'Žluťoučký')).toMatchObject({
      status: 200,
      etag: '"5"',
      body: { revision: 5 },
    })
    expect(store.rows.get('/docs/a ')).toEqual(row('Žluťoučký', 5, 418))
  })

  test('refuses with a problem document', async () => {
    const { copresence, call } = await start()
    copresence.state.isDown = true

    const refused = [
      await call('POST'),
      await call('POST', { 'Presence-Fence': 'x' }),
      await call('POST', { 'Presence-Receipt': 'garbage' }),
      await call('POST', { 'Presence-Fence': '418' }),
      await call('PUT', { 'Presence-Fence': '418', 'If-Match': '"0"' }, 'never opened'),
    ]

    expect(refused.map(({ status }) => status)).toEqual([428, 400, 400, 503, 409])
    for (const { answer, body, status } of refused) {
      expect(answer.headers.get('Content-Type')).toContain('application/problem+json')
      expect(body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
    }
    expect(refused[3]!.answer.headers.get('Retry-After')).toBe('2')
  })

  test('asks with the section of the query and refuses a text that is too long', async () => {
    const { store, call } = await start({ maxBytes: 1000 })
    store.rows.set('/docs/a install', row('', 0, 0))
    const path = '/docs/a?section=install'

    expect(
      await call('POST', { 'Presence-Receipt': await receipt({ section: 'install' }) }, '', path),
    ).toMatchObject({
      status: 200,
    })
    const headers = { 'Presence-Fence': '418', 'If-Match': '"0"' }
    expect(await call('PUT', headers, 'x'.repeat(1001), path)).toMatchObject({ status: 413 })
    expect(await call('PUT', headers, 'x'.repeat(1000), path)).toMatchObject({ status: 200 })
  })

  test('leaves other methods to others', async () => {
    const { call } = await start()
    expect((await call('DELETE')).status).toBeGreaterThanOrEqual(404)
  })
})
