import { noHold } from './lease.js'
import { createListeners, type Listeners } from './listeners.js'
import type { Presence, PresenceOptions } from './presence.js'
import type { PresenceProblem } from './protocol.js'
import type { LeaseCall, ServiceOptions } from './service.js'
import { idleState, isSame, type PresenceState } from './state.js'
import { createTab, type Tab } from './tab.js'

/** The presences of a document that speak to one service, and the one tab that they are. */
export interface SharedTab {
  /** Adds one, which makes the tab join if it is the first. */
  join(options: PresenceOptions): Presence
}

/* Long enough for a page whose parts move one after the other, or fade into those of the next. */
const transitionMs = 1_000

/**
 * A tab from its first presence to its last, when `onEmpty` is called. Each presence has wishes of its own, and the
 * tab does what follows from all of them: it is on the page that was named last, in the section of who wished last to
 * edit there, else in the one named last, and it claims while one wishes. A loss ends all wishes.
 */
export function createSharedTab(onEmpty: () => void): SharedTab {
  /* In the order in which they have last said where they are or that they edit. */
  let members: Member[] = []
  let tab: Tab | undefined
  let voice: ServiceOptions = {}
  let report: ReturnType<typeof setTimeout> | undefined

  /* The newest token and fetch that somebody gave: they are of the same user. */
  function chooseVoice() {
    const { baseUrl = '' } = members[0]!.options
    const token = last(({ options }) => options.token)?.options.token
    const ask = last(({ options }) => options.fetch)?.options.fetch
    const push = members.some(({ options }) => options.push !== false)
    voice = { baseUrl, push, ...(token && { token }), ...(ask && { fetch: ask }) }
  }

  function last(holds: (member: Member) => unknown): Member | undefined {
    return members.filter(holds).at(-1)
  }

  function place(): Place {
    const { pagePath } = members.at(-1)!
    const isHere = (member: Member) => isSamePage(member.pagePath, pagePath)
    const editor = last((member) => isHere(member) && member.isEditing)
    const { section } = editor ?? last((member) => isHere(member) && member.section !== undefined) ?? {}
    return { pagePath, section, isEditing: editor !== undefined }
  }

  /* The tab does what its members wish. */
  function arrange() {
    const { pagePath, section, isEditing } = place()
    const current = (tab ??= createTab(() => voice, { pagePath, section }, tell))
    if (!isSamePage(pagePath, current.getSnapshot().pagePath)) current.setPagePath(pagePath)
    current.setSection(section)
    if (current.getSnapshot().isEditing !== isEditing) current.setIsEditing(isEditing)
    tell()
    if (!members.some(({ isAstray }) => isAstray)) {
      clearTimeout(report)
      report = undefined
    } else report ??= setTimeout(() => console.error(`Copresence: ${astray.title}`, place()), transitionMs)
  }

  function tell() {
    const { lease, isEditing } = tab!.getSnapshot()
    if (lease.status === 'lost' && !isEditing) for (const member of members) member.isEditing = false
    for (const member of [...members]) {
      const next = view(member)
      if (next === member.told) continue
      member.told = next
      member.listeners.tell()
    }
  }

  /* The tab's state as its member may see it. */
  function view(member: Member): PresenceState {
    const { pagePath, section, isEditing } = member
    const whole = tab!.getSnapshot()
    if (member.seen === whole) return member.state!
    member.seen = whole
    let state = whole
    if (!isSamePage(pagePath, whole.pagePath))
      state = { ...idleState(pagePath), status: 'refused', problem: astray }
    else if (isEditing && section !== whole.section)
      state = { ...whole, lease: noHold.lease, editing: undefined, problem: astray }
    else if (pagePath !== whole.pagePath) state = { ...whole, pagePath }
    member.isAstray = state.problem === astray
    if (state === whole || !isSame(state, member.state)) member.state = state
    return member.state!
  }

  function join(options: PresenceOptions): Presence {
    const { pagePath, section } = options
    const member: Member = { options, pagePath, section, isEditing: false, listeners: createListeners() }
    let isStopped = false
    members.push(member)
    move({ pagePath })
    if (options.token) tab!.wake()

    /* Says something new of itself, which counts more than what others on its page, or of other pages, have said. */
    function move(change: Partial<Place>) {
      if (isStopped) return
      const isHeard = change.pagePath !== undefined || isSamePage(member.pagePath, members.at(-1)!.pagePath)
      Object.assign(member, change)
      member.seen = undefined
      if (isHeard) members = [...members.filter((one) => one !== member), member]
      chooseVoice()
      arrange()
      member.told = view(member)
    }

    async function call(kind: LeaseCall): Promise<PresenceProblem | undefined> {
      if (isStopped || view(member).problem === astray) return astray
      const problem = await tab!.call(kind)
      if (kind === 'takeover' && !problem && tab!.getSnapshot().isEditing) move({ isEditing: true })
      return problem
    }

    function setIsEditing(next: boolean) {
      if (isStopped) return
      move({ isEditing: next })
      if (!next && !place().isEditing) tab!.setIsEditing(false)
    }

    return {
      subscribe: (listener) => member.listeners.add(listener),
      getSnapshot: () => (isStopped ? member.state! : view(member)),
      setIsEditing,
      requestEdit() {
        setIsEditing(true)
        return call('request')
      },
      handOver: () => call('handover'),
      keep: () => call('keep'),
      takeOver: () => call('takeover'),
      typing() {
        if (!isStopped && view(member).problem !== astray) tab!.typing()
      },
      setSection: (next) => move({ section: next }),
      setPagePath(next) {
        if (next !== member.pagePath) move({ pagePath: next, section: undefined, isEditing: false })
      },
      refresh() {
        if (!isStopped) tab!.wake()
      },
      stop() {
        if (isStopped) return
        isStopped = true
        members = members.filter((one) => one !== member)
        member.state = { ...idleState(member.pagePath), status: 'stopped' }
        member.listeners.tell()
        member.listeners.clear()
        if (members.length > 0) {
          chooseVoice()
          return arrange()
        }
        clearTimeout(report)
        onEmpty()
        tab!.stop()
      },
    }
  }

  return { join }
}

/* Where a presence wants its tab to be, and whether to edit there. */
interface Place {
  pagePath: string
  section: string | undefined
  isEditing: boolean
}

interface Member extends Place {
  readonly options: PresenceOptions
  readonly listeners: Listeners
  /* The tab's state that it has seen, what that is for this member, and what its listeners have been told. */
  seen?: PresenceState | undefined
  state?: PresenceState
  told?: PresenceState
  isAstray?: boolean
}

const astray: PresenceProblem = {
  status: 0,
  title: 'Another presence of this document is on another page, or edits another section',
}

/* The spellings of a page that the service takes for one. */
function isSamePage(one: string, other: string): boolean {
  return one === other || canonical(one) === canonical(other)
}

function canonical(path: string): string {
  try {
    return decodeURIComponent(path).normalize().replace(/\/+$/, '')
  } catch {
    return path.replace(/\/+$/, '')
  }
}
