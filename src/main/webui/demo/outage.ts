import type { PresenceState } from '../src/index.js'

const shownAfterMs = 5_000

/** An outage of the service as it is shown: a short break is none, since it heals before anybody needs to know. */
export interface Outage {
  /** Looks at the state, which is another. */
  watch(state: PresenceState): void
  /** Says whether the service has been out of reach for so long that it is shown. */
  isShown(): boolean
}

/** Creates the outage of a service that is there; `onShown` is called when one is to be shown. */
export function createOutage(onShown: () => void): Outage {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isShown = false

  return {
    watch({ status }) {
      if (status === 'reconnecting') {
        timer ??= setTimeout(() => {
          isShown = true
          onShown()
        }, shownAfterMs)
        return
      }
      clearTimeout(timer)
      timer = undefined
      isShown = false
    },
    isShown: () => isShown,
  }
}
