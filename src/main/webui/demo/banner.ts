import type { PresenceState } from '../src/index.js'
import { nameOf } from './words.js'

/*
 * What the page has to say above its text, as a pure function of what is known. What can be done about it is
 * named here and done by the editor.
 */

export type Action =
  | 'ask'
  | 'claim'
  | 'conclude'
  | 'discard'
  | 'discardMine'
  | 'giveUp'
  | 'handOver'
  | 'keep'
  | 'saveAndHandOver'
  | 'saveMine'
  | 'signIn'
  | 'stay'
  | 'takeOver'
  | 'takeOverNow'
  | 'useMine'
  | 'useTheirs'

export interface Banner {
  /** Something new has another one. */
  readonly key: string
  readonly words: string
  /** A text that `words` speak of. */
  readonly quote?: string
  /** A moment that `words` speak of, to be counted down to (ms since the epoch). */
  readonly until?: number
  readonly actions: readonly Action[]
  /** Who reads by ear is told, although they did nothing. */
  readonly isSaid?: true
  /** It needs an answer soon. */
  readonly isUrgent?: true
}

/** What of the editor a banner depends on. */
export interface Desk {
  readonly isOpen: boolean
  /** Something is typed that is not saved. */
  readonly isDirty: boolean
  /** Somebody has saved another text since the one that this began with; their name. */
  readonly changedBy: string | undefined
  /** There is a draft of an earlier time. */
  readonly hasDraft: boolean
  /** The page, or the title of the section. */
  readonly place: string
  readonly isOutage: boolean
  /** A text of the user's that was typed at another time and never saved, and whether another was saved since. */
  readonly rescued: { readonly text: string; readonly keptAt: number; readonly by?: string } | undefined
  /** The user wants to take over, and is asked whether they mean it. */
  readonly isTakingOver: boolean
  /** The user's role does not allow to take over, as the service has said. */
  readonly mayNotTakeOver: boolean
  readonly now: number
}

export function bannerOf(state: PresenceState, desk: Desk): Banner | undefined {
  const { status, lease, isEditing, problem } = state
  const kept = desk.isOpen && desk.isDirty ? ' What you typed is kept in this tab.' : ''
  if (status === 'signed-out')
    return banner('signed-out', `You are signed out, so nobody can see you here.${kept}`, ['signIn'])
  if (status === 'refused')
    return banner(
      'refused',
      `The service refused this page: ${problem?.detail ?? problem?.title ?? 'it gave no reason'}.`,
    )
  if (status === 'forbidden')
    return {
      ...banner(
        `forbidden ${desk.isOpen}`,
        `This page is not open to you: you do not see who is here, and nobody sees you.${kept}`,
        desk.isOpen ? ['conclude'] : [],
      ),
      ...(desk.isOpen && { isSaid: true }),
    }
  if (desk.isOutage)
    return banner(
      'outage',
      `The service is out of reach, and we keep trying. Who is here may be out of date.${kept}`,
    )
  if (lease.status === 'lost') return lostBanner(state, desk)
  if (lease.status === 'waiting') return waitingBanner(state, desk)
  if (lease.status === 'held') return heldBanner(state, desk)
  if (lease.status === 'forbidden')
    return { ...banner('may not edit', 'You may read this page, and not edit it.'), isSaid: true }
  if (isEditing) return undefined
  if (!desk.isOpen && desk.hasDraft)
    return banner('draft', 'This tab keeps a draft of yours that was not saved.', ['claim', 'discard'])
  return othersBanner(state)
}

