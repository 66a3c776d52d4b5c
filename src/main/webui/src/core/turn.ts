import type { PresenceSnapshot } from './protocol.js'
import type { PresenceState } from './state.js'

/**
 * Says whether a snapshot that has come, after the state `before`, tells of something that only an answer says in full:
 * the tab's place in line, its fence, a deadline, or by which id the page now knows the user.
 *
 * The lease is with somebody else, or asked for by somebody else, than the last answer said. Where people have no names,
 * all that can be seen is that something is another than it was.
 */
export function isTurn(
  snapshot: PresenceSnapshot,
  { editing, self, lease, section }: PresenceState,
  before: PresenceState,
): boolean {
  if (snapshot.level !== before.level) return true
  if (!editing) return false
  if (snapshot.level !== 'names') return leases(snapshot) !== leases(before)
  const seen = section === undefined ? snapshot : snapshot.sections?.find((one) => one.section === section)
  const asker = 'requestedBy' in lease ? lease.requestedBy?.id : undefined
  const editor = editing.granted ? self?.id : editing.editorUserId
  return seen?.editorUserId !== editor || seen?.requestedByUserId !== asker
}

/* All that those who see no names are told of leases, to be compared. */
function leases({ isEdited, isRequested, editorUserId }: PresenceSnapshot | PresenceState): string {
  return JSON.stringify([isEdited, isRequested, editorUserId])
}
