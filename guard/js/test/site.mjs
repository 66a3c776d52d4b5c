/*
 * A site of one of the frameworks, with the guard as it is packed, for tests with a real service:
 * `node site.mjs express SERVICE ISSUER AUDIENCE [KEYS]` says at which port it is. Its texts are in memory, each page is
 * there, and it believes each bearer token.
 */
import expressApp from 'express'
import fastifyApp from 'fastify'
import { createApp, defineEventHandler, toNodeListener } from 'h3'
import { H3, toNodeHandler } from 'h3-2'
import { createServer } from 'node:http'
import { createGuard, express, fastify, h3 } from '../dist/guard.js'

const [framework, service, issuer, audience, keys] = process.argv.slice(2)

const rows = new Map()
const row = ({ page, section = '' }) => {
  const name = `${page} ${section}`
  if (!rows.has(name)) rows.set(name, { text: '', revision: 0, fence: 0 })
  return rows.get(name)
}

const guard = createGuard({
  service,
  receipts: { issuer, audience, ...(keys ? { keys: JSON.parse(keys) } : {}) },
  user: (request) => {
    const claims = request.headers.get('Authorization')?.split('.')[1]
    return claims && JSON.parse(Buffer.from(claims, 'base64url')).sub
  },
  text: (request) => {
    const { pathname, searchParams } = new URL(request.url)
    return { page: pathname, section: searchParams.get('section') ?? undefined }
  },
  store: {
    read: async (name) => row(name),
    open: async (name, fence) => {
      const now = row(name)
      if (now.fence <= fence) now.fence = fence
      return now
    },
    save: async (name, fence, base, text) => {
      const now = row(name)
      const isGood = now.fence === fence && now.revision === base
      if (isGood) Object.assign(now, { text, revision: base + 1 })
      return isGood
    },
  },
})

const listeners = {
  express: () => expressApp().all('/docs/*path', express(guard)),
  h3: () => toNodeListener(createApp().use(defineEventHandler(h3(guard)))),
  h3v2: () => toNodeHandler(new H3().all('/docs/**', h3(guard))),
  fetch: () => async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    const { method, headers, url } = request
    const body = method === 'GET' ? {} : { body: Buffer.concat(parts) }
    const answer = await guard.handle(new Request(`http://localhost${url}`, { method, headers, ...body }))
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  },
}

if (framework === 'fastify') {
  const app = fastifyApp()
  app.route({ method: ['GET', 'POST', 'PUT'], url: '/docs/*', handler: fastify(guard) })
  await app.listen({ port: 0, host: '127.0.0.1' })
  console.log(`listening ${app.server.address().port}`)
} else {
  const server = createServer(listeners[framework]())
  server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`))
}
