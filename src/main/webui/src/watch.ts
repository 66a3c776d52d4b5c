/*
 * Who is on the pages of a list. A page that needs no more than this loads nothing of the core's tab.
 */
export type { AskGrant } from './core/grant.js'
export type { PresenceLevel, PresencePerson, PresenceProblem } from './core/protocol.js'
export { colour, initials } from './ui/people.js'
export type { PageRow } from './watch/lookup.js'
export {
  mostPages,
  watchPages,
  type PageWatch,
  type WatchOptions,
  type WatchState,
  type WatchStatus,
} from './watch/watch-pages.js'
