import { describe, expect, test, vi } from 'vitest'
import type { LeaseToOpen, Presence, PresenceOptions } from '../src/index.js'
import { pass, settled } from './browser.js'
import { ana, bob } from './fake-service.js'
import { create, live, service, setUp } from './presences.js'

const behindBob = { granted: false, editorUserId: bob.id, position: 1 }

setUp({}, (service) => (service.viewers = [ana, bob]))

/** The backend of an application, which opens a text when the test says so. */
class Backend {
  readonly asked: LeaseToOpen[] = []
  private readonly answers: { open(): void; refuse(error: unknown): void }[] = []

  readonly open = vi.fn((lease: LeaseToOpen) => {
    this.asked.push(lease)
    return new Promise<void>((open, refuse) => this.answers.push({ open, refuse }))
  })

  async opens(index = this.answers.length - 1): Promise<void> {
    this.answers[index]!.open()
    await settled()
  }

  async refuses(error: unknown, index = this.answers.length - 1): Promise<void> {
    this.answers[index]!.refuse(error)
    await settled()
  }

  get fences(): number[] {
    return this.asked.map(({ fence }) => fence)
  }
}

const leaseOf = (presence: Presence) => presence.getSnapshot().lease

async function editing(backend: Backend, options: Partial<PresenceOptions> = {}): Promise<Presence> {
  const presence = await live({ open: backend.open, ...options })
  presence.setIsEditing(true)
  await settled()
  return presence
}

// W3: whoever begins to type has read what is there under their fence.
describe('W3: a text is opened for each new lease before anybody may save', () => {
  test('after the first grant', async () => {
    const backend = new Backend()
    const told: string[] = []
    const presence = await live({ open: backend.open })
    presence.subscribe(() => told.push(leaseOf(presence).status))
    presence.setIsEditing(true)
    await settled()

    expect(leaseOf(presence)).toEqual({ status: 'opening', fence: 7 })
    expect(backend.asked).toEqual([{ pagePath: '/a', fence: 7, signal: expect.any(AbortSignal) as unknown }])
    await backend.opens()
    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 7 })
    expect(told).toEqual(['idle', 'opening', 'held'])
  })

  test('and once only, however often the lease is confirmed', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    await pass(60_000)
    expect(leaseOf(presence).status).toBe('opening')
    await backend.opens()
    await pass(60_000)

    expect(leaseOf(presence).status).toBe('held')
    expect(backend.fences).toEqual([7])
  })

  test('after a promotion: the waiting writer reads what was saved meanwhile', async () => {
    const backend = new Backend()
    service.editing = behindBob
    const presence = await editing(backend)
    expect(backend.fences).toEqual([])
    service.editing = { granted: true, fence: 8 }
    await pass(15_000)

    expect(leaseOf(presence)).toEqual({ status: 'opening', fence: 8 })
    await backend.opens()
    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 8 })
  })

  test('after a take-over', async () => {
    const backend = new Backend()
    const presence = await live({ open: backend.open })
    service.editing = { granted: true, fence: 9 }
    await presence.takeOver()
    await settled()

    expect(leaseOf(presence)).toEqual({ status: 'opening', fence: 9 })
  })

  test('after a return: a new claim is another lease', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    await backend.opens()
    service.editing = { granted: true, fence: 9 }
    await pass(15_000)
    expect(leaseOf(presence).status).toBe('lost')
    presence.setIsEditing(true)
    await settled()

    expect(leaseOf(presence)).toEqual({ status: 'opening', fence: 9 })
    expect(backend.fences).toEqual([7, 9])
  })

  test('in another section', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    await backend.opens()
    service.editing = { granted: true, fence: 7 }
    presence.setSection('install')
    await settled()

    expect(backend.asked.map(({ section, fence }) => [section, fence])).toEqual([
      [undefined, 7],
      ['install', 7],
    ])
    expect(leaseOf(presence).status).toBe('opening')
  })

  test('in a document that found its claim after a reload', async () => {
    const backend = new Backend()
    const presence = create({ open: backend.open })
    presence.setIsEditing(true)
    await settled()

    expect(leaseOf(presence)).toEqual({ status: 'opening', fence: 7 })
  })

  test('and the state is told before the application is asked', async () => {
    const seen: string[] = []
    const presence: Presence = await live({
      open: async () => void seen.push(leaseOf(presence).status),
    })
    presence.setIsEditing(true)
    await settled()

    expect(seen).toEqual(['opening'])
  })

  test('without the option a lease is held at once, and nothing else goes over the wire', async () => {
    const presence = await live()
    const told: string[] = []
    presence.subscribe(() => told.push(leaseOf(presence).status))
    presence.setIsEditing(true)
    await settled()

    expect(told).toEqual(['idle', 'held'])
  })
})

