import { describe, expect, test, vi } from 'vitest'
import type { Presence, PresenceOptions } from '../src/index.js'
import { pass, setVisible, settled } from './browser.js'
import { ana, bob, problem } from './fake-service.js'
import { create, live, service, setUp } from './presences.js'

const dora = { id: 'u-dora', name: 'Dora' }

setUp({}, (service) => (service.viewers = [ana, bob]))

const leaseOf = (presence: Presence) => presence.getSnapshot().lease

/** The application's last save: how often it was called, and its end. */
class LastSave {
  readonly calls: string[] = []
  private end: { resolve(): void; reject(error: unknown): void } | undefined

  /** Called with what the lease was then. */
  readonly begin = (presence: Presence) => {
    this.calls.push(leaseOf(presence).status)
    return new Promise<void>((resolve, reject) => (this.end = { resolve, reject }))
  }

  async succeeds(): Promise<void> {
    this.end!.resolve()
    await settled()
  }

  async fails(): Promise<void> {
    this.end!.reject(new Error('409'))
    await settled()
  }
}

/** Ana holds the page and has typed, and saves as `save` says. */
async function writer(save: LastSave, options: Partial<PresenceOptions> = {}): Promise<Presence> {
  const presence: Presence = await live({ beforeLoss: () => save.begin(presence), ...options })
  presence.setIsEditing(true)
  await settled()
  presence.typing()
  await settled()
  return presence
}

/** Dora wants the lease of the fence 7 and has it after so many ms, or when it is handed to her; she may leave. */
function wanted(ms: number, isFirm: boolean) {
  const at = Date.now() + ms
  let isGone = false
  Object.defineProperty(service, 'editing', {
    configurable: true,
    get() {
      if (isGone) return { granted: true, fence: 7 }
      if (Date.now() >= at || service.names().includes('handover'))
        return { granted: false, lost: true, lostTo: dora, editorUserId: dora.id }
      const left = at - Date.now()
      return {
        granted: true,
        fence: 7,
        requestedBy: dora,
        ...(isFirm ? { yieldMs: left } : { deadlineMs: left }),
      }
    },
  })
  return { leaves: () => (isGone = true) }
}

const takenOver = (ms = 5_000) => wanted(ms, true)
const asked = (ms = 60_000) => wanted(ms, false)
const handovers = () => service.names().filter((name) => name === 'handover').length

/** The stream says that somebody asks, and the tab beats at once. */
async function told(): Promise<void> {
  service.requestedByUserId = dora.id
  service.etag = `v${Math.random()}`
  service.stream.write(service.event())
  await settled()
}

