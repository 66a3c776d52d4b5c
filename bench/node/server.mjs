// What a team would write from the feature's description alone: Nuxt's server parts, a registry of Maps, a verified
// token or an encrypted session cookie on each call. Expired tabs are looked for on the called page only: the kind reading.
import { createServer } from 'node:http'
import {
  createApp, createError, createRouter, eventHandler, getHeader, getQuery, readBody, toNodeListener, useSession
} from 'h3'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const TTL = Number(process.env.TTL_MS ?? 45_000)
const issuer = process.env.ISSUER
const keys = createRemoteJWKSet(new URL(`${issuer}/keys`))
const session = { password: 'of-the-bench-and-long-enough-for-iron', name: 'nuxt-session' }

const pages = new Map()
const users = new Map()

function tabsOf(pagePath) {
  const tabs = pages.get(pagePath)
  if (!tabs) return undefined
  const oldest = Date.now() - TTL
  for (const [tabId, tab] of tabs) if (tab.lastSeenAt < oldest) tabs.delete(tabId)
  if (tabs.size === 0) pages.delete(pagePath)
  return tabs
}

function renew(pagePath, tabId, userId, isEditing) {
  let tabs = tabsOf(pagePath)
  if (!pages.has(pagePath)) pages.set(pagePath, (tabs = new Map()))
  tabs.set(tabId, { userId, lastSeenAt: Date.now(), isEditing })
}

function list(pagePath) {
  const viewers = new Map()
  let editorUserId
  for (const tab of tabsOf(pagePath)?.values() ?? []) {
    const viewer = viewers.get(tab.userId)
    if (viewer) viewer.tabCount++
    else viewers.set(tab.userId, { id: tab.userId, ...users.get(tab.userId), tabCount: 1 })
    if (tab.isEditing) editorUserId = tab.userId
  }
  return { pagePath, viewers: [...viewers.values()], editorUserId }
}

async function authenticated(event) {
  const bearer = getHeader(event, 'authorization')?.replace(/^Bearer /, '')
  let claims
  if (bearer) {
    claims = await jwtVerify(bearer, keys, { issuer, audience: 'copresence' }).then(
      (verified) => verified.payload,
      () => undefined
    )
  } else {
    claims = (await useSession(event, session)).data.user
  }
  if (!claims) throw createError({ statusCode: 401 })
  users.set(claims.sub, { name: claims.name, avatar: claims.picture })
  return claims
}

function checked(pagePath, tabId) {
  const valid = typeof pagePath === 'string' && /^\/(?!\/)[^?#\s]*$/.test(pagePath) && pagePath.length <= 1024
  if (!valid || typeof tabId !== 'string') throw createError({ statusCode: 400 })
}

const call = (action) =>
  eventHandler(async (event) => {
    const { sub } = await authenticated(event)
    const body = await readBody(event)
    checked(body?.pagePath, body?.tabId)
    action(body, sub)
    return { ok: true }
  })

const router = createRouter()
  .post('/api/presence/join', call((body, sub) => renew(body.pagePath, body.tabId, sub, false)))
  .post('/api/presence/heartbeat', call((body, sub) => renew(body.pagePath, body.tabId, sub, body.isEditing === true)))
  .post('/api/presence/leave', call((body) => tabsOf(body.pagePath)?.delete(body.tabId)))
  .get('/api/presence/list', eventHandler(async (event) => {
    await authenticated(event)
    const { pagePath } = getQuery(event)
    checked(pagePath, '')
    return list(pagePath)
  }))
  .post('/session', eventHandler(async (event) => {
    const { sub, name, picture } = await authenticated(event)
    await (await useSession(event, session)).update({ user: { sub, name, picture } })
    return { ok: true }
  }))

createServer(toNodeListener(createApp().use(router))).listen(Number(process.env.PORT), '127.0.0.1')
