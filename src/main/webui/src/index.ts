export { pageOf, type PageParts } from './core/page-of.js'
export { createPresence } from './core/presence.js'
export type {
  Presence,
  PresenceOptions,
  PresenceState,
  PresenceStatus,
  TakeOverOptions,
} from './core/presence.js'
export type { AskGrant } from './core/grant.js'
export type { GrantedLease, PresenceLease } from './core/lease.js'
export type { LeaseToOpen, OpenText } from './core/opening.js'
export type {
  PresenceEditing,
  PresenceLevel,
  PresencePerson,
  PresenceProblem,
  PresenceSection,
  PresenceSelf,
  PresenceSnapshot,
  PresenceViewer,
} from './core/protocol.js'
export { sectionOf } from './core/section.js'