// W5: a take-over gives the holder time to save.
describe('W5: a holder saves before the lease goes', () => {
  test('to who takes it over: at once, then hands it over', async () => {
    service.streaming = true
    service.editorUserId = ana.id
    const save = new LastSave()
    const presence = await writer(save)
    takenOver()
    await told()

    expect(leaseOf(presence)).toEqual({
      status: 'held',
      fence: 7,
      requestedBy: dora,
      yieldAt: Date.now() + 5_000,
    })
    expect(save.calls).toEqual(['held'])
    expect(handovers()).toBe(0)
    await pass(1_500)
    await save.succeeds()

    expect(handovers()).toBe(1)
    expect(presence.getSnapshot()).toMatchObject({
      isEditing: false,
      lease: { status: 'lost', successor: dora },
    })
    expect(save.calls).toHaveLength(1)
  })

  test('with 5 s left, where the service gives more', async () => {
    const save = new LastSave()
    await writer(save)
    takenOver(60_000)
    setVisible(true)
    await pass(54_900)
    expect(save.calls).toEqual([])
    await pass(200)

    expect(save.calls).toEqual(['held'])
  })

  test('to who has asked and got no answer, with 5 s left', async () => {
    const save = new LastSave()
    const presence = await writer(save)
    asked()
    setVisible(true)
    await pass(54_900)
    expect(save.calls).toEqual([])
    await pass(200)
    expect(save.calls).toEqual(['held'])
    await save.succeeds()

    expect(handovers()).toBe(1)
    expect(leaseOf(presence)).toMatchObject({ status: 'lost', successor: dora })
  })

  test('and is called once, however often the service says so', async () => {
    const save = new LastSave()
    const presence = await writer(save)
    takenOver()
    setVisible(true)
    await settled()
    for (let n = 0; n < 4; n++) {
      await pass(900)
      presence.typing()
      presence.refresh()
      setVisible(true)
      await settled()
    }

    expect(save.calls).toHaveLength(1)
  })

  test('once more when it is another loss: who has asked takes it over', async () => {
    const save = new LastSave()
    await writer(save)
    asked(4_000)
    setVisible(true)
    await settled()
    await save.fails()
    takenOver()
    await pass(3_000)

    expect(save.calls).toHaveLength(2)
  })

  test('and hears in time that who has asked takes it over, of which no stream tells', async () => {
    const save = new LastSave()
    await writer(save)
    asked()
    setVisible(true)
    await pass(10_000)
    takenOver()
    await pass(2_500)

    expect(save.calls).toEqual(['held'])
  })

  test('not when nothing was typed', async () => {
    const save = new LastSave()
    const presence = await live({ beforeLoss: () => save.begin(presence) })
    presence.setIsEditing(true)
    await settled()
    takenOver()
    setVisible(true)
    await pass(3_000)
    expect(save.calls).toEqual([])
    presence.typing()
    await settled()

    expect(save.calls).toEqual(['held'])
  })

  test('not when all was saved, nor when it was given up', async () => {
    const save = new LastSave()
    const presence = await writer(save)
    presence.saved()
    takenOver()
    setVisible(true)
    await pass(6_000)
    expect(save.calls).toEqual([])

    Object.defineProperty(service, 'editing', { configurable: true, value: undefined, writable: true })
    presence.setIsEditing(true)
    await settled()
    presence.typing()
    presence.setIsEditing(false)
    presence.setIsEditing(true)
    await settled()
    takenOver()
    setVisible(true)
    await pass(3_000)
    expect(save.calls).toEqual([])
  })

  test('not while the text is being opened', async () => {
    const save = new LastSave()
    const presence: Presence = await live({
      open: () => new Promise(() => undefined),
      beforeLoss: () => save.begin(presence),
    })
    takenOver()
    presence.setIsEditing(true)
    presence.typing()
    await pass(3_000)

    expect(leaseOf(presence).status).toBe('opening')
    expect(save.calls).toEqual([])
  })

  test('without the option all is as before', async () => {
    const presence = await live()
    presence.setIsEditing(true)
    await settled()
    presence.typing()
    takenOver()
    setVisible(true)
    await pass(6_000)

    expect(handovers()).toBe(0)
    expect(leaseOf(presence)).toMatchObject({ status: 'lost', successor: dora })
  })
})

// W5
describe('a last save that goes wrong', () => {
  test('hands nothing over, and the lease goes at its time', async () => {
    const save = new LastSave()
    const presence = await writer(save)
    takenOver()
    setVisible(true)
    await settled()
    await save.fails()
    await pass(4_000)
    expect(leaseOf(presence).status).toBe('held')
    await pass(1_500)

    expect(handovers()).toBe(0)
    expect(leaseOf(presence)).toMatchObject({ status: 'lost', successor: dora })
  })

  test('may be thrown at once', async () => {
    const presence = await live({
      beforeLoss: () => {
        throw new Error('Nothing is saved here')
      },
    })
    presence.setIsEditing(true)
    await settled()
    presence.typing()
    takenOver()
    setVisible(true)
    await pass(1_000)

    expect(leaseOf(presence).status).toBe('held')
    expect(handovers()).toBe(0)
  })

  test('is too late when it ends after the time: there is nothing to hand over', async () => {
    const save = new LastSave()
    const presence = await writer(save)
    takenOver()
    setVisible(true)
    await pass(5_600)
    await save.succeeds()

    expect(handovers()).toBe(0)
    expect(leaseOf(presence)).toMatchObject({ status: 'lost', successor: dora })
  })

  test('in the last 100 ms still is in time', async () => {
    const save = new LastSave()
    const presence = await writer(save)
    takenOver()
    setVisible(true)
    await pass(4_920)
    expect(leaseOf(presence).status).toBe('held')
    await save.succeeds()

    expect(handovers()).toBe(1)
    expect(leaseOf(presence)).toMatchObject({ status: 'lost', successor: dora })
  })
})

