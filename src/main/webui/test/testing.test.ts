/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPresence, type Presence, type PresenceOptions } from '../src/index.js'
import { fakePresence, fakeSelf, fakeService, type FakeServiceOptions } from '../src/testing.js'
import { freshDocument, pass, settled } from './browser.js'

const bob = { id: 'u-bob', name: 'Bob Stone', tabCount: 1 }
const cleo = { id: 'u-cleo', name: 'Cleo', tabCount: 1 }

test('the example of the README is the one that is tested', () => {
  const example = readFileSync('test/testing-example.test.ts', 'utf8')
    .replace('../src/index.js', '@copresence/client')
    .replace('../src/testing.js', '@copresence/client/testing')

  expect(readFileSync('README.md', 'utf8')).toContain(`\`\`\`ts\n${example}\`\`\``)
})

describe('a fake presence', () => {
  test('is a user alone on a page, until the test says other', () => {
    const presence = fakePresence()
    const listener = vi.fn()
    const unsubscribe = presence.subscribe(listener)
    expect(presence.getSnapshot()).toMatchObject({ status: 'live', self: fakeSelf, others: [] })
    presence.set({ viewers: [bob], editorUserId: bob.id })
    presence.set({ viewers: [bob] })
    unsubscribe()
    presence.set({ viewers: [] })

    expect(listener).toHaveBeenCalledOnce()
    expect(fakePresence({ self: undefined, status: 'signed-out' }).getSnapshot().viewers).toEqual([])
  })

  test('holds, loses and waits as a page does', async () => {
    const presence = fakePresence({ viewers: [bob] })
    presence.setIsEditing(true)
    expect(presence.getSnapshot()).toMatchObject({ lease: { status: 'held', fence: 1 }, isEdited: true })
    presence.set({ lease: { status: 'held', fence: 1, requestedBy: bob, deadline: 1 } })
    expect(await presence.keep()).toBeUndefined()
    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 1 })
    presence.set({ lease: { status: 'held', fence: 1, requestedBy: bob } })
    await presence.handOver()
    expect(presence.getSnapshot()).toMatchObject({
      lease: { status: 'lost', successor: { id: bob.id } },
      editor: { id: bob.id },
      isEditing: false,
    })
    await presence.requestEdit()
    expect(presence.getSnapshot().lease).toMatchObject({ status: 'waiting', requestedBy: fakeSelf })
    presence.refuseNext({ status: 403, title: 'No' })
    expect(await presence.takeOver()).toMatchObject({ status: 403 })
    await presence.takeOver({ now: true })
    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 2 })
    presence.setIsEditing(false)
    presence.setSection('intro')
    presence.setIsEditing(true)
    expect(presence.getSnapshot().sections).toEqual([{ section: 'intro', editorUserId: fakeSelf.id }])
    presence.setSection(undefined)
    expect(presence.getSnapshot()).toMatchObject({ sections: [], editorUserId: fakeSelf.id })
    presence.setPagePath('/b')
    expect(presence.getSnapshot()).toMatchObject({
      pagePath: '/b',
      status: 'live',
      lease: { status: 'idle' },
    })
    presence.stop()

    expect(presence.getSnapshot().status).toBe('stopped')
    expect(presence.calls.map(({ name }) => name)).toEqual([
      'setIsEditing',
      'keep',
      'handOver',
      'requestEdit',
      'takeOver',
      'takeOver',
      'setIsEditing',
      'setSection',
      'setIsEditing',
      'setSection',
      'setPagePath',
      'stop',
    ])
    expect(presence.calls[5]!.args).toEqual([{ now: true }])
  })
})

