/**
 * Lets a save pass only while its writer holds the page under the fence that the save carries:
 * `app.put('/docs/*path', fenced('https://presence.example'), savePage)`.
 */
export function fenced(presenceService, ask = fetch) {
  return async (request, response, next) => {
    const fence = Number(request.get('Presence-Fence'))
    if (!Number.isSafeInteger(fence) || fence <= 0) return void response.sendStatus(428)
    // Without the query, which is no part of a page's name.
    const [pagePath] = request.originalUrl.split('?')
    const question = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: request.get('Authorization') ?? '' },
      body: JSON.stringify({ pagePath, fence }),
      signal: AbortSignal.timeout(5_000),
    }
    try {
      const answer = await ask(`${presenceService}/api/presence/editor/verify`, question)
      if (answer.ok) return void next()
      // 409 says in its body who holds the page; whatever else it is, nobody knows, and nothing is saved.
      response.status(answer.status === 409 ? 409 : 503).type('application/problem+json')
      response.send(await answer.text())
    } catch {
      response.sendStatus(503)
    }
  }
}
