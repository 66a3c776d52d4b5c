import type { PresenceState } from '../../core/presence.js'
import type { PresencePerson } from '../../core/protocol.js'
import { isolate, nameOf } from '../people.js'
import type { LeaseTexts } from './texts.js'

/*
 * What `<page-lease>` says, as a pure function of what is known. What can be done about it is named here and done by the
 * element. Each sentence must be true in the state that it is for.
 */

/** The things that a user can do about a lease. */
export type LeaseAction =
  | 'ask'
  | 'giveUp'
  | 'takeOver'
  | 'takeOverNow'
  | 'stay'
  | 'handOver'
  | 'saveAndHandOver'
  | 'keep'
  | 'edit'
  | 'close'
  | 'signIn'
  | 'retry'

/** The words of one moment, and what can be done about it. */
export interface LeaseBanner {
  /** The subject in a word or two; the same words about something else have another one. */
  readonly kind: string
  /** The sentences; {@link timeMark} stands where the time is. */
  readonly words: string
  /** The moment that the words count down to, in ms since the epoch. */
  readonly until?: number | undefined
  /** The buttons in their order. */
  readonly actions: readonly LeaseAction[]
  /** The button that most will press; absent where none is. */
  readonly primary?: LeaseAction
  /** True when those who hear the page are told, also where a `<page-presence>` speaks of who edits. */
  readonly isSaid?: boolean
  /** True when it needs an answer soon. */
  readonly isUrgent?: boolean
}

/** The part of the application in what is said. */
export interface LeaseSituation {
  readonly texts: LeaseTexts
  /** The title of the section that a name stands for. */
  readonly titleOf: (section: string) => string
  /** True when something is typed and not saved. */
  readonly isDirty: boolean
  /** True when the application saves what is typed before the lease goes. */
  readonly isSavedFirst: boolean
  /** True when the application is told to sign in somewhere. */
  readonly canSignIn: boolean
  /** True when readers are told who edits. */
  readonly isForReaders: boolean
  /** True when the service has been out of reach for so long that it is shown. */
  readonly isOffline: boolean
  /** True when the user has said that they take over, and is asked whether they mean it. */
  readonly isTakingOver: boolean
  /** True when the lease that was lost was being taken over. */
  readonly wasTakenOver: boolean
  /** The present moment, in ms since the epoch. */
  readonly now: number
}

/** The character that stands for the time in a sentence, until it is drawn. */
export const timeMark = '\ue000'

/** Gives what is to be said about the lease; undefined where there is nothing. */
export function bannerOf(state: PresenceState, situation: LeaseSituation): LeaseBanner | undefined {
  const { status, lease, problem } = state
  const { texts, isDirty } = situation
  const section = titleHere(state, situation)
  const kept = (words: string) => (isDirty ? `${words} ${texts.textKept}` : words)
  const close = isDirty ? (['close'] as const) : []
  switch (status) {
    case 'signed-out': {
      const actions = situation.canSignIn ? (['signIn'] as const) : []
      return { ...say('signed out', kept(texts.signedOut), actions), isSaid: isDirty }
    }
    case 'refused': {
      const reason = problem?.detail ?? sentence(problem?.title)
      return say('refused', kept(texts.refused(reason)))
    }
    case 'forbidden':
      return { ...say('closed', kept(texts.closed), close), isSaid: isDirty }
    case 'stopped':
      return undefined
  }
  if (situation.isOffline) return say('offline', kept(texts.offline), ['retry'])
  switch (lease.status) {
    case 'lost':
      return lost(state, situation, section, kept)
    case 'waiting':
      return waiting(state, situation, section, kept)
    case 'held':
      return asked(state, situation, section)
    case 'forbidden':
      return say('may not edit', texts.mayNotEdit(section))
    default:
      return undefined
  }
}

