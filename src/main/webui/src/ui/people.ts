import { hash } from '../core/hash.js'
import type { PresenceState } from '../core/presence.js'
import type { PresencePerson, PresenceViewer } from '../core/protocol.js'
import type { PresenceTexts } from './texts.js'

/*
 * What people look like, as pure functions: who is shown, in which order, by which words, letters and
 * colours. Nothing here knows a document.
 */

/** The part of a {@link PresenceState} that can be seen. */
export type Visible = Pick<PresenceState, 'viewers'> &
  Partial<
    Pick<
      PresenceState,
      | 'level'
      | 'isEdited'
      | 'viewerCount'
      | 'self'
      | 'editorUserId'
      | 'section'
      | 'sections'
      | 'status'
      | 'isEditing'
      | 'isListed'
      | 'editing'
      | 'lease'
    >
  >

/** The choices of a page about how people are shown. */
export interface LookOptions {
  /** The number of places in the row, the overflow button included; 2 or more. */
  readonly max: number
  /** True when the user is left out of the row. */
  readonly hideSelf: boolean
  /** The words to use. */
  readonly texts: PresenceTexts
}

/** The people on a page as they are shown. */
export interface Look {
  /** The row's label, with the number of people where the row is of them all. */
  readonly label: string
  /** The sentence beside the row, where nothing but the number of people is known; empty otherwise. */
  readonly count: string
  /** The user, then the others in the service's order, cut so that the row has at most `max` places. */
  readonly shown: readonly PersonLook[]
  /** The number of people behind the `+N`. */
  readonly hiddenCount: number
  /** Everybody whom the service lists. */
  readonly everyone: readonly PersonLook[]
  /** The number of people who are there and whom the service doesn't list. */
  readonly unlistedCount: number
}

/** One person as they are shown. */
export interface PersonLook {
  readonly id: string
  readonly name: string
  /** Name and details, for those who hear it: "Bob Stone, editing, in the-fence, typing, 2 tabs". */
  readonly label: string
  /** The details alone, for those who see the name beside it; empty when there are none. */
  readonly details: string
  readonly initials: string
  readonly colour: string
  readonly avatar: string | undefined
  readonly isSelf: boolean
  /** True for who edits the page, or a section of it. */
  readonly isEditor: boolean
  /** True for who edits a section, and not the page as a whole. */
  readonly isSectionEditor: boolean
  readonly isAway: boolean
  /** True for the user where others do not see them. */
  readonly isHidden: boolean
  readonly isTyping: boolean
  readonly tabCount: number
}

/** Gives what a state looks like. */
export function look(state: Visible, { max, hideSelf, texts }: LookOptions): Look {
  const { level = 'names', viewers, self, sections = [] } = state
  const edited: Edited = {
    page: state.editorUserId,
    sections: sections.map(({ editorUserId }) => editorUserId),
    colours: coloursOf(viewers),
  }
  const listed = viewers.find((viewer) => isSelf(viewer, state))
  const others = viewers.filter((viewer) => viewer !== listed)
  const isHidden = !listed && isUnlisted(state)
  const mine = hideSelf ? undefined : ownLook(listed, state, edited, texts)
  const everyone = [...(mine ? [mine] : []), ...others.map((viewer) => lookOf(viewer, false, edited, texts))]
  const present = Math.max(state.viewerCount ?? 0, viewers.length)
  const total = Math.max(present - (hideSelf && self && !isHidden ? 1 : 0), others.length)
  if (level === 'count' || level === 'none') {
    const count = hideSelf ? texts.othersHere : texts.here
    return {
      label: texts.yourself,
      count: level === 'count' && total > 0 ? count(total, state.isEdited === true) : '',
      shown: everyone,
      hiddenCount: 0,
      everyone,
      unlistedCount: 0,
    }
  }
  const all = Math.max(total + (mine?.isHidden ? 1 : 0), everyone.length)
  const shown = all > max ? firstAndEditor(everyone, max - 1) : everyone
  return {
    label: hideSelf ? texts.others(all) : texts.people(all),
    count: '',
    shown,
    hiddenCount: all - shown.length,
    everyone,
    unlistedCount: all - everyone.length,
  }
}

