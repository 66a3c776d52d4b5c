import type { Hold } from './hold.js'
import type { HeartbeatMessage, PresenceProblem } from './protocol.js'
import type { CurrentState } from './state.js'

/** The parts of a tab's heartbeats that the service refuses by themselves: its section, and that others do not see it. */
export interface Refused {
  /** Why the section was refused; undefined when it was not. */
  readonly section: PresenceProblem | undefined
  /** Why one of the two was refused; undefined when none was. */
  readonly problem: PresenceProblem | undefined
  /** Gives what the next heartbeat says about who may see the tab. */
  listing(): false | undefined
  /** Notes that the service has answered what was said. */
  answered(said: HeartbeatMessage): void
  /** Notes a refusal; gives true when the tab can go on without what was refused, with the next heartbeat. */
  take(said: HeartbeatMessage, problem: PresenceProblem | undefined): boolean
  /** Notes that the tab is in another section, or on another page where others may see it or not, which is not refused yet. */
  move(isListedThere?: boolean): void
  /** Gives true when it is news that others may see the tab, or may not; what was refused is asked for anew then. */
  list(next: boolean): boolean
  /** Notes that the service does not know the tab any more. */
  leave(): void
}

/*
 * A section that the service refuses takes neither the tab off the page nor a claim to the page as a whole: the tab is
 * on the page, and claims nothing, until it names another section.
 *
 * To hide is not refused by being shown: where the service does not allow it, a tab that others saw goes on as it was,
 * and one that they did not see is on no page.
 */

/** Creates the parts of a tab of which nothing was said yet; `isListed` is whether others may see it. */
export function createRefused(current: CurrentState, hold: Hold, isListed: boolean): Refused {
  let section: PresenceProblem | undefined
  let unhidden: PresenceProblem | undefined
  /* Others see the tab now. */
  let isSeen = false

  return {
    get section() {
      return section
    },
    get problem() {
      return section ?? unhidden
    },
    listing: () => (current.state.isListed ? undefined : false),
    answered(said) {
      isSeen = said.isListed !== false
    },
    take(said, problem) {
      const isAbout = (name: string) => problem?.violations?.some(({ field }) => field === name)
      if (said.section !== undefined && isAbout('section')) {
        if (said.section === current.state.section) {
          section = problem
          hold.lapse()
        }
        return true
      }
      if (said.isListed !== false || !isSeen || !isAbout('isListed')) return false
      if (!isListed) {
        unhidden = problem
        current.publish({ isListed: true })
      }
      return true
    },
    move(isListedThere) {
      section = undefined
      if (isListedThere === undefined) return
      isListed = isListedThere
      unhidden = undefined
    },
    list(next) {
      const isNews = next !== isListed
      isListed = next
      if (isNews) unhidden = undefined
      return isNews
    },
    leave() {
      isSeen = false
    },
  }
}
