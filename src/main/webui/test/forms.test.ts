import { describe, expect, test } from 'vitest'
import { parseSnapshot } from '../src/core/protocol.js'
import { pass, settled } from './browser.js'
import { ana, bob, ticketOf } from './fake-service.js'
import { live, service, setUp } from './presences.js'

// A7: what the state says where the service tells less than names.

setUp({}, (service) => {
  service.streaming = true
  service.viewers = [ana, bob]
})

const me = { ...{ id: ana.id, name: ana.name }, viewerId: ticketOf(ana.id) }

/** The page changes, and its stream says so. */
async function push(etag: string): Promise<void> {
  service.etag = etag
  service.stream.write(service.event())
  await settled()
}

describe('a form of a page', () => {
  test('names is what a service says that names no level', async () => {
    service.editorUserId = bob.id
    const presence = await live()

    expect(presence.getSnapshot()).toMatchObject({ level: 'names', viewers: [ana, bob], isEdited: true })
  })

  test('initials: people without names, one of whom is the user if the service says which', async () => {
    service.level = 'initials'
    service.editorUserId = bob.id
    const presence = await live()

    const other = { id: 'k-bob', name: '', initials: 'BS', tabCount: 1 }
    expect(presence.getSnapshot()).toMatchObject({
      level: 'initials',
      self: me,
      viewers: [{ id: 'k-ana', name: '', initials: 'AR' }, other],
      others: [other],
      editor: other,
      editorUserId: 'k-bob',
      isEdited: true,
      viewerCount: 2,
    })
    service.viewers = [bob]
    await push('v2')
    await pass(15_000)
    expect(presence.getSnapshot().others).toEqual([other])
    expect(presence.getSnapshot().self).toEqual({ id: ana.id, name: ana.name })
  })

  test('that is another than before is asked about at once, by which the user is known in it', async () => {
    const presence = await live()
    service.level = 'initials'
    await push('v2')
    await settled()

    expect(presence.getSnapshot()).toMatchObject({ level: 'initials', self: me, others: [{ id: 'k-bob' }] })
    const before = service.calls.length
    await push('v3')
    expect(service.calls).toHaveLength(before)
  })

  test('count: how many there are, and whether the page is edited', async () => {
    service.level = 'count'
    const presence = await live()
    expect(presence.getSnapshot()).toMatchObject({
      level: 'count',
      self: { id: ana.id },
      viewers: [],
      others: [],
      editor: undefined,
      isEdited: false,
      viewerCount: 2,
    })
    service.editorUserId = bob.id
    await push('v2')

    expect(presence.getSnapshot()).toMatchObject({ isEdited: true, editorUserId: undefined, viewerCount: 2 })
  })

  test('none: nothing but the user', async () => {
    service.level = 'none'
    service.editorUserId = bob.id
    const presence = await live()

    expect(presence.getSnapshot()).toMatchObject({
      status: 'live',
      level: 'none',
      self: { id: ana.id },
      viewers: [],
      isEdited: false,
      viewerCount: 0,
    })
  })

  test('that shows less than before leaves nothing of it', async () => {
    service.editorUserId = bob.id
    service.sections = [{ section: 'intro', editorUserId: bob.id }]
    const presence = await live()
    service.level = 'count'
    await push('v2')

    expect(JSON.stringify(presence.getSnapshot())).not.toContain('ob')
  })

  test('of a newer service shows no more than came with it', () => {
    expect(parseSnapshot({ pagePath: '/a', level: 'shapes', viewerCount: 3 })).toMatchObject({
      level: 'none',
      viewers: [],
      viewerCount: 3,
    })
    expect(parseSnapshot({ pagePath: '/a' })).toBeUndefined()
  })
})

describe('a lease where people have no names', () => {
  test.each<['initials' | 'count', unknown, object]>([
    ['initials', { editorUserId: 'k-bob' }, { editor: { id: 'k-bob', name: '', initials: 'BS' } }],
    ['count', {}, {}],
  ])('is waited for at level %s', async (level, more, expected) => {
    service.level = level
    service.editorUserId = bob.id
    service.editing = { granted: false, position: 1, ...(more as object) }
    const presence = await live()
    presence.setIsEditing(true)
    await settled()

    expect(presence.getSnapshot().lease).toEqual({ status: 'waiting', position: 1, ...expected })
  })

  test('is asked for by somebody with a deadline, named or not', async () => {
    service.level = 'count'
    service.editing = { granted: true, fence: 7, deadlineMs: 60_000 }
    const presence = await live()
    presence.setIsEditing(true)
    await settled()

    expect(presence.getSnapshot().lease).toEqual({
      status: 'held',
      fence: 7,
      deadline: expect.any(Number) as number,
    })
  })

  test('is lost to initials, or to nobody who is told', async () => {
    service.level = 'initials'
    const presence = await live()
    presence.setIsEditing(true)
    await settled()
    service.editing = { granted: false, lost: true, lostTo: { id: 'k-bob', initials: 'BS' } }
    await pass(15_000)

    expect(presence.getSnapshot().lease).toEqual({
      status: 'lost',
      successor: { id: 'k-bob', name: '', initials: 'BS' },
    })
  })

  test.each(['initials', 'count'] as const)(
    'at level %s a change on the stream is asked about once, and no other event',
    async (level) => {
      service.level = level
      service.editorUserId = bob.id
      service.editing = { granted: false, position: 1 }
      const presence = await live()
      presence.setIsEditing(true)
      await settled()
      const before = service.calls.length
      for (const etag of ['v2', 'v3', 'v4']) {
        service.viewers = [...service.viewers, { ...bob, id: `u-${etag}` }]
        await push(etag)
      }
      expect(service.calls).toHaveLength(before)

      service.requestedByUserId = bob.id
      await push('v5')
      expect(service.calls).toHaveLength(before + 1)
      expect(presence.getSnapshot().isRequested).toBe(true)

      service.editorUserId = undefined
      service.editing = undefined
      await push('v6')
      expect(service.calls).toHaveLength(before + 2)
      expect(presence.getSnapshot().lease).toEqual({ status: 'held', fence: 7 })
    },
  )
})