/* Says whether that is the user, whom viewers without names know by an id of their own. */
function isSelf({ id }: PresenceViewer, { self }: Visible): boolean {
  return id === (self?.viewerId ?? self?.id)
}

/* Who edits, or waits to, is seen all the same. */
function isUnlisted({ isListed, isEditing }: Visible): boolean {
  return isListed === false && !isEditing
}

/* The user's own look, who sees all of themselves, and themselves where nobody else is seen. */
function ownLook(
  listed: PresenceViewer | undefined,
  state: Visible,
  edited: Edited,
  texts: PresenceTexts,
): PersonLook | undefined {
  const { level = 'names', self, editing } = state
  if (listed && level === 'names') return lookOf(listed, true, edited, texts)
  const isHidden = !listed && isUnlisted(state)
  if (!self || (level === 'names' && !isHidden)) return undefined
  // Where nobody says who edits, the user knows of themselves.
  const isGranted = (isInSection: boolean) =>
    editing?.granted === true && (state.section !== undefined) === isInSection
  const isOfPage = isGranted(false) || (listed && edited.page === listed.id)
  const isOfSection = isGranted(true) || (listed && edited.sections.includes(listed.id))
  const own = lookOf(
    { tabCount: 1, ...listed, ...self },
    true,
    {
      page: isOfPage ? self.id : undefined,
      sections: isOfSection ? [self.id] : [],
      colours: listed ? new Map([[self.id, edited.colours.get(listed.id)!]]) : edited.colours,
    },
    texts,
  )
  return isHidden ? { ...own, ...hidden(own, texts) } : own
}

function hidden({ name }: PersonLook, { person, hidden }: PresenceTexts): Partial<PersonLook> {
  return { label: plain(person(isolate(name), [hidden])), details: hidden, isHidden: true }
}

/**
 * Gives who edits the page as a whole: a key, which is another when they are and undefined when nobody does; whether it
 * is the user; and the name to say.
 */
export function editorOf(
  state: Visible,
  texts: PresenceTexts,
): { readonly key: string | undefined; readonly isOwn: boolean; readonly name: string } {
  const { level = 'names', editorUserId, viewers, self, editing } = state
  const editor = viewers.find(({ id }) => id === editorUserId)
  const isShown = level === 'names' ? editorUserId === self?.id : editor && isSelf(editor, state)
  const isOwn = isShown === true || (level !== 'names' && editing?.granted === true)
  const key = level === 'count' && state.isEdited ? `somebody ${isOwn}` : editorUserId
  return { key, isOwn, name: nameOf(editor, texts) }
}

/* Whoever edits is seen, also when they came late; everybody else keeps their place. */
function firstAndEditor(people: readonly PersonLook[], count: number): readonly PersonLook[] {
  const first = people.slice(0, count)
  const editor = people.slice(count).find((person) => person.isEditor)
  return editor ? [...first.slice(0, -1), editor] : first
}

/* Who edits the page and its sections, and which colour is whose. */
interface Edited {
  readonly page: string | undefined
  readonly sections: readonly (string | undefined)[]
  readonly colours: ReadonlyMap<string, string>
}

function lookOf(
  viewer: PresenceViewer,
  isSelf: boolean,
  { page, sections, colours }: Edited,
  texts: PresenceTexts,
): PersonLook {
  const isSectionEditor = viewer.id !== page && sections.includes(viewer.id)
  const isEditor = viewer.id === page || isSectionEditor
  const isAway = viewer.away === true
  const isTyping = viewer.typing === true
  const name = isSelf ? texts.you : nameOf(viewer, texts)
  const details = [
    ...(isEditor ? [isSectionEditor ? texts.editingSection : texts.editing] : []),
    ...(viewer.section === undefined ? [] : [texts.section(viewer.section)]),
    ...(isTyping ? [texts.typing] : []),
    ...(isAway ? [texts.away] : []),
    ...(viewer.tabCount > 1 ? [texts.tabs(viewer.tabCount)] : []),
  ]
  return {
    id: viewer.id,
    name,
    label: plain(texts.person(isolate(name), details)),
    details: details.join(' · '),
    initials: nameIn(viewer) ? initials(nameIn(viewer)) : (viewer.initials ?? initials(texts.someone)),
    colour: colours.get(viewer.id) ?? colour(viewer.id),
    avatar: viewer.avatar,
    isSelf,
    isEditor,
    isSectionEditor,
    isAway,
    isHidden: false,
    isTyping,
    tabCount: viewer.tabCount,
  }
}

