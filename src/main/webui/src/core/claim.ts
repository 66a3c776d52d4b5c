import type { Answer } from './protocol.js'

/** The claim of a document: what it has said about editing, and what the service may believe. */
export interface Claim {
  /** The wish that was said last; undefined in a fresh document, where the one before may have left a claim. */
  readonly wish: boolean | undefined
  /** Changes the wish, or where it is for: what is answered to an earlier one says nothing of this one. */
  say(wish: boolean | undefined): void
  /** Notes that a message goes out with a wish; gives what tells whether the document still wishes the same. */
  send(isEditing: boolean | undefined): () => boolean
  /** Notes the answer to a message that went out with this wish. */
  hear(isEditing: boolean | undefined, answer: Answer): void
  /** True while the service may still believe in a claim that was given up. */
  isGivenUp(): boolean
  /** Notes that the tab has left, and its claim with it; ends the timer. */
  leave(): void
}

/* Within the service's grace for a document that goes away, 3 s. */
const wordMs = 2_000

/*
 * A claim belongs to the document that made it. What the document before has left is neither confirmed nor ended at
 * once: for a moment it stays as it is, so that an editor who reloads can take it up. Without a word it ends.
 *
 * An answer speaks of the wish with which it was asked, and of no later one.
 */

/** Creates a fresh document's claim; `onSilence` is called when nothing was said in time about one that was found. */
export function createClaim(onSilence: () => void): Claim {
  let wish: boolean | undefined
  /* Counts the wishes: another claim, section or page. */
  let count = 0
  let isBelieved = false
  let silence: ReturnType<typeof setTimeout> | undefined

  return {
    get wish() {
      return wish
    },
    say(next) {
      wish = next
      count++
    },
    send(isEditing) {
      isBelieved ||= !!isEditing
      const sent = count
      return () => sent === count
    },
    hear(isEditing, answer) {
      if (isEditing === false) isBelieved = false
      if (wish !== undefined) return
      if (!answer.editing) {
        wish = false
        return
      }
      isBelieved = true
      silence ??= setTimeout(() => {
        if (wish !== undefined) return
        wish = false
        onSilence()
      }, wordMs)
    },
    isGivenUp: () => isBelieved && wish === false,
    leave() {
      clearTimeout(silence)
      silence = undefined
      isBelieved = false
    },
  }
}
