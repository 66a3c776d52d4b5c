import type { PresenceState } from './presence.js'
import type { PresencePerson, PresenceViewer } from './protocol.js'
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
      'viewerCount' | 'self' | 'editorUserId' | 'sections' | 'status' | 'isEditing' | 'editing'
    >
  >

export interface LookOptions {
  /** How many places the row has, the overflow button included; 2 or more. */
  readonly max: number
  readonly hideSelf: boolean
  readonly texts: PresenceTexts
}

export interface Look {
  /** The row's label, with the number of people. */
  readonly label: string
  /** You, then the others in the service's order, cut so that the row has at most `max` places. */
  readonly shown: readonly PersonLook[]
  /** How many people stand behind the `+N`. */
  readonly hiddenCount: number
  readonly everyone: readonly PersonLook[]
  /** How many people are there that the service doesn't list. */
  readonly unlistedCount: number
}

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
  readonly isEditor: boolean
  readonly isAway: boolean
  readonly isTyping: boolean
  readonly tabCount: number
}

export function look(state: Visible, { max, hideSelf, texts }: LookOptions): Look {
  const { viewers, self, editorUserId, sections = [] } = state
  const editors = [editorUserId, ...sections.map((section) => section.editorUserId)]
  const selfId = self?.id
  const mine = hideSelf ? [] : viewers.filter((viewer) => viewer.id === selfId)
  const others = viewers.filter((viewer) => viewer.id !== selfId)
  const everyone = [...mine, ...others].map((viewer) => lookOf(viewer, selfId, editors, texts))
  const present = Math.max(state.viewerCount ?? 0, viewers.length)
  const total = Math.max(present - (hideSelf && selfId !== undefined ? 1 : 0), everyone.length)
  const shown = total > max ? firstAndEditor(everyone, max - 1) : everyone
  return {
    label: hideSelf ? texts.others(total) : texts.people(total),
    shown,
    hiddenCount: total - shown.length,
    everyone,
    unlistedCount: total - everyone.length,
  }
}

/* Whoever edits is seen, also when they came late; everybody else keeps their place. */
function firstAndEditor(people: readonly PersonLook[], count: number): readonly PersonLook[] {
  const first = people.slice(0, count)
  const editor = people.slice(count).find((person) => person.isEditor)
  return editor ? [...first.slice(0, -1), editor] : first
}

function lookOf(
  viewer: PresenceViewer,
  selfId: string | undefined,
  editors: readonly (string | undefined)[],
  texts: PresenceTexts,
): PersonLook {
  const isSelf = viewer.id === selfId
  const isEditor = editors.includes(viewer.id)
  const isAway = viewer.away === true
  const isTyping = viewer.typing === true
  const name = isSelf ? texts.you : nameOf(viewer, texts)
  const details = [
    ...(isEditor ? [texts.editing] : []),
    ...(viewer.section === undefined ? [] : [texts.section(viewer.section)]),
    ...(isTyping ? [texts.typing] : []),
    ...(isAway ? [texts.away] : []),
    ...(viewer.tabCount > 1 ? [texts.tabs(viewer.tabCount)] : []),
  ]
  return {
    id: viewer.id,
    name,
    label: texts.person(name, details),
    details: details.join(' · '),
    initials: initials(nameOf(viewer, texts)),
    colour: colour(viewer.id),
    avatar: viewer.avatar,
    isSelf,
    isEditor,
    isAway,
    isTyping,
    tabCount: viewer.tabCount,
  }
}

/** A person's name, or the word for one whom nobody has named. */
export function nameOf(person: PresencePerson | undefined, texts: PresenceTexts): string {
  return person?.name || texts.someone
}

/** The first letters of the first and last word, in capitals; whole code points, so that no letter breaks. */
export function initials(name: string): string {
  const words = name.normalize('NFC').split(/\s+/u).filter(Boolean)
  const ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words
  return ends.map((word) => (/[\p{L}\p{N}]/u.exec(word) ?? [[...word][0]!])[0].toLocaleUpperCase()).join('')
}

/** Ten backgrounds on which white text has a contrast of 4.5:1 and more. */
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

/** The same colour for the same id, everywhere and always (FNV-1a). */
export function colour(id: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return colours[(hash >>> 0) % colours.length]!
}