/**
 * Gives what a person other than the user is called: their name without what would disturb the text around it, the
 * words for one of whom nothing but initials is told, the word for one whom nobody has named, or the words for one whose
 * name is the word for the user.
 */
export function nameOf(
  person: PresencePerson | undefined,
  texts: Pick<PresenceTexts, 'you' | 'someone' | 'initialled' | 'namesake'>,
): string {
  const name = nameIn(person) || (person?.initials ? texts.initialled(person.initials) : texts.someone)
  return bare(name) === bare(texts.you) ? texts.namesake(name) : name
}

/* Without controls and what turns the direction of text; empty when nothing of it can be seen. */
function nameIn(person: PresencePerson | undefined): string {
  const name = (person?.name ?? '').replace(
    /[\s\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu,
    ' ',
  )
  return /[^\p{C}\p{Z}\p{M}\p{DI}\u2800]/u.test(name) ? name.trim() : ''
}

/* What is left of a word for those who only glance at it. */
function bare(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]|\p{DI}/gu, '')
    .toLowerCase()
}

/* A name in a sentence of another direction keeps its own, and keeps it to itself. */
const isolated = /\u2068(.*?)\u2069/su
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** Gives a name as a part of a sentence, for {@link plain} or {@link parts}. */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`
}

/** Gives a sentence as text, for where there are no elements: its names are marked where a direction may change. */
export function plain(sentence: string): string {
  return rightToLeft.test(sentence) ? sentence : sentence.replace(/[\u2068\u2069]/g, '')
}

/** Gives a sentence in parts, of which each second one is a name. */
export function parts(sentence: string): readonly string[] {
  return sentence.split(isolated)
}

const graphemes = 'Segmenter' in Intl ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : undefined

/** Gives the first letters of the first and last word, in capitals; whole graphemes, so that no letter breaks. */
export function initials(name: string): string {
  const words = name.normalize('NFC').split(/\s+/u).filter(Boolean)
  const ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words
  const letters = ends.map(initial)
  // Two Arabic letters side by side would become a word.
  return letters.join(letters.every((letter) => /\p{sc=Arab}/u.test(letter)) ? '\u200c' : '')
}

function initial(word: string): string {
  const letters = graphemes
    ? Array.from(graphemes.segment(word), ({ segment }) => segment)
    : (word.match(/\P{M}\p{M}*/gu) ?? [word])
  return (letters.find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? letters[0]!).toLocaleUpperCase()
}

/** The ten backgrounds, on which white text has a contrast of 4.5:1 and more. */
export const colours = [
  '#b42318',
  '#b54708',
  '#946200',
  '#3f7d20',
  '#0b7a55',
  '#0e7490',
  '#175cd3',
  '#5b4fd6',
  '#9333c9',
  '#c11574',
] as const

/** Gives a person's colour: the same for the same id, everywhere and always. */
export function colour(id: string): string {
  return colours[hash(id) % colours.length]!
}

/**
 * Gives the colours of the people on a page: each has their own colour, or the next that is free if somebody who came before
 * has it, as long as ten are enough. All who see the same people see the same colours.
 */
export function coloursOf(viewers: readonly Pick<PresenceViewer, 'id'>[]): ReadonlyMap<string, string> {
  const free = new Set<string>(colours)
  const given = new Map<string, string>()
  for (const { id } of viewers) {
    if (free.size === 0) for (const one of colours) free.add(one)
    const wanted = hash(id) % colours.length
    const [next] = [...colours.slice(wanted), ...colours.slice(0, wanted)].filter((one) => free.has(one))
    free.delete(next!)
    given.set(id, next!)
  }
  return given
}
