/**
 * Every word the faces show or say. Replace any of them: `{ you: 'Vous', people: (n) => `${n} personnes` }`.
 * Functions, so that a language can put numbers and names where it needs them. A name in a sentence stands between
 * U+2068 and U+2069, which keep its direction of writing from that of the words around it: leave them there.
 */
export interface PresenceTexts {
  /** The list's label. */
  people(count: number): string
  /** The list's label when the user is left out of it. */
  others(count: number): string
  /** In place of the user's own name. */
  you: string
  /** In place of a name that the service doesn't know. */
  someone: string
  /** In place of another's name that is the word for the user, in whatever spelling. */
  namesake(name: string): string
  /** How one person is described: a name and the details below that apply. */
  person(name: string, details: readonly string[]): string
  editing: string
  away: string
  typing: string
  /** Where on the page somebody is: `name` is the section's, such as a heading's anchor. */
  section(name: string): string
  tabs(count: number): string
  /** What the overflow button does, for those who hear it; `hidden` people stand behind its `+N`. */
  showEveryone(hidden: number): string
  /** The label of the list that the button opens. */
  everyone: string
  /** Below that list, when the service lists fewer people than are there. */
  unlisted(count: number): string
  /** Said when the editor changes. */
  editorChanged(name: string): string
  /** Said when the user is the new editor. */
  youEdit: string
  /** Said at once when the user wants to edit and somebody else already does; `position` is 1 for the next. */
  refused(name: string, position: number): string
  /** Shown when the service has been out of reach for 5 s. */
  reconnecting: string
}

/** The texts in English. */
export const englishTexts: PresenceTexts = {
  people: (count) => (count === 1 ? '1 person viewing this page' : `${count} people viewing this page`),
  others: (count) => (count === 1 ? '1 other viewing this page' : `${count} others viewing this page`),
  you: 'You',
  someone: 'Someone',
  namesake: (name) => `${name} (another person)`,
  person: (name, details) => [name, ...details].join(', '),
  editing: 'editing',
  away: 'away',
  typing: 'typing',
  section: (name) => `in ${name}`,
  tabs: (count) => (count === 1 ? '1 tab' : `${count} tabs`),
  showEveryone: (hidden) => `${hidden} more, show everyone`,
  everyone: 'Everyone on this page',
  unlisted: (count) => `and ${count} more`,
  editorChanged: (name) => `${name} is editing this page`,
  youEdit: 'You are editing this page',
  refused: (name, position) =>
    `${name} is editing this page. ` +
    (position === 1 ? 'You are next in line.' : `You are number ${position} in line.`),
  reconnecting: 'Reconnecting…',
}
