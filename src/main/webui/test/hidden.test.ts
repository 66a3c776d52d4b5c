import { describe, expect, test, vi } from 'vitest'
import { goAway, pass, settled } from './browser.js'
import { bob, problem } from './fake-service.js'
import { create, live, service, setUp } from './presences.js'

// A8: a user whom others do not see.

setUp({ push: false })

const told = () => service.calls.map(({ name, body }) => `${name} ${String(body.isListed)}`)
const refusal = () =>
  problem(400, {}, { violations: [{ field: 'isListed', message: 'must not be false for this user' }] })

/** From now on nobody may hide. */
function forbidHiding(): void {
  service.instead = () => {
    const { name, body } = service.last()
    return body.isListed === false ? refusal() : service.answer(name, body)
  }
}

describe('who hides', () => {
  test('is hidden from the join on, and says so in each heartbeat', async () => {
    const presence = await live({ isListed: false })
    await pass(15_000)

    expect(told()).toEqual(['join false', 'heartbeat false'])
    expect(presence.getSnapshot()).toMatchObject({ isListed: false, self: { id: 'u-ana' } })
  })

  test('may change their mind, at once and both ways', async () => {
    const presence = await live()
    expect(presence.getSnapshot().isListed).toBe(true)
    presence.setIsListed(false)
    await settled()
    presence.setIsListed(false)
    presence.setIsListed(true)
    await settled()

    expect(told()).toEqual(['join undefined', 'heartbeat false', 'heartbeat undefined'])
    expect(presence.getSnapshot().isListed).toBe(true)
  })

  test('stays so on the next page, from the first message there', async () => {
    const presence = await live({ isListed: false })
    presence.setPagePath('/b')
    await settled()

    expect(told()).toEqual(['join false', 'join false'])
    expect(presence.getSnapshot()).toMatchObject({ pagePath: '/b', isListed: false })
  })

  test('stays so in all that happens to a tab', async () => {
    const presence = await live({ isListed: false })
    for (const status of [401, 401, 403, 503]) {
      service.next(() => problem(status))
      presence.refresh()
      await pass(40_000)
    }

    expect(presence.getSnapshot()).toMatchObject({ status: 'live', isListed: false })
    expect(new Set(told().map((one) => one.split(' ')[1]))).toEqual(new Set(['false']))
  })

  test('is not shown by the last heartbeat of a document that gave up its claim', async () => {
    const presence = await live({ isListed: false })
    presence.setIsEditing(true)
    await settled()
    service.delay()
    presence.setIsEditing(false)
    goAway()

    expect(service.last()).toMatchObject({
      name: 'batch',
      body: { heartbeats: [{ isEditing: false, isListed: false }], leaves: [{ unloading: true }] },
    })
    expect(service.last().body.leaves).not.toContainEqual(expect.objectContaining({ isListed: false }))
  })
})

describe('where hiding is refused', () => {
  test('who was never seen is not shown instead, and the problem names the field', async () => {
    forbidHiding()
    const presence = create({ isListed: false })
    await pass(120_000)

    expect(presence.getSnapshot()).toMatchObject({
      status: 'refused',
      isListed: false,
      problem: { status: 400, violations: [{ field: 'isListed' }] },
    })
    expect(new Set(told())).toEqual(new Set(['join false']))

    presence.setIsListed(true)
    await settled()
    expect(presence.getSnapshot()).toMatchObject({ status: 'live', isListed: true, problem: undefined })
  })

  test('who was seen goes on being seen, keeps the lease, and is told', async () => {
    const presence = await live()
    presence.setIsEditing(true)
    await settled()
    forbidHiding()
    presence.setIsListed(false)
    await settled()

    const expected = {
      status: 'live',
      isListed: true,
      lease: { status: 'held' },
      problem: { status: 400, violations: [{ field: 'isListed' }] },
    }
    expect(presence.getSnapshot()).toMatchObject(expected)
    const before = service.calls.length
    await pass(60_000)
    expect(presence.getSnapshot()).toMatchObject(expected)
    expect(service.calls.length - before).toBe(4)

    presence.setIsListed(true)
    await settled()
    expect(presence.getSnapshot()).toMatchObject({ isListed: true, problem: undefined })
  })

  test('who was seen on one page is not shown on the next', async () => {
    const presence = await live()
    forbidHiding()
    presence.setIsListed(false)
    presence.setPagePath('/b')
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ status: 'refused', pagePath: '/b' })
    const onB = service.calls.filter(({ body }) => body.pagePath === '/b')
    expect(onB.every(({ body }) => body.isListed === false)).toBe(true)
    expect(service.last()).toMatchObject({ name: 'leave', body: { pagePath: '/a' } })
  })

  test('later than it was allowed, nobody is shown who was hidden', async () => {
    const presence = await live({ isListed: false })
    forbidHiding()
    await pass(15_000)

    expect(presence.getSnapshot()).toMatchObject({ status: 'refused', isListed: false })
    expect(told()).not.toContain('heartbeat undefined')
  })
})

describe('several presences in one document', () => {
  test('hide the tab while one of them on its page wishes it', async () => {
    const first = await live()
    const second = await live({ isListed: false })
    await settled()
    expect(first.getSnapshot().isListed).toBe(false)
    expect(told().at(-1)).toBe('heartbeat false')
    second.stop()
    await settled()

    expect(first.getSnapshot().isListed).toBe(true)
    expect(told().at(-1)).toBe('heartbeat undefined')
  })

  test('a change of it moves no tab to another section', async () => {
    const first = await live({ section: 'one' })
    await live({ section: 'two' })
    first.setIsListed(false)
    await settled()

    expect(service.last().body).toMatchObject({ section: 'two', isListed: false })
  })

  test('a refused one is tried again once it may be seen', async () => {
    await live()
    forbidHiding()
    const second = create({ pagePath: '/b', isListed: false })
    await settled()
    expect(second.getSnapshot()).toMatchObject({ status: 'refused', isListed: false })
    second.setIsListed(true)
    await settled()

    expect(second.getSnapshot()).toMatchObject({ status: 'live', pagePath: '/b' })
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })
})

test('a snapshot without the user leaves them in self alone', async () => {
  service.viewers = [bob]
  const presence = await live({ isListed: false })

  expect(presence.getSnapshot()).toMatchObject({ others: [bob], viewers: [bob], self: { name: 'Ana Reis' } })
})