describe('a fake service', () => {
  const running: Presence[] = []

  beforeEach(() => {
    vi.useFakeTimers()
    freshDocument()
  })

  afterEach(async () => {
    for (const presence of running.splice(0)) presence.stop()
    await pass(20_000)
    vi.useRealTimers()
  })

  async function on(options: FakeServiceOptions = {}, more: Partial<PresenceOptions> = {}) {
    const service = fakeService(options)
    const presence = createPresence({ pagePath: '/a', fetch: service.fetch, ...more })
    running.push(presence)
    await settled()
    return { service, presence }
  }

  test('has the client see at once who comes, types, hides and goes', async () => {
    const { service, presence } = await on()
    const seen = () => presence.getSnapshot().others
    await settled()
    service.enter(bob, '/a')
    service.enter(cleo, '/b')
    await settled()
    expect(seen()).toEqual([bob])
    service.enter(bob, '/a', { section: 'intro', typing: true, away: true, tabCount: 2 })
    await settled()
    expect(seen()).toEqual([{ ...bob, section: 'intro', typing: true, away: true, tabCount: 2 }])
    service.leave(bob)
    await settled()

    expect(seen()).toEqual([])
    expect(service.requests.map(({ call }) => call)).toEqual(['join', 'stream'])
  })

  test('has leases with a queue, and fences that rise', async () => {
    const { service, presence } = await on()
    presence.setIsEditing(true)
    await settled()
    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 1 })
    service.enter(bob, '/a', { isEditing: true })
    service.ask(bob)
    await pass(15_000)
    expect(presence.getSnapshot().lease).toMatchObject({ requestedBy: { id: bob.id } })
    await presence.keep()
    expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 1 })
    service.ask(bob)
    await pass(15_000)
    expect(await presence.handOver()).toBeUndefined()

    expect(presence.getSnapshot()).toMatchObject({
      lease: { status: 'lost', successor: { id: bob.id } },
      editor: { id: bob.id },
    })
    expect(await presence.handOver()).toMatchObject({ reason: 'not-editor' })
  })

  test('has others answer', async () => {
    const { service, presence } = await on()
    service.enter(bob, '/a', { isEditing: true })
    expect(await presence.requestEdit()).toBeUndefined()
    expect(presence.getSnapshot().lease).toMatchObject({ status: 'waiting', requestedBy: fakeSelf })
    service.keep(bob)
    await pass(15_000)
    expect(presence.getSnapshot().lease).toMatchObject({ status: 'waiting', position: 1 })
    expect(await presence.requestEdit()).toMatchObject({ reason: 'editor-keeps', editor: { id: bob.id } })
    await pass(120_000)
    await presence.requestEdit()
    service.handOver(bob)
    await pass(15_000)

    expect(presence.getSnapshot().lease).toMatchObject({ status: 'held', fence: 2 })
  })

  test('gives the lease to whoever asked and got no answer', async () => {
    const { service, presence } = await on()
    service.enter(bob, '/a', { isEditing: true })
    await presence.requestEdit()
    await pass(76_000)

    expect(presence.getSnapshot().lease.status).toBe('held')
  })

  test('lets those take over who may', async () => {
    const { service, presence } = await on()
    service.enter(bob, '/a', { isEditing: true })
    expect(await presence.takeOver()).toMatchObject({ status: 403 })
    presence.stop()
    const chief = await on({ self: { ...fakeSelf, canTakeOver: true } })
    chief.service.enter(bob, '/a', { isEditing: true })
    expect(chief.presence.getSnapshot().self).toMatchObject({ canTakeOver: true })
    await chief.presence.takeOver()

    expect(chief.presence.getSnapshot().lease.status).toBe('held')
  })

  test('has sections of their own', async () => {
    const { service, presence } = await on()
    service.enter(bob, '/a', { section: 'intro', isEditing: true })
    presence.setIsEditing(true)
    await settled()

    expect(presence.getSnapshot()).toMatchObject({
      lease: { status: 'held' },
      sections: [{ section: 'intro', editorUserId: bob.id }],
    })
  })

  test.each([
    [401, 'signed-out'],
    [403, 'forbidden'],
    [400, 'refused'],
    [503, 'reconnecting'],
  ])('fails with %i, and is back', async (status, expected) => {
    vi.spyOn(console, 'warn').mockReturnValue()
    const { service, presence } = await on({}, { push: false })
    service.failWith(status)
    await pass(20_000)
    expect(presence.getSnapshot().status).toBe(expected)
    service.failWith(undefined)
    presence.refresh()
    await settled()

    expect(presence.getSnapshot().status).toBe('live')
  })
})
