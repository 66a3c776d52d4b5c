/*
 * Serves the folder site/, and passes what belongs to Copresence on to it: one origin for both. It stands for whatever
 * serves your pages while you develop; in production that is nginx, Traefik or Caddy, which have examples of their own.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import http from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const site = process.argv[2] ?? fileURLToPath(new URL('site', import.meta.url))
const port = Number(process.env.PORT ?? 4000)
const copresence = new URL(process.env.COPRESENCE ?? 'http://localhost:8080')
const isCopresences = /^\/(api\/presence|copresence|login|logout)(\/|\?|$)/
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' }

const server = http.createServer((request, response) => {
  if (isCopresences.test(request.url)) pass(request, response)
  else void serve(request, response)
})
server.listen(port, 'localhost', () => console.log(`http://localhost:${server.address().port}/`))

/** Passes a request on with its headers as they came, Host among them, and the answer back as it comes. */
function pass(request, response) {
  const { method, url: path, headers } = request
  const { hostname, port } = copresence
  const onward = http.request({ hostname, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
  response.on('close', () => onward.destroy())
  request.pipe(onward)
}

async function serve(request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://site').pathname))
  const file = join(site, extname(path) ? path : 'index.html')
  const isThere = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!isThere) return response.writeHead(404).end('Not found')
  response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
}