function heldBanner({ lease, self }: PresenceState, desk: Desk): Banner | undefined {
  if (lease.status !== 'held') return undefined
  const { requestedBy, deadline, yieldAt } = lease
  const isSelf = isUser(requestedBy, self)
  const who = isSelf ? 'You, in another tab,' : nameOf(requestedBy)
  // Somebody asks while there is an end, whether or not it is told who that is.
  if (yieldAt !== undefined)
    return {
      ...banner(
        `yields ${requestedBy?.id} ${desk.isDirty}`,
        `${who} ${isSelf ? 'take' : 'takes'} ${desk.place} over. ${savedFirst(desk)}It goes there`,
        desk.isDirty ? [] : ['handOver'],
      ),
      until: yieldAt,
      isSaid: true,
      isUrgent: true,
    }
  if (requestedBy || deadline !== undefined) {
    const ask = isSelf ? 'ask' : 'asks'
    return {
      ...banner(
        `asked ${requestedBy?.id}`,
        `${who} ${ask} for ${desk.place}. Without an answer it goes there`,
        [...(desk.isDirty ? (['saveAndHandOver'] as const) : []), 'handOver', 'keep'],
      ),
      ...(deadline !== undefined && { until: deadline }),
      isSaid: true,
      isUrgent: true,
    }
  }
  if (desk.changedBy === undefined) return rescuedBanner(desk)
  return {
    ...banner(
      `changed ${desk.changedBy}`,
      `${desk.changedBy} saved another text after you began yours. Theirs is what readers see; yours is below, and ` +
        'nothing is saved over theirs unless you say so.',
      ['useTheirs', 'saveMine'],
    ),
    isSaid: true,
  }
}

function rescuedBanner({ rescued, now }: Desk): Banner | undefined {
  if (!rescued) return undefined
  const { keptAt, by, text } = rescued
  const since = by === undefined ? '' : ` Since then ${by} saved the text below.`
  return {
    ...banner(
      `rescued ${keptAt}`,
      `This is yours of ${momentOf(keptAt, now)}, and was never saved.${since}`,
      ['useMine', 'discardMine'],
    ),
    quote: text,
    isSaid: true,
  }
}

function waitingBanner(state: PresenceState, desk: Desk): Banner | undefined {
  const { lease, self } = state
  if (lease.status !== 'waiting') return undefined
  const { position, requestedBy, deadline, yieldAt, canRequestAt, editor } = lease
  const isOwn = isUser(editor, self)
  const whom = isOwn ? 'your other tab' : nameOf(editor)
  const who = isOwn ? capital(whom) : whom
  const takeOver = desk.mayNotTakeOver ? [] : (['takeOver'] as const)
  const rest = [...takeOver, 'giveUp'] as const
  if (yieldAt !== undefined && position === 0)
    return {
      ...banner('taking over', `${who} may save what was typed. Then ${desk.place} is yours,`, ['giveUp']),
      until: yieldAt,
      isSaid: true,
    }
  if (desk.isTakingOver)
    return {
      ...banner(
        `sure ${editor?.id}`,
        `Take ${desk.place} from ${whom}? What was typed there is saved first, if that is possible.`,
        ['takeOverNow', 'stay'],
      ),
      isSaid: true,
    }
  if (isUser(requestedBy, self)) {
    const words = `You have asked ${whom} for ${desk.place}. Without an answer it is yours`
    return {
      ...banner('asked', words, rest),
      ...(deadline !== undefined && { until: deadline }),
      isSaid: true,
    }
  }
  const turn = position === 1 ? 'you are next' : `you are number ${position} in line`
  const opens = desk.isOpen
    ? ' Your text is kept, and can be saved when it is your turn.'
    : ' The text opens by itself when it is your turn.'
  if (canRequestAt !== undefined && canRequestAt > desk.now)
    return {
      ...banner(`kept ${turn}`, `${who} keeps ${desk.place} for now, and ${turn}. You can ask again`, rest),
      until: canRequestAt,
      isSaid: true,
    }
  if (requestedBy)
    return banner(
      `other ${requestedBy.id} ${turn}`,
      `${who} is editing, and ${nameOf(requestedBy)} has asked before you. ${capital(turn)}.`,
      rest,
    )
  if (deadline !== undefined)
    return {
      ...banner(
        `other ${turn}`,
        `${who} is editing, and has been asked for ${desk.place}. ${capital(turn)}, or later if somebody else asked. ` +
          'Without an answer it goes on',
        rest,
      ),
      until: deadline,
    }
  return banner(`waiting ${editor?.id} ${turn} ${desk.isOpen}`, `${who} is editing, ${turn}.${opens}`, [
    'ask',
    ...rest,
  ])
}

