/*
 * Importing this registers <page-presence-list>. It exports `watchPages` too, so that a plain page which needs both loads
 * one script.
 */
import { definePagePresenceList } from './ui/page-presence-list.js'

export * from './watch.js'
export { PagePresenceList } from './ui/page-presence-list.js'
export { englishTexts, type PresenceTexts } from './ui/texts.js'

definePagePresenceList()
