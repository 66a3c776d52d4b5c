/* Serves the folder site/ and nothing else: its pages call Copresence at the origin of Copresence. */
import { readFile } from 'node:fs/promises'
import http from 'node:http'

const port = Number(process.env.PORT ?? 4001)
const copresence = process.env.COPRESENCE ?? 'http://localhost:8080'
const types = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8' }

const server = http.createServer(async (request, response) => {
  const name = request.url.startsWith('/page.js') ? 'page.js' : 'index.html'
  const text = await readFile(new URL(`site/${name}`, import.meta.url), 'utf8')
  response.writeHead(200, { 'Content-Type': types[name.split('.')[1]] })
  response.end(text.replaceAll('http://localhost:8080', copresence))
})
server.listen(port, 'localhost', () => console.log(`http://localhost:${server.address().port}/`))