/** Gives what is to be said where there is nothing else: who edits beside the user, or what the user reads. */
export function besideOf(state: PresenceState, situation: LeaseSituation): LeaseBanner | undefined {
  const { lease, level, isEditing, section } = state
  const { texts, titleOf, isOffline } = situation
  if (state.status !== 'live' || isOffline) return undefined
  if (lease.status === 'held') {
    const words = besides(state).map(({ id, section }) =>
      texts.beside(naming(id, state, texts), section === undefined ? undefined : titleOf(section)),
    )
    return words.length > 0 ? { ...say('beside', words.join(' ')), isSaid: true } : undefined
  }
  if (isEditing || !situation.isForReaders) return undefined
  const here = titleHere(state, situation)
  if (level === 'count' && state.isEdited) {
    return { ...say('somebody edits', texts.somebodyEdits, ['ask']), primary: 'ask' }
  }
  const editor = editorHere(state)
  if (editor === undefined) return undefined
  if (!isSelf(editor, state))
    return {
      ...say('editing', texts.editing(naming(editor, state, texts), here), ['ask']),
      primary: 'ask',
    }
  // Right after giving the page up, a state may still name the user; with one tab that is old news.
  const isElsewhere = state.viewers.some((viewer) => isSelf(viewer.id, state) && viewer.tabCount > 1)
  return isElsewhere && section === undefined
    ? say('editing elsewhere', texts.editing(undefined, here))
    : undefined
}

/* Others who edit a part of what this tab edits, or the page around it. */
function besides(state: PresenceState): readonly { readonly id: string; readonly section?: string }[] {
  const { section, sections, editorUserId } = state
  if (section !== undefined)
    return editorUserId === undefined || isSelf(editorUserId, state) ? [] : [{ id: editorUserId }]
  return sections
    .filter((one) => !isSelf(one.editorUserId, state))
    .map((one) => ({ id: one.editorUserId, section: one.section }))
}

function asked(
  { lease, ...state }: PresenceState,
  { texts, isDirty, isSavedFirst }: LeaseSituation,
  section: string | undefined,
): LeaseBanner | undefined {
  if (lease.status !== 'held') return undefined
  const { requestedBy, deadline, yieldAt } = lease
  const who = called(requestedBy, state.self, texts)
  const isSaved = isDirty && isSavedFirst
  const how = isSaved ? (['saveAndHandOver'] as const) : []
  // Somebody asks while there is an end, whether or not it is told who that is.
  if (yieldAt !== undefined) {
    const after = isSaved ? ` ${texts.textSavedFirst}` : isDirty ? ` ${texts.textKept}` : ''
    const actions = isDirty ? how : (['handOver'] as const)
    return {
      ...say(`yields ${requestedBy?.id}`, texts.yields(who, section, timeMark) + after, actions),
      ...(actions[0] && { primary: actions[0] }),
      until: yieldAt,
      isSaid: true,
      isUrgent: true,
    }
  }
  if (!requestedBy && deadline === undefined) return undefined
  return {
    ...say(`request ${requestedBy?.id}`, texts.request(who, section, timeMark), [...how, 'handOver', 'keep']),
    primary: isSaved ? 'saveAndHandOver' : 'handOver',
    until: deadline,
    isSaid: true,
    isUrgent: true,
  }
}