// W5
describe('the others in a take-over', () => {
  test('a frozen holder begins no save when the time is over', async () => {
    const save = new LastSave()
    const presence = await writer(save)
    takenOver(20_000)
    setVisible(true)
    await settled()
    // The machine sleeps: clocks go on, timers do not.
    vi.setSystemTime(Date.now() + 60_000)
    expect(leaseOf(presence)).toEqual({ status: 'lost' })
    await pass(20_000)

    expect(save.calls).toEqual([])
    expect(handovers()).toBe(0)
    expect(leaseOf(presence)).toMatchObject({ status: 'lost', successor: dora })
  })

  test('a taker who leaves leaves the holder in peace, also when the save is done by then', async () => {
    const save = new LastSave()
    const presence = await writer(save)
    const taker = takenOver()
    setVisible(true)
    await settled()
    expect(save.calls).toHaveLength(1)
    taker.leaves()
    setVisible(true)
    await settled()
    await save.succeeds()

    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 7 })
    expect(handovers()).toBe(0)
  })

  test('a handover that is refused, since the taker has left unseen, changes nothing', async () => {
    const save = new LastSave()
    const presence = await writer(save)
    const taker = takenOver()
    setVisible(true)
    await settled()
    taker.leaves()
    service.next(() => problem(409, {}, { reason: 'not-requested' }))
    await save.succeeds()
    await pass(15_000)

    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 7 })
  })

  test('the taker waits, sees until when, and asks when it is over', async () => {
    const presence = await live()
    service.editorUserId = bob.id
    service.editing = { granted: false, editorUserId: bob.id, position: 0, requestedBy: ana, yieldMs: 5_000 }
    expect(await presence.takeOver()).toBeUndefined()

    expect(service.last().body).not.toHaveProperty('now')
    expect(presence.getSnapshot()).toMatchObject({ isEditing: true })
    expect(leaseOf(presence)).toMatchObject({ status: 'waiting', position: 0, yieldAt: Date.now() + 5_000 })
    service.editing = { granted: true, fence: 8 }
    await pass(5_300)
    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 8 })
  })

  test('the taker beats as often as ever meanwhile', async () => {
    service.nextHeartbeatMs = 2_000
    const presence = await live()
    service.editing = { granted: false, editorUserId: bob.id, position: 0, requestedBy: ana, yieldMs: 5_000 }
    await presence.takeOver()
    await pass(4_100)

    expect(service.names()).toEqual(['join', 'takeover', 'heartbeat', 'heartbeat'])
  })

  test('a taker in a hurry says so', async () => {
    const presence = await live()
    expect(await presence.takeOver({ now: true })).toBeUndefined()

    expect(service.last()).toMatchObject({ name: 'takeover', body: { now: true } })
    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 7 })
  })

  test('a holder cannot keep what is taken over, and is told so', async () => {
    const presence = await writer(new LastSave())
    takenOver()
    setVisible(true)
    await settled()
    service.next(() => problem(409, {}, { reason: 'must-yield' }))

    expect(await presence.keep()).toMatchObject({ reason: 'must-yield' })
    expect(leaseOf(presence)).toMatchObject({ status: 'held', requestedBy: dora })
  })
})

// Receipts sign a fence; the application is told them, and they are not sent twice.
describe('a receipt', () => {
  const bodies = () => service.calls.map(({ body }) => body.receiptKnown)

  test('comes with the lease, and the next heartbeats say that it is known', async () => {
    service.editing = { granted: true, fence: 7, receipt: 'first' }
    const open = vi.fn(async () => undefined)
    const presence = await live({ open })
    presence.setIsEditing(true)
    await settled()
    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 7, receipt: 'first' })
    expect(open).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ receipt: 'first' }))
    service.editing = { granted: true, fence: 7 }
    await pass(15_000)

    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 7, receipt: 'first' })
    expect(bodies()).toEqual([undefined, undefined, true])
  })

  test('comes again before its life is over, and opens nothing', async () => {
    service.editing = { granted: true, fence: 7, receipt: 'first' }
    const open = vi.fn(async () => undefined)
    const presence = await live({ open })
    presence.setIsEditing(true)
    await settled()
    service.editing = { granted: true, fence: 7, receipt: 'second' }
    await pass(15_000)

    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 7, receipt: 'second' })
    expect(open).toHaveBeenCalledOnce()
  })

  test('of another lease is not known', async () => {
    service.editing = { granted: true, fence: 7, receipt: 'first' }
    const presence = await live()
    presence.setIsEditing(true)
    await settled()
    presence.setSection('install')
    await settled()

    expect(bodies().at(-1)).toBeUndefined()
  })

  test('is asked for again after a lease was uncertain', async () => {
    service.editing = { granted: true, fence: 7, receipt: 'first' }
    const presence = create()
    presence.setIsEditing(true)
    await settled()
    service.instead = () => Promise.reject(new TypeError('Failed to fetch'))
    await pass(46_000)
    service.instead = undefined
    service.editing = { granted: true, fence: 7, receipt: 'second' }
    await pass(30_000)

    expect(leaseOf(presence)).toEqual({ status: 'held', fence: 7, receipt: 'second' })
  })
})
