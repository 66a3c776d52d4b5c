export { pageOf, type PageParts } from './page-of.js'
export { createPresence } from './presence.js'
export type { Presence, PresenceOptions, PresenceState, PresenceStatus } from './presence.js'
export type { PresenceLease } from './lease.js'
export type {
  PresenceEditing,
  PresencePerson,
  PresenceProblem,
  PresenceSection,
  PresenceSnapshot,
  PresenceViewer,
} from './protocol.js'
export { sectionOf } from './section.js'
