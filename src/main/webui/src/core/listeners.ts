/** The listeners who want to hear of a change. */
export interface Listeners {
  /** Adds one; what it returns takes that one away. Who is added twice hears twice. */
  add(listener: () => void): () => void
  /** Calls each. What one throws is reported, and harms no other. */
  tell(): void
  /** Forgets all. */
  clear(): void
}

/** Creates an empty set of listeners. */
export function createListeners(): Listeners {
  const listeners = new Set<() => void>()
  return {
    add(listener) {
      const entry = () => listener()
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    tell() {
      for (const listener of [...listeners]) {
        try {
          listener()
        } catch (error) {
          // The listener's trouble is reported, and is not ours.
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
    clear: () => listeners.clear(),
  }
}
