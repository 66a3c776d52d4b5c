import type { createRescue, Rescue, RescuedText, RescueProblem, SavedText } from '../src/rescue.js'

/*
 * What is typed is kept in the browser too, beyond the tab and its end. The desk that is open has one rescue, for its
 * section.
 */

/** The rescue of what is typed on a page. */
export interface Rescuer {
  /** Begins to keep what is typed in a section; gives what an earlier document has kept of it and that is not saved. */
  open(section: string | undefined, saved: SavedText): Promise<RescuedText | undefined>
  keep(text: string, revision: number): void
  saved(text: string, revision: number): void
  /** Forgets what was typed in the section that is open, or in another. */
  discard(section: string | undefined, saved: SavedText): void
  close(): void
}

/** Makes a rescuer for a user of a page; without a user nothing is kept. */
export function rescuer(
  create: typeof createRescue,
  pagePath: string,
  userId: () => string | undefined,
  onProblem: (problem: RescueProblem | undefined) => void,
): Rescuer {
  let rescue: Rescue | undefined

  function begin(section: string | undefined): Rescue | undefined {
    const user = userId()
    return user === undefined ? undefined : create({ userId: user, pagePath, section, onProblem })
  }

  return {
    async open(section, saved) {
      rescue = begin(section)
      return rescue?.found(saved)
    },
    keep: (text, revision) => rescue?.keep(text, revision),
    saved: (text, revision) => void rescue?.saved(text, revision),
    discard(section, saved) {
      if (rescue) return void rescue.discard()
      const one = begin(section)
      void one?.found(saved).then(() => one.discard())
      void one?.stop()
    },
    close() {
      void rescue?.stop()
      rescue = undefined
    },
  }
}
