/*
 * Importing this registers <page-presence>. It exports the core too, so that a plain page which needs both
 * loads one script.
 */
import { definePagePresence } from './page-presence.js'

export * from './index.js'
export { PagePresence } from './page-presence.js'
export type { Visible } from './people.js'
export { englishTexts, type PresenceTexts } from './texts.js'

definePagePresence()
