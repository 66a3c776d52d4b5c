import type { PresencePerson, PresenceState } from '../src/index.js'
import type { LeaseTexts } from '../src/lease.js'
import type { SaveReply } from './backend.js'

/** Gives the demo's words for the banner of the lease; a text is open or not. */
export function leaseTexts(isOpen: boolean): Partial<LeaseTexts> {
  return {
    textKept: 'Every word of yours is still here.',
    close: isOpen ? 'Close, and keep a draft' : 'Close',
    waiting: (who, position, section) =>
      englishWaiting(who, position, section) +
      (isOpen ? ' You can save when it is your turn.' : ' The text opens by itself when it is your turn.'),
  }
}

function englishWaiting(who = 'Your other tab', position: number, section: string | undefined): string {
  const what = section === undefined ? 'this page' : `the section “${section}”`
  return `${who} is editing ${what}, and ${position === 1 ? 'you are next' : `you are number ${position} in line`}.`
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

/** What of an open text its hint depends on. */
export interface HintedDesk {
  readonly base: { readonly section?: string }
  isChecked(): boolean
  isChanged(): boolean
}

/** Says below the text whether it can be saved, and if not, why; and how it is written. */
export function hintOf(state: PresenceState, desk: HintedDesk): string {
  const how = desk.isChecked()
    ? 'A blank line parts paragraphs, - starts a list.'
    : 'Without the check a save goes through, whoever has saved meanwhile.'
  return `${standing(state, desk)} ${how}`
}

function standing({ lease, status, isEditing }: PresenceState, desk: HintedDesk): string {
  const what = desk.base.section === undefined ? 'page' : 'section'
  if (status === 'signed-out')
    return 'You are signed out. You can go on typing, and save when you are signed in.'
  if (status === 'forbidden') return `This page is not open to you, so the ${what} cannot be saved.`
  if (status === 'refused') return `The service refused this page, so the ${what} cannot be saved.`
  switch (lease.status) {
    case 'opening':
      return `The ${what} is yours, and is read again before you can save.`
    case 'held':
      if (desk.isChanged())
        return `The ${what} is yours, and was changed meanwhile: say above which text is to be saved.`
      if (lease.yieldAt !== undefined) return `${nameOf(lease.requestedBy)} takes the ${what} over.`
      if (lease.deadline !== undefined)
        return `${nameOf(lease.requestedBy)} asks for the ${what}: answer above.`
      return `The ${what} is yours, under fence ${lease.fence}.`
    case 'waiting':
      return `${nameOf(lease.editor)} has the ${what}. You can go on typing, and save when it is your turn.`
    case 'lost':
      if (isEditing) return `It is not certain that the ${what} is still yours, so saving waits.`
      if (lease.forbidden) return `You may not edit this ${what} any more.`
      return `The ${what} is not yours any more. You can go on typing, and save when you have it again.`
    case 'forbidden':
      return `You may not edit this ${what}.`
    case 'idle':
      return isEditing ? `We ask for the ${what}.` : `The ${what} is not yours.`
  }
}

/** Gives the address where the user signs in, and comes back to this page. */
export function signIn(): string {
  return `/login?to=${location.pathname}`
}
