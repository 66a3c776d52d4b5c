/**
 * Every word the faces show or say. Replace any of them: `{ you: 'Vous', people: (n) => `${n} personnes` }`.
 * Functions, so that a language can put numbers and names where it needs them. A name in a sentence stands between
 * U+2068 and U+2069, which keep its direction of writing from that of the words around it: leave them there.
 */
export interface PresenceTexts {
  /** Gives the list's label. */
  people(count: number): string
  /** Gives the list's label when the user is left out of it. */
  others(count: number): string
  /** Gives the sentence in place of the list, where the service tells no more than how many people there are. */
  here(count: number, isEdited: boolean): string
  /** Gives that sentence when the user is left out of it. */
  othersHere(count: number, isEdited: boolean): string
  /** The list's label where it shows nobody but the user, because the service tells of nobody else. */
  yourself: string
  /** The word in place of the user's own name. */
  you: string
  /** The word in place of a name that the service doesn't know. */
  someone: string
  /** Gives the words in place of a name of which the service tells the initials alone. */
  initialled(initials: string): string
  /** Gives the words in place of another's name that is the word for the user, in whatever spelling. */
  namesake(name: string): string
  /** Describes one person: a name and the details below that apply. */
  person(name: string, details: readonly string[]): string
  /** The detail of somebody who edits. */
  editing: string
  /** The detail of somebody who edits a section of the page. */
  editingSection: string
  /** The detail of somebody whose tabs are all hidden. */
  away: string
  /** The detail of the user while others do not see them. */
  hidden: string
  /** The detail of somebody who types. */
  typing: string
  /** Gives the detail of somebody in a section: `name` is the section's, such as a heading's anchor. */
  section(name: string): string
  /** Gives the detail of somebody with 2 tabs or more. */
  tabs(count: number): string
  /** Says what the overflow button does, to those who hear it; `hidden` people stand behind its `+N`. */
  showEveryone(hidden: number): string
  /** Says what the same button does where everybody is shown. */
  showNames: string
  /** The label of the list that the button opens. */
  everyone: string
  /** Gives the line below that list, when the service lists fewer people than are there. */
  unlisted(count: number): string
  /** Gives the sentence that is said when the editor changes. */
  editorChanged(name: string): string
  /** The sentence that is said when the user is the new editor. */
  youEdit: string
  /**
   * Gives the sentence that is said when the user wants to edit and somebody else does; `position` is 1 for the next.
   */
  refused(name: string, position: number): string
  /** Gives it when the user's own other tab does. */
  refusedElsewhere(position: number): string
  /** The sentence that is said when the user wants to edit and may not. */
  mayNotEdit: string
  /** The word that is shown when the service has been out of reach for 5 s. */
  reconnecting: string
}

/** The texts in English, which are the default. */
export const englishTexts: PresenceTexts = {
  people: (count) => (count === 1 ? '1 person viewing this page' : `${count} people viewing this page`),
  others: (count) => (count === 1 ? '1 other viewing this page' : `${count} others viewing this page`),
  here: (count, isEdited) => `${count === 1 ? '1 person is' : `${count} people are`} ${hereAnd(isEdited)}`,
  othersHere: (count, isEdited) =>
    `${count === 1 ? '1 other is' : `${count} others are`} ${hereAnd(isEdited)}`,
  yourself: 'You are here',
  you: 'You',
  someone: 'Someone',
  initialled: (initials) => `A person with the initials ${initials}`,
  namesake: (name) => `${name} (another person)`,
  person: (name, details) => [name, ...details].join(', '),
  editing: 'editing',
  editingSection: 'editing a section',
  away: 'away',
  hidden: 'only you see that you are here',
  typing: 'typing',
  section: (name) => `in ${name}`,
  tabs: (count) => (count === 1 ? '1 tab' : `${count} tabs`),
  showEveryone: (hidden) => `${hidden} more, show everyone`,
  showNames: 'Show everyone',
  everyone: 'Everyone on this page',
  unlisted: (count) => `and ${count} more`,
  editorChanged: (name) => `${name} is editing this page`,
  youEdit: 'You are editing this page',
  refused: (name, position) => `${name} is editing this page. ${inLine(position)}`,
  refusedElsewhere: (position) => `You are editing this page in another tab. ${inLine(position)}`,
  mayNotEdit: 'You may not edit this page.',
  reconnecting: 'Reconnecting…',
}

function hereAnd(isEdited: boolean): string {
  return isEdited ? 'here, and the page is being edited' : 'here'
}

function inLine(position: number): string {
  return position === 1 ? 'You are next in line.' : `You are number ${position} in line.`
}
