import type { PresenceProblem } from './protocol.js'
import { createSharedTab } from './shared-tab.js'
import type { PresenceState } from './state.js'
import type { TabOptions } from './options.js'

export { idleState, unsent, type PresenceState, type PresenceStatus } from './state.js'

/** The options of {@link createPresence}. */
export interface PresenceOptions extends TabOptions {
  /** The page this tab is on: an absolute path such as `location.pathname`. */
  readonly pagePath: string
  /** The section it starts in, by its anchor (see `sectionOf`); the page as a whole by default. */
  readonly section?: string
  /** False when others are not to see this tab, where the service allows that; true by default. */
  readonly isListed?: boolean
}

/** The way of a take-over. */
export interface TakeOverOptions {
  /** Leaves the holder no time to save; `false` by default. */
  readonly now?: boolean
}

/** One tab's presence on a page, joined from the moment it was created until it is stopped. */
export interface Presence {
  /** Calls the listener after each change of the state, never at once; returns what ends that. */
  subscribe(listener: () => void): () => void
  /** Gives the present state; the same object until something changes. */
  getSnapshot(): PresenceState
  /**
   * Claims the lease where the tab is, or gives the claim up. Saying the same twice is fine. After a lease was
   * lost, `true` is a new claim, behind all others, and `false` says that the user knows. A document with several
   * presences claims while one of them wishes it.
   */
  setIsEditing(next: boolean): void
  /**
   * Claims, and asks whoever holds the lease to hand it over. Like the three calls below it gives undefined when
   * that is done, else why not; it never rejects. `lease` tells what came of it.
   */
  requestEdit(): Promise<PresenceProblem | undefined>
  /** Gives the lease to who has asked for it. */
  handOver(): Promise<PresenceProblem | undefined>
  /** Keeps the lease from who has asked for it; nobody can ask again for a while. */
  keep(): Promise<PresenceProblem | undefined>
  /**
   * Takes the lease from whoever has it, where the user's role allows that. They have a few seconds for a last save,
   * while `lease` is `waiting` and says until when; with `now` they have none.
   */
  takeOver(how?: TakeOverOptions): Promise<PresenceProblem | undefined>
  /** Shows the others for 6 s that somebody types here; call it at each keystroke. */
  typing(): void
  /**
   * Says that all that was typed is saved, so that nothing has to be before the lease goes. Call it when the backend
   * has accepted a save and nobody has typed since that was sent.
   */
  saved(): void
  /**
   * Moves the tab to a section of its page, named by its anchor (see `sectionOf`). A claim goes with it: it ends here
   * and is a new one there.
   */
  setSection(anchor: string | undefined): void
  /**
   * Says whether others may see this tab. A document with several presences is unlisted while one of them wishes it. A
   * service that does not allow it says so by the `problem`, whose violation names `isListed`: a tab that others saw stays
   * as it is, and one that they did not is `refused`.
   */
  setIsListed(next: boolean): void
  /** Moves the tab to another page, which ends its claim; the present page again changes nothing. */
  setPagePath(next: string): void
  /** Asks the service at once where it would try again later, such as after the user has signed in. */
  refresh(): void
  /** Leaves, unless another presence of this document is on the page. Stopping twice is fine. */
  stop(): void
}

/*
 * All copies of the client in a document share the first one's tabs. The number rises with what a `Presence` can do:
 * a copy that wants more than the first one has goes its own way, as another tab.
 */
const homeKey = Symbol.for('copresence.presence.2')
const home = globalThis as { [homeKey]?: typeof createPresence }

/**
 * Joins a page and keeps this tab present on it until it is stopped. Needs a browser's `document`; create it after
 * mounting where pages are rendered on a server.
 *
 * A document is one tab: presences of one page share it, whoever creates them, and the last that stops leaves. It is
 * on one page at a time: of presences that name different ones, those before the last are `refused`, and told on
 * the console, until the others stop.
 *
 * @example
 * ```ts
 * const presence = createPresence({ pagePath: location.pathname })
 * const unsubscribe = presence.subscribe(() => render(presence.getSnapshot().viewers))
 * presence.setIsEditing(true) // when somebody begins to change something
 * presence.stop()
 * ```
 */
export function createPresence(options: PresenceOptions): Presence {
  home[homeKey] ??= createHome()
  return home[homeKey](options)
}

function createHome(): typeof createPresence {
  const tabs: Record<string, typeof createPresence> = {}
  let isWarned = false
  return (options) => {
    const service = new URL(`${options.baseUrl ?? ''}/api/presence/`, document.baseURI).href
    tabs[service] ??= createSharedTab(() => delete tabs[service])
    if (!isWarned && Object.keys(tabs).length > 1) {
      isWarned = true
      console.warn(`Copresence: this document is present twice, at ${Object.keys(tabs).join(' and ')}`)
    }
    return tabs[service](options)
  }
}
