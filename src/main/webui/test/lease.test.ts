import { describe, expect, test } from 'vitest'
import { answered, lapsed, noStanding, type Standing } from '../src/core/lease.js'
import { parseAnswer } from '../src/core/protocol.js'
import { ana, bob } from './fake-service.js'

const sentAt = 1_000_000
const people = [ana, bob]

function after(standing: Standing, editing: unknown, at = sentAt): Standing {
  return answered(standing, parseAnswer({ pagePath: '/a', editing })!, at, people)
}

const held = after(noStanding, { granted: true, fence: 7 })
const behindBob = { granted: false, editorUserId: bob.id, position: 1 }
const requestedByBob = { requestedBy: { id: bob.id, name: bob.name }, deadlineMs: 60_000 }

describe('a lease', () => {
  test('is held under the fence with which it was granted', () => {
    expect(held.lease).toEqual({ status: 'held', fence: 7 })
    expect(after(held, { granted: true, fence: 7 })).toEqual(held)
  })

  test('is waited for behind its editor, by name, and then held', () => {
    const waiting = after(noStanding, behindBob)

    expect(waiting.lease).toEqual({
      status: 'waiting',
      position: 1,
      editor: { id: 'u-bob', name: 'Bob Stone' },
    })
    expect(after(waiting, { granted: true, fence: 8 }).lease).toEqual({ status: 'held', fence: 8 })
  })

  test('of somebody whom the service does not list has an editor without a name', () => {
    const waiting = after(noStanding, { ...behindBob, editorUserId: 'u-eve', position: 3 })

    expect(waiting.lease).toEqual({ status: 'waiting', position: 3, editor: { id: 'u-eve', name: '' } })
  })

  test('under another fence than the one held is lost: somebody may have saved between the two', () => {
    expect(after(held, { granted: true, fence: 9 })).toEqual({ lease: { status: 'lost' } })
  })

  test('is lost to whom the holder finds before it in line', () => {
    expect(after(held, behindBob)).toEqual({
      lease: { status: 'lost', successor: { id: 'u-bob', name: 'Bob Stone' } },
    })
  })

  test('is lost to whom the service says', () => {
    const lost = { granted: false, lost: true, lostTo: { id: 'u-eve', name: 'Eve' } }

    for (const before of [held, noStanding, after(noStanding, behindBob)])
      expect(after(before, lost).lease).toEqual({
        status: 'lost',
        successor: { id: 'u-eve', name: 'Eve' },
      })
  })

  test('is lost when the service knows of no claim any more, to nobody in particular', () => {
    expect(after(held, undefined)).toEqual({ lease: { status: 'lost' } })
    expect(after(noStanding, undefined)).toEqual(noStanding)
  })

  test('that has ended while somebody asked for it was handed to them', () => {
    const asked = after(held, { granted: true, fence: 7, ...requestedByBob })

    expect(after(asked, undefined).lease).toMatchObject({ status: 'lost', successor: { id: bob.id } })
  })

  test('that nobody confirmed in time may not be used, and is held again under the same fence alone', () => {
    const late = lapsed(held)

    expect(late.lease).toEqual({ status: 'lost' })
    expect(after(late, { granted: true, fence: 7 })).toEqual(held)
    expect(after(late, { granted: true, fence: 8 }).lease).toEqual({ status: 'lost' })
    expect(after(late, behindBob).lease).toMatchObject({ status: 'lost', successor: { id: bob.id } })
  })

  test('that somebody asks for ends at the deadline, which counts from when the service was asked', () => {
    const asked = after(held, { granted: true, fence: 7, ...requestedByBob })

    expect(asked.lease).toEqual({
      status: 'held',
      fence: 7,
      requestedBy: { id: 'u-bob', name: 'Bob Stone' },
      deadline: sentAt + 60_000,
    })
    expect(asked.endsAt).toBe(sentAt + 60_000)
    expect(after(asked, { granted: true, fence: 7 })).toEqual(held)
  })

  test('has a deadline that does not tremble with the network', () => {
    const asked = after(held, { granted: true, fence: 7, ...requestedByBob })
    const later = { granted: true, fence: 7, ...requestedByBob, deadlineMs: 45_120 }

    expect(after(asked, later, sentAt + 15_000).lease).toEqual(asked.lease)
    expect(after(asked, later, sentAt + 15_000).endsAt).toBe(sentAt + 60_120)
    expect(after(asked, { ...later, deadlineMs: 60_000 }, sentAt + 15_000).lease).toMatchObject({
      deadline: sentAt + 75_000,
    })
  })

  test('that its editor keeps says when it can be asked for again', () => {
    const kept = after(noStanding, { ...behindBob, keptMs: 120_000 })

    expect(kept.lease).toMatchObject({ status: 'waiting', canRequestAt: sentAt + 120_000 })
    expect(after(kept, behindBob).lease).not.toHaveProperty('canRequestAt')
  })
})