// W3
describe('an opening of which nothing comes any more', () => {
  test('is begun again when the fence has changed, and the first answer changes nothing', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    service.editing = { granted: true, fence: 9 }
    await pass(15_000)
    expect(leaseOf(presence)).toEqual({ status: 'opening', fence: 9 })
    expect(backend.fences).toEqual([7, 9])
    expect(backend.asked.map(({ signal }) => signal.aborted)).toEqual([true, false])
    await backend.opens(0)
    expect(leaseOf(presence)).toEqual({ status: 'opening', fence: 9 })
    await backend.opens(1)

    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 9 })
  })

  test('is given up when somebody else has the lease', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    service.editing = behindBob
    await pass(15_000)
    await backend.opens()

    expect(backend.asked[0]!.signal.aborted).toBe(true)
    expect(presence.getSnapshot()).toMatchObject({ isEditing: false, lease: { status: 'lost' } })
  })

  test('is given up with the claim, and a late refusal changes nothing', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    presence.setIsEditing(false)
    expect(backend.asked[0]!.signal.aborted).toBe(true)
    presence.setIsEditing(true)
    await settled()
    await backend.refuses(new Error('Too late'), 0)

    expect(leaseOf(presence).status).toBe('opening')
    await backend.opens(1)
    expect(leaseOf(presence).status).toBe('held')
  })

  test('is given up on another page and with the presence', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    presence.setPagePath('/b')
    await settled()
    presence.setIsEditing(true)
    await settled()
    presence.stop()

    expect(backend.asked.map(({ pagePath, signal }) => [pagePath, signal.aborted])).toEqual([
      ['/a', true],
      ['/b', true],
    ])
  })

  test('is never begun when the claim ends in the same breath', async () => {
    const backend = new Backend()
    const presence = await live({ open: backend.open })
    presence.subscribe(() => {
      if (leaseOf(presence).status === 'opening') presence.setIsEditing(false)
    })
    presence.setIsEditing(true)
    await settled()

    expect(backend.asked).toEqual([])
    expect(leaseOf(presence).status).toBe('idle')
  })

  test('counts when the service was out of reach meanwhile and the lease is the same', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    service.instead = () => Promise.reject(new TypeError('Failed to fetch'))
    await pass(50_000)
    expect(leaseOf(presence)).toEqual({ status: 'lost' })
    await backend.opens()
    expect(leaseOf(presence)).toEqual({ status: 'lost' })
    service.instead = undefined
    await pass(60_000)

    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 7 })
    expect(backend.fences).toEqual([7])
  })
})

// W3
describe('a text that is not opened', () => {
  test('ends the claim, and the lease says why', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    await backend.refuses(new Error('The wiki is read-only'))

    const problem = { status: 0, title: 'The wiki is read-only' }
    expect(presence.getSnapshot()).toMatchObject({
      isEditing: false,
      editing: undefined,
      lease: { status: 'lost', problem },
    })
    expect(service.last().body.isEditing).toBe(false)
    await pass(60_000)
    expect(leaseOf(presence)).toEqual({ status: 'lost', problem })
  })

  test('carries what a refusal of the backend said', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    await backend.refuses({ status: 409, title: 'Lost', reason: 'lost', editor: { id: 'x', name: 'Xu' } })

    expect(leaseOf(presence)).toEqual({
      status: 'lost',
      problem: { status: 409, title: 'Lost', reason: 'lost', editor: { id: 'x', name: 'Xu' } },
    })
  })

  test.each([undefined, null, 'no', {}])('has a reason also when %j was thrown', async (thrown) => {
    const backend = new Backend()
    const presence = await editing(backend)
    await backend.refuses(thrown)

    expect(leaseOf(presence)).toMatchObject({ problem: { status: 0, title: 'The text was not opened' } })
  })

  test('may be thrown at once', async () => {
    const presence = await live({
      open: () => {
        throw new RangeError('No such page')
      },
    })
    presence.setIsEditing(true)
    await settled()

    expect(leaseOf(presence)).toMatchObject({ status: 'lost', problem: { title: 'No such page' } })
  })

  test('can be tried again', async () => {
    const backend = new Backend()
    const presence = await editing(backend)
    await backend.refuses(new Error('Not now'))
    presence.setIsEditing(true)
    await settled()
    await backend.opens()

    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 7 })
  })
})

// W3
describe('presences that share a tab', () => {
  test('have the text opened by the one that edits', async () => {
    const [header, editor, other] = [new Backend(), new Backend(), new Backend()]
    await live({ open: header.open })
    const presence = create({ open: editor.open })
    create({ open: other.open })
    await settled()
    presence.setIsEditing(true)
    await settled()
    await editor.opens()

    expect(header.fences).toEqual([])
    expect(other.fences).toEqual([])
    expect(leaseOf(presence).status).toBe('held')
  })

  test('have it opened by whoever knows how to, where the one that edits does not', async () => {
    const backend = new Backend()
    create({ open: backend.open })
    const presence = await live()
    presence.setIsEditing(true)
    await settled()

    expect(backend.fences).toEqual([7])
  })
})