function waiting(
  state: PresenceState,
  { texts, isTakingOver, now }: LeaseSituation,
  section: string | undefined,
  kept: (words: string) => string,
): LeaseBanner | undefined {
  const { lease, self } = state
  if (lease.status !== 'waiting') return undefined
  const { position, requestedBy, deadline, yieldAt, canRequestAt, editor } = lease
  const who = called(editor, self, texts)
  const takeOver = self?.canTakeOver ? (['takeOver'] as const) : []
  const rest = ['giveUp', ...takeOver] as const
  if (yieldAt !== undefined && position === 0)
    return {
      ...say('taking over', kept(texts.takingOver(who, section, timeMark)), ['giveUp']),
      until: yieldAt,
      isSaid: true,
    }
  if (isTakingOver)
    return {
      ...say(`sure ${editor?.id}`, texts.sure(who, section), ['stay', 'takeOverNow']),
      primary: 'takeOverNow',
      isSaid: true,
    }
  if (requestedBy && isSelf(requestedBy.id, state))
    return {
      ...say('asked', kept(texts.asked(who, section, timeMark)), rest),
      until: deadline,
      isSaid: true,
    }
  if (canRequestAt !== undefined && canRequestAt > now)
    return {
      ...say('kept', kept(texts.kept(who, position, section, timeMark)), rest),
      until: canRequestAt,
      isSaid: true,
    }
  if (requestedBy) {
    const other = called(requestedBy, self, texts)
    return say(`asked before ${requestedBy.id}`, kept(texts.askedBefore(who, other, position, section)), rest)
  }
  if (deadline !== undefined)
    return {
      ...say('asked by somebody', kept(texts.askedBySomebody(who, position, section, timeMark)), rest),
      until: deadline,
    }
  return { ...say('waiting', kept(texts.waiting(who, position, section)), ['ask', ...rest]), primary: 'ask' }
}

function lost(
  state: PresenceState,
  { texts, wasTakenOver }: LeaseSituation,
  section: string | undefined,
  kept: (words: string) => string,
): LeaseBanner | undefined {
  const { lease, isEditing, self, level } = state
  if (lease.status !== 'lost') return undefined
  if (isEditing) return say('unconfirmed', kept(texts.unconfirmed(section)))
  const { successor, problem, forbidden } = lease
  const told = (kind: string, words: string, actions: readonly LeaseAction[]): LeaseBanner => ({
    ...say(kind, kept(words), actions),
    ...(actions.length > 1 && { primary: actions[0]! }),
    isSaid: true,
  })
  if (forbidden) return told('may not edit now', texts.mayNotEditNow(section), ['close'])
  if (problem)
    return told('not opened', texts.notOpened(problem.detail ?? sentence(problem.title)), ['edit', 'close'])
  if (!successor && (level === 'count' || level === 'none'))
    return told('lost to somebody', texts.lostToSomebody(section), ['edit', 'close'])
  if (!successor) return told('lost', texts.lost(section), ['edit', 'close'])
  const who = called(successor, self, texts)
  if (editorHere(state) === undefined)
    return told(`free after ${successor.id}`, texts.lostAndFree(who, section), ['edit', 'close'])
  const words = wasTakenOver ? texts.takenOver(who, section) : texts.lostTo(who, section)
  return told(`lost to ${successor.id}`, words, ['ask', 'close'])
}

/** Gives the title of the section where the tab is; undefined for the page as a whole. */
export function titleHere(
  { section }: Pick<PresenceState, 'section'>,
  { titleOf }: LeaseSituation,
): string | undefined {
  return section === undefined ? undefined : titleOf(section)
}

/* Who edits where the tab is. */
function editorHere({ section, sections, editorUserId }: PresenceState): string | undefined {
  return section === undefined ? editorUserId : sections.find((one) => one.section === section)?.editorUserId
}

/* Says whether that is the user, by either id that the service has for them. */
function isSelf(id: string, { self }: Pick<PresenceState, 'self'>): boolean {
  return id === self?.id || id === self?.viewerId
}

/* A person as a part of a sentence; undefined for the user, who then is in another tab. */
function called(
  person: PresencePerson | undefined,
  self: PresenceState['self'],
  texts: LeaseTexts,
): string | undefined {
  return person && isSelf(person.id, { self }) ? undefined : isolate(nameOf(person, texts))
}

function naming(id: string, { viewers, self }: PresenceState, texts: LeaseTexts): string | undefined {
  return called(viewers.find((viewer) => viewer.id === id) ?? { id, name: '' }, self, texts)
}

function say(kind: string, words: string, actions: readonly LeaseAction[] = []): LeaseBanner {
  return { kind, words, actions }
}

function sentence(title = ''): string {
  return title && `${title}.`
}

/** Gives how long it is until then: "0:59". */
export function timeLeft(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
