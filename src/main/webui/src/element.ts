/*
 * Importing this registers <page-presence>. It exports the core too, so that a plain page which needs both
 * loads one script.
 */
import { definePagePresence } from './ui/page-presence.js'

export * from './index.js'
export { PagePresence } from './ui/page-presence.js'
export type { Visible } from './ui/people.js'
export { englishTexts, type PresenceTexts } from './ui/texts.js'

definePagePresence()
