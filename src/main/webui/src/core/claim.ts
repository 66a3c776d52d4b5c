import type { Beat } from './protocol.js'

/**
 * What a document has said about editing, and what the service may believe.
 *
 * A claim belongs to the document that made it. What the document before has left is neither confirmed nor ended at
 * once: for a moment it stays as it is, so that an editor who reloads can take it up. Without a word it ends.
 */
export interface Claim {
  /** What was said last; undefined in a fresh document, where the one before may have left a claim. */
  wish: boolean | undefined
  /** A message goes out that says so; undefined leaves a claim as it is. */
  send(isEditing: boolean | undefined): void
  /** It was answered. */
  hear(isEditing: boolean | undefined, answer: Beat): void
  /** True while the service may still believe in a claim that was given up. */
  isGivenUp(): boolean
  /** The tab has left, and its claim with it. Ends the timer. */
  leave(): void
}

/* Within the service's grace for a document that goes away, 3 s. */
const wordMs = 2_000

/** `onSilence` is called when nothing was said in time about a claim that was found, which makes it a "no". */
export function createClaim(onSilence: () => void): Claim {
  let isBelieved = false
  let silence: ReturnType<typeof setTimeout> | undefined

  const claim: Claim = {
    wish: undefined,
    send(isEditing) {
      isBelieved ||= isEditing === true
    },
    hear(isEditing, answer) {
      if (isEditing === false) isBelieved = false
      if (claim.wish !== undefined) return
      if (!answer.editing) return void (claim.wish = false)
      isBelieved = true
      silence ??= setTimeout(() => {
        if (claim.wish !== undefined) return
        claim.wish = false
        onSilence()
      }, wordMs)
    },
    isGivenUp: () => isBelieved && claim.wish === false,
    leave() {
      clearTimeout(silence)
      silence = undefined
      isBelieved = false
    },
  }
  return claim
}
