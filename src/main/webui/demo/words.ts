import type { PresencePerson, PresenceProblem, PresenceState } from '../src/index.js'
import type { SaveReply } from './backend.js'

/** Says why a call about the lease was refused. */
export function wordsFor({ reason, editor, title }: PresenceProblem): string {
  const who = editor?.name || 'The editor'
  switch (reason) {
    case 'editor-keeps':
      return `${who} keeps it for now.`
    case 'requested-by-other':
      return 'Somebody else has asked before you.'
    case 'not-requested':
      return 'Nobody asks any more.'
    case 'must-yield':
      return 'It is being taken over, so it cannot be kept.'
    default:
      return `That was not possible: ${title}.`
  }
}

/** Gives 80 characters of a text, on one line: those from shortly before where it differs from the other on. */
export function excerpt(text: string, other: string): string {
  const [words, others] = [text, other].map((one) => one.replace(/\s+/g, ' ').trim()) as [string, string]
  let start = 0
  while (start < words.length && words[start] === others[start]) start++
  start = start <= 40 ? 0 : words.lastIndexOf(' ', start - 20) + 1
  const end = words.length - start > 80 ? start + 79 : words.length
  return `${start > 0 ? '…' : ''}${words.slice(start, end)}${end < words.length ? '…' : ''}`
}

/** Says what came of a save that the backend did not take. */
export function refusalOf(reply: Exclude<SaveReply, { kind: 'saved' }>, fence: number): string {
  const stays = 'Your text stays as it is.'
  switch (reply.kind) {
    case 'refused':
      return reply.by
        ? `Not saved: ${reply.by.name || 'somebody'} has opened this text after you, so the backend refused your fence ${fence}. ${stays}`
        : `Not saved: nobody has opened this text under your fence ${fence}. ${stays}`
    case 'changed':
      return `Not saved: ${reply.by?.name || 'somebody'} has saved this text meanwhile. ${stays}`
    case 'failed':
      return `Not saved: ${reply.why} ${stays}`
  }
}

/**
 * Says whether somebody else edits the page, as far as that is told. A state may name the user after they gave the page
 * up, which with one tab is old news.
 */
export function isEditedByOther({ level, isEdited, viewers, self, editorUserId }: PresenceState): boolean {
  if (level === 'count') return isEdited
  if (editorUserId === undefined) return false
  const me = self?.viewerId ?? self?.id
  return me !== editorUserId || viewers.some(({ id, tabCount }) => id === me && tabCount > 1)
}

/** Says whether the service has told that the user may not edit here. */
export function mayNotEdit({ status, lease }: PresenceState): boolean {
  return status === 'forbidden' || lease.status === 'forbidden'
}

/** Gives what to call somebody: their name, or as much of it as is told. */
export function nameOf(person: Pick<PresencePerson, 'name' | 'initials'> | undefined): string {
  return person?.name || (person?.initials ? `Someone (${person.initials})` : 'Someone')
}

/** Says below the text whether it can be saved, and how it is written. */
export function hintOf(
  { lease, status }: PresenceState,
  section: string | undefined,
  isChecked: boolean,
): string {
  const what = section === undefined ? 'page' : 'section'
  const words = {
    held: `The ${what} is yours, under fence ${'fence' in lease ? lease.fence : ''}.`,
    opening: `The ${what} is yours, and is read again before you can save.`,
    away: `You can go on typing. Saving waits until ${status === 'signed-out' ? 'you are signed in' : `the ${what} is yours`}.`,
  }
  const key = lease.status === 'held' || lease.status === 'opening' ? lease.status : 'away'
  const how = isChecked
    ? 'A blank line parts paragraphs, - starts a list.'
    : 'Without the check a save goes through, whoever has saved meanwhile.'
  return `${words[key]} ${how}`
}

/** Gives the address where the user signs in, and comes back to this page. */
export function signIn(): string {
  return `/login?to=${location.pathname}`
}
