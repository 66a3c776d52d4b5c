export { createPresence } from './presence.js'
export type { Presence, PresenceOptions, PresenceState, PresenceStatus } from './presence.js'
export type {
  PresenceEditing,
  PresencePerson,
  PresenceProblem,
  PresenceSnapshot,
  PresenceViewer,
} from './protocol.js'