function lostBanner(state: PresenceState, desk: Desk): Banner | undefined {
  const { lease, isEditing } = state
  if (lease.status !== 'lost') return undefined
  const kept = desk.isOpen ? ' Every word of yours is still here.' : ''
  if (isEditing)
    return banner(
      'unconfirmed',
      `It is not certain that ${desk.place} is still yours: the service could not be asked in time.${kept} ` +
        'Saving waits for its answer.',
    )
  const { successor, problem, forbidden } = lease
  if (forbidden)
    return {
      ...banner('no more', `You may not edit ${desk.place} any more.${kept}`, ['conclude']),
      isSaid: true,
    }
  if (problem)
    return {
      ...banner(
        `unopened ${problem.title}`,
        `The text could not be read just now, so it was not opened: ${problem.detail ?? `${problem.title}.`}${kept}`,
        ['claim', 'conclude'],
      ),
      isSaid: true,
    }
  if (!successor && (state.level === 'count' || state.level === 'none'))
    return {
      ...banner(
        'lost to somebody',
        `${capital(desk.place)} is not yours any more: somebody else has it, or had it for a while.${kept}`,
        ['claim', 'conclude'],
      ),
      isSaid: true,
    }
  if (!successor)
    return {
      ...banner(
        'lost',
        `You were out of touch, and ${desk.place} was free for a while.${kept} Continue to see whether anybody changed it.`,
        ['claim', 'conclude'],
      ),
      isSaid: true,
    }
  const isFree = editorOf(state) === undefined
  const words = isFree
    ? `${nameOf(successor)} got ${desk.place} after you, and it is free again.${kept}`
    : `${nameOf(successor)} has ${desk.place} now.${kept}`
  return {
    ...banner(`lost ${successor.id} ${isFree}`, words, [isFree ? 'claim' : 'ask', 'conclude']),
    isSaid: true,
  }
}

/* A text that others have changed is not saved over theirs. */
function savedFirst({ isDirty, changedBy }: Desk): string {
  if (!isDirty) return ''
  return changedBy === undefined
    ? 'What you typed is saved first, if that is possible. '
    : 'What you typed is kept in this tab. '
}

/* Who edits where the user wants to. */
function editorOf({ section, sections, editorUserId }: PresenceState): string | undefined {
  return section === undefined ? editorUserId : sections.find((one) => one.section === section)?.editorUserId
}

function othersBanner(state: PresenceState): Banner | undefined {
  const { self, viewers, editorUserId, level } = state
  if (level === 'count' && state.isEdited) return banner('somebody', 'Somebody is editing here.', ['ask'])
  if (editorUserId === undefined) return undefined
  if (!isUser({ id: editorUserId }, self)) {
    const words = `${nameOf(state.editor)} is editing this page.`
    return banner(`${words} ${editorUserId}`, words, ['ask'])
  }
  // Right after giving the page up, a state may still name the user; with one tab that is old news.
  if (!viewers.some(({ id, tabCount }) => id === self?.id && tabCount > 1)) return undefined
  return banner('self', 'You are editing this page in another tab.')
}

/* Whether that is the user, by either id that the service has for them. */
function isUser(person: { readonly id: string } | undefined, self: PresenceState['self']): boolean {
  return person !== undefined && (person.id === self?.id || person.id === self?.viewerId)
}

function banner(key: string, words: string, actions: readonly Action[] = []): Banner {
  return { key: `${key} ${actions.join(' ')}`, words, actions }
}

function capital(words: string): string {
  return words[0]!.toUpperCase() + words.slice(1)
}

/* The moment in the user's own way to write it: the time alone if it is of today. */
function momentOf(time: number, now: number): string {
  const day = (moment: number) => new Date(moment).toDateString()
  return new Date(time).toLocaleString([], {
    ...(day(time) !== day(now) && { dateStyle: 'medium' }),
    timeStyle: 'short',
  })
}

/** How long it is until then: "0:59". */
export function timeLeft(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
