/** The typing in a tab, as far as the service must hear of it. */
export interface Typing {
  /** Notes a keystroke, and gives true when a heartbeat should say so. */
  note(): boolean
  /** Gives true when the heartbeat that goes out now should say so. */
  take(): true | undefined
}

/* The service shows typing for 6 s, and counts no more than one such heartbeat in 3 s, by its own clock. */
const toldEveryMs = 3_200

/** Creates the typing of somebody who has not begun. */
export function createTyping(): Typing {
  let isDue = false
  let toldAt = -Infinity
  return {
    note() {
      if (isDue || performance.now() - toldAt < toldEveryMs) return false
      isDue = true
      return true
    },
    take() {
      if (!isDue) return undefined
      isDue = false
      toldAt = performance.now()
      return true
    },
  }
}
