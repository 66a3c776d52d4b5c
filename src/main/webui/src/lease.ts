/* Importing this registers <page-lease>. It joins nothing: that does the core, or <page-presence>. */
import { definePageLease } from './ui/lease/page-lease.js'

export type { LeaseAction } from './ui/lease/banner.js'
export { PageLease, type LeaseNotice, type LeasePresence } from './ui/lease/page-lease.js'
export { englishLeaseTexts, type LeaseTexts } from './ui/lease/texts.js'

definePageLease()
