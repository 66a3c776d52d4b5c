/** The texts in English, which are built in; for a page that chooses a language. */
export { englishTexts as presenceTexts } from '../ui/texts.js'
export { englishLeaseTexts as leaseTexts } from '../ui/lease/texts.js'
