// node pdp.mjs 8181: a decision point for Copresence, by the Authorization API 1.0 of AuthZEN.
import { createServer } from 'node:http'

// Put your own question here: may this person do this on this page? Throw if you cannot know.
function may(person, action, page) {
  if (page.startsWith('/tickets/')) return action === 'view' || action === 'see-count' || person.groups.includes('support')
  return false
}

createServer(async (request, response) => {
  try {
    if (request.headers.authorization !== 'Bearer ' + process.env.PDP_TOKEN) return response.writeHead(401).end()
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { subject, evaluations } = JSON.parse(body)
    const person = { id: subject.id, ...subject.properties } // with roles and groups
    const decisions = evaluations.map((one) => ({ decision: may(person, one.action.name, one.resource.id) }))
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ evaluations: decisions }))
  } catch {
    response.writeHead(500).end()
  }
}).listen(Number(process.argv[2]), '127.0.0.1')
