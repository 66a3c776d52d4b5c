import type { OpenText } from './opening.js'
import type { ServiceOptions, Voice } from './service.js'

/** The part that the application takes in editing a text. */
export interface EditingOptions {
  /**
   * Opens the text under a lease, and is called for each new one: the first grant, a promotion, a hand-over, a take-over,
   * a return. It has the backend store the fence and gives the text as it is then to the editor; see docs/editing.md.
   * While its promise runs `lease.status` is `opening`. When it resolves, the lease is `held`; when it rejects, the claim
   * is given up, and the lease is `lost` with the `problem`. Without this option a lease is `held` at once.
   */
  readonly open?: OpenText | undefined
  /**
   * Saves what is typed, and is called once when the lease goes in 5 s (or less, where that is known later): to who has
   * asked for it and got no answer, or to who takes it over. It is called only when something was typed (`typing()`)
   * since all was saved (`saved()`). The lease is still `held` then. When the promise resolves, the client hands the
   * lease over; when it rejects, nothing is handed over, and the lease goes at its time.
   */
  readonly beforeLoss?: (() => Promise<unknown>) | undefined
}

/** The options of a tab. */
export interface TabOptions extends ServiceOptions, EditingOptions {}

/** Those of a tab that several presences may share, with what speaks for them. */
export interface TabVoice extends TabOptions, Voice {}

/** The place where a tab begins. */
export interface Place {
  /** The page, as the application names it. */
  readonly pagePath: string
  /** The section, by its name; absent for the page as a whole. */
  readonly section?: string | undefined
  /** False when others are not to see the tab. */
  readonly isListed: boolean
}
