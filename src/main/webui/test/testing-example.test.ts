import { createPresence, type Presence } from '../src/index.js'
import { fakePresence, fakeService } from '../src/testing.js'
import { expect, test, vi } from 'vitest'

const bob = { id: 'bob', name: 'Bob', tabCount: 1 }

function bannerOf(presence: Presence): string {
  const { lease } = presence.getSnapshot()
  return lease.status === 'waiting' ? `${lease.editor?.name || 'Someone'} is editing` : ''
}

test('says who edits', () => {
  const presence = fakePresence({ viewers: [bob], editorUserId: 'bob' })
  presence.setIsEditing(true)

  expect(bannerOf(presence)).toBe('Bob is editing')
  expect(presence.calls).toEqual([{ name: 'setIsEditing', args: [true] }])
})

test('has the page when Bob is done', async () => {
  const service = fakeService()
  service.enter(bob, '/docs/a', { isEditing: true })
  const presence = createPresence({ pagePath: '/docs/a', fetch: service.fetch })
  presence.setIsEditing(true)
  await vi.waitFor(() => expect(bannerOf(presence)).toBe('Bob is editing'))
  service.leave(bob)

  await vi.waitFor(() => expect(presence.getSnapshot().lease.status).toBe('held'))
  presence.stop()
})
