import { createListeners } from '../core/listeners.js'
import type { PresenceLease } from '../core/lease.js'
import type { Presence, TakeOverOptions } from '../core/presence.js'
import type { PresenceProblem } from '../core/protocol.js'
import { sectionOf } from '../core/section.js'
import { createState, idleState, type PresenceState } from '../core/state.js'

/** A call that was made of a {@link FakePresence}. */
export interface FakeCall {
  /** The name of the function. */
  readonly name: Exclude<keyof Presence, 'subscribe' | 'getSnapshot'>
  /** Its arguments, as they were given. */
  readonly args: readonly unknown[]
}

/** A presence that asks no service: a test says what it knows, and reads what was asked of it. */
export interface FakePresence extends Presence {
  /** The calls that were made of it, in their order. */
  readonly calls: readonly FakeCall[]
  /** Changes the state, and tells those who listen; what follows from other fields (`others`, `editor`) does so here too. */
  set(change: Partial<PresenceState>): void
  /** Refuses the next of `requestEdit`, `handOver`, `keep` and `takeOver` with that problem, which then changes nothing. */
  refuseNext(problem: PresenceProblem): void
}

/** The state with which a {@link FakePresence} begins; all that is left out is as for a user alone on a page. */
export type FakePresenceState = Partial<PresenceState>

/** The user of a {@link FakePresence} to which no other was given. */
export const fakeSelf = { id: 'self', name: 'Ana Reis' } as const

/**
 * Gives a presence for tests of what shows and uses one. It is live on `/` with one user, until the test says other.
 *
 * It does what a page with nobody else would see: a claim is held under fence 1, then 2, unless the state names another editor,
 * for whom it waits; a request is noted, `handOver` loses the lease to whoever has asked, `keep` ends the request, and
 * `takeOver` holds the lease. For all else there is `set`.
 *
 * @example
 * ```ts
 * const presence = fakePresence({ viewers: [ana, bob], editorUserId: bob.id })
 * render(<Page presence={presence} />)
 * presence.set({ editorUserId: undefined })
 * expect(presence.calls).toEqual([{ name: 'setIsEditing', args: [true] }])
 * ```
 */
export function fakePresence(state: FakePresenceState = {}): FakePresence {
  const self = 'self' in state ? state.self : fakeSelf
  const viewers = state.viewers ?? (self ? [{ ...self, tabCount: 1 }] : [])
  const calls: FakeCall[] = []
  const refusals: PresenceProblem[] = []
  const listeners = createListeners()
  const current = createState(idleState('/'), listeners.tell)
  let fence = 0
  current.publish({
    status: 'live',
    self,
    viewers,
    viewerCount: viewers.length,
    tabCount: viewers.reduce((sum, { tabCount }) => sum + tabCount, 0),
    isEdited: !!(state.editorUserId ?? state.sections?.length),
    ...state,
  })

  function note(name: FakeCall['name'], ...args: unknown[]) {
    calls.push({ name, args })
  }

  function isOwn(id: string | undefined): boolean {
    const { self } = current.state
    return id === self?.id || id === self?.viewerId
  }

  function editorHere(): string | undefined {
    const { section, sections, editorUserId } = current.state
    return section === undefined
      ? editorUserId
      : sections.find((one) => one.section === section)?.editorUserId
  }

  function edited(by: string | undefined): Partial<PresenceState> {
    const { section, sections, editorUserId } = current.state
    if (section === undefined) return { editorUserId: by, isEdited: !!(by ?? sections.length) }
    const rest = sections.filter((one) => one.section !== section)
    const next = by === undefined ? rest : [...rest, { section, editorUserId: by }]
    return { sections: next, isEdited: !!(editorUserId ?? next.length) }
  }

  function hold() {
    const { self } = current.state
    current.publish({
      isEditing: true,
      lease: { status: 'held', fence: ++fence },
      editing: { granted: true, fence },
      ...edited(self?.viewerId ?? self?.id),
    })
  }

  function claim() {
    const id = editorHere()
    if (id === undefined || isOwn(id)) return hold()
    const editor = current.state.viewers.find((viewer) => viewer.id === id) ?? { id, name: '' }
    const lease: PresenceLease = { status: 'waiting', position: 1, editor }
    current.publish({
      isEditing: true,
      lease,
      editing: { granted: false, editorUserId: id, position: 1 },
    })
  }

  function giveUp() {
    const was = current.state.lease.status
    current.publish({
      isEditing: false,
      lease: { status: 'idle' },
      editing: undefined,
      ...((was === 'held' || was === 'opening') && edited(undefined)),
    })
  }

  function ask(name: 'requestEdit' | 'handOver' | 'keep', done: () => void) {
    return async (): Promise<PresenceProblem | undefined> => {
      note(name)
      const refusal = refusals.shift()
      if (!refusal) done()
      return refusal
    }
  }

  return {
    calls,
    set: (change) => current.publish(change),
    refuseNext: (problem) => void refusals.push(problem),
    subscribe: listeners.add,
    getSnapshot: () => current.state,
    setIsEditing(next) {
      note('setIsEditing', next)
      if (next === current.state.isEditing && next) return
      if (next) claim()
      else giveUp()
    },
    requestEdit: ask('requestEdit', () => {
      const { isEditing, self } = current.state
      if (!isEditing) claim()
      const { lease } = current.state
      if (lease.status !== 'waiting' || !self) return
      const deadline = Date.now() + 60_000
      current.publish({ lease: { ...lease, requestedBy: self, deadline } })
    }),
    handOver: ask('handOver', () => {
      const { lease } = current.state
      if (lease.status !== 'held' || !lease.requestedBy) return
      const { requestedBy } = lease
      current.publish({
        isEditing: false,
        editing: undefined,
        lease: { status: 'lost', successor: requestedBy },
        ...edited(requestedBy.id),
      })
    }),
    keep: ask('keep', () => {
      const { lease } = current.state
      if (lease.status !== 'held') return
      const { requestedBy: _, deadline: __, ...rest } = lease
      current.publish({ lease: rest })
    }),
    async takeOver(how?: TakeOverOptions) {
      note('takeOver', ...(how ? [how] : []))
      const refusal = refusals.shift()
      if (!refusal) hold()
      return refusal
    },
    typing: () => note('typing'),
    saved: () => note('saved'),
    setSection(anchor) {
      note('setSection', anchor)
      const section = sectionOf(anchor)
      if (section === current.state.section) return
      const { isEditing } = current.state
      if (isEditing) giveUp()
      current.publish({ section })
      if (isEditing) claim()
    },
    setIsListed(isListed) {
      note('setIsListed', isListed)
      current.publish({ isListed })
    },
    setPagePath(pagePath) {
      note('setPagePath', pagePath)
      const { self, status } = current.state
      if (pagePath !== current.state.pagePath) current.publish({ ...idleState(pagePath), self, status })
    },
    refresh: () => note('refresh'),
    stop() {
      note('stop')
      current.publish({ ...idleState(current.state.pagePath), status: 'stopped' })
      listeners.clear()
    },
  }
}
