import { createGrant, type Grant } from './grant.js'
import { noStanding } from './lease.js'
import { createListeners, type Listeners } from './listeners.js'
import type { EditingOptions, TabVoice } from './options.js'
import type { Presence, PresenceOptions } from './presence.js'
import type { PresenceProblem } from './protocol.js'
import { sectionOf } from './section.js'
import type { LeaseCommand } from './service.js'
import { idleState, isSame, type PresenceState } from './state.js'
import { createTab, type Tab } from './tab.js'

/* Long enough for a page whose parts move one after the other, or fade into those of the next. */
const transitionMs = 1_000

/**
 * Gives what adds presences to one tab, which lasts from the first of them to the last, when `onEmpty` is called. All
 * speak to one service.
 *
 * Each presence has wishes of its own, and the tab does what follows from all of them: it is on the page that was
 * named last, in the section of who wished last to edit there, else in the one named last, and it claims while one
 * wishes. A loss ends all wishes. It is unlisted while one there wishes that.
 */
export function createSharedTab(onEmpty: () => void): (options: PresenceOptions) => Presence {
  /* In the order in which they have last said where they are or that they edit. */
  let members: Member[] = []
  let tab: Tab
  let voice: TabVoice
  let report: ReturnType<typeof setTimeout> | undefined

  function last(holds: (member: Member) => unknown): Member | undefined {
    return members.filter(holds).at(-1)
  }

  function newest<K extends keyof EditingOptions>(key: K): EditingOptions[K] {
    const gives = ({ options }: Member) => options[key]
    return (last((member) => member.isEditing && gives(member)) ?? last(gives))?.options[key]
  }

  /*
   * The newest token and fetch that somebody gave: they are of the same user. The newest words on editing are those of
   * who edits, before those of anybody else. A grant is for what its presence shows, and speaks for no other page.
   */
  function chooseVoice(pagePath: string) {
    voice = {
      ...members[0]!.options,
      ...last(({ options }) => options.fetch)?.options,
      ...last(({ options }) => options.token)?.options,
      push: members.some(({ options }) => options.push !== false),
      permit: last((member) => member.permit && isSamePage(member.pagePath, pagePath))?.permit,
      open: newest('open'),
      beforeLoss: newest('beforeLoss'),
    }
  }

  function isHere({ pagePath }: { readonly pagePath: string }): boolean {
    return isSamePage(pagePath, tab.getSnapshot().pagePath)
  }

  /* Where all of them want to be together. */
  function place(): Place {
    const { pagePath } = last(({ refused }) => !refused) ?? members.at(-1)!
    const isThere = (member: Member) => isSamePage(member.pagePath, pagePath)
    const editor = last((member) => member.isEditing && isThere(member))
    const { section } = editor ?? last((member) => member.section !== undefined && isThere(member)) ?? {}
    const isListed = !members.some((member) => !member.isListed && isThere(member))
    return { pagePath, section, isEditing: !!editor, isListed }
  }

  function arrange() {
    const { pagePath, section, isEditing, isListed } = place()
    chooseVoice(pagePath)
    tab ??= createTab(() => voice, { pagePath, section, isListed }, tell)
    if (!isHere({ pagePath })) tab.setPagePath(pagePath, isListed)
    tab.setIsListed(isListed)
    tab.setSection(section)
    if (tab.getSnapshot().isEditing !== isEditing) tab.setIsEditing(isEditing)
    tell()
    clearTimeout(report)
    if (members.some(({ state }) => state?.problem === astray))
      report = setTimeout(() => console.error(`Copresence: ${astray.title}`), transitionMs)
  }

  function tell() {
    const { lease, isEditing, status, problem } = tab.getSnapshot()
    // A page that the service refuses is refused to those who named it, and takes nobody off theirs.
    const accepted = members.filter(({ refused }) => !refused)
    if ((status === 'refused' || status === 'forbidden') && !accepted.every(isHere)) {
      for (const member of accepted.filter(isHere)) member.refused = { status, problem }
      return arrange()
    }
    for (const member of members) {
      if ((lease.status === 'lost' || lease.status === 'forbidden') && !isEditing) member.isEditing = false
      const { told } = member
      member.told = view(member)
      if (told && told !== member.told) member.listeners.tell()
    }
  }

  /* The tab's state as its member may see it. */
  function view(member: Member): PresenceState {
    const { pagePath, section, isEditing, isListed, seen, state } = member
    const whole = tab.getSnapshot()
    if (state && seen === whole) return state
    member.seen = whole
    let next = whole
    if (!isHere(member))
      next = {
        ...idleState(pagePath),
        isListed,
        ...(member.refused ?? { status: 'refused', problem: astray }),
      }
    else if (isEditing && section !== whole.section)
      next = { ...whole, lease: noStanding.lease, editing: undefined, problem: astray }
    else if (pagePath !== whole.pagePath) next = { ...whole, pagePath }
    return (member.state = next !== whole && isSame(next, state) ? state! : next)
  }

  return (options) => {
    const { pagePath, isListed = true } = options
    const section = sectionOf(options.section)
    const permit = options.grant && createGrant(options.grant)
    const member: Member = {
      options,
      permit,
      pagePath,
      section,
      isEditing: false,
      isListed,
      listeners: createListeners(),
    }
    let isStopped = false
    const isAstray = () => isStopped || !isHere(member) || view(member).problem === astray
    members.push(member)
    arrange()
    if (options.token || permit) tab.wake()

    /* Says something new of itself, which counts more than what others have said, but not than their page. */
    function say(change: Partial<Member>) {
      if (isStopped) return
      if (change.pagePath !== undefined || isHere(member))
        members = [...members.filter((one) => one !== member), member]
      Object.assign(member, change).seen = undefined
      arrange()
    }

    async function call(kind: LeaseCommand, now?: true): Promise<PresenceProblem | undefined> {
      if (isAstray()) return member.refused?.problem ?? astray
      const problem = await tab.command(kind, now)
      if (kind === 'takeover' && !problem && tab.getSnapshot().isEditing) say({ isEditing: true })
      return problem
    }

    function setIsEditing(isEditing: boolean) {
      say({ isEditing })
      if (!isStopped && !place().isEditing) tab.setIsEditing(false)
    }

    return {
      subscribe: member.listeners.add,
      getSnapshot: () => (isStopped ? member.state! : view(member)),
      setIsEditing,
      requestEdit() {
        setIsEditing(true)
        return call('request')
      },
      handOver: () => call('handover'),
      keep: () => call('keep'),
      takeOver: ({ now } = {}) => call('takeover', now || undefined),
      typing() {
        if (!isAstray()) tab.typing()
      },
      saved() {
        if (!isAstray()) tab.saved()
      },
      setSection: (anchor) => say({ section: sectionOf(anchor) }),
      setIsListed(next) {
        if (isStopped) return
        Object.assign(member, { isListed: next, refused: undefined }).seen = undefined
        arrange()
      },
      setPagePath(next) {
        if (next !== member.pagePath)
          say({ pagePath: next, section: undefined, isEditing: false, refused: undefined })
      },
      refresh() {
        if (!isStopped) tab.wake()
      },
      stop() {
        if (isStopped) return
        isStopped = true
        members = members.filter((one) => one !== member)
        member.state = { ...idleState(member.pagePath), status: 'stopped' }
        member.listeners.tell()
        member.listeners.clear()
        if (members.length > 0) return arrange()
        clearTimeout(report)
        onEmpty()
        tab.stop()
      },
    }
  }
}

/* Where a presence wants its tab to be, whether to edit there, and whether others may see it. */
interface Place {
  pagePath: string
  section: string | undefined
  isEditing: boolean
  isListed: boolean
}

interface Member extends Place {
  readonly options: PresenceOptions
  /* The grants that its application gives; undefined when that gives none. */
  readonly permit: Grant | undefined
  readonly listeners: Listeners
  /* The tab's state that it has seen, what that is for this member, and what its listeners have been told. */
  seen?: PresenceState | undefined
  state?: PresenceState
  told?: PresenceState
  /* That the service refused its page, and why, while the tab is on that of another. */
  refused?: Pick<PresenceState, 'status' | 'problem'> | undefined
}

const astray: PresenceProblem = {
  status: 0,
  title: 'Another presence of this document is on another page, or edits another section',
}

/* The spellings of a page that the service takes for one. */
function isSamePage(one: string, other: string): boolean {
  return canonical(one) === canonical(other)
}

function canonical(path: string): string {
  try {
    path = decodeURIComponent(path).normalize()
  } catch {
    // It is compared as it stands.
  }
  return path.replace(/\/+$/, '')
}
