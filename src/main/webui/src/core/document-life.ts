import { claimTabId, nextIncarnation } from './tab-id.js'

/** The phases of a document: it is here, or gone for now or for good, or its tab was stopped. */
export type Phase = 'here' | 'gone' | 'stopped'

/** The names by which the service knows a document and its tab. */
export interface Identity {
  /** The tab's id, which no other live tab has. */
  readonly tabId: string
  /** The number that is higher than those of all earlier documents of the tab. */
  readonly incarnation: number
}

/** A document between its first moment and its last, and who it is then. */
export interface DocumentLife {
  /** The present phase. */
  readonly phase: Phase
  /** The names of this document; undefined until it is known that no other document has the id. */
  readonly identity: Identity | undefined
  /** Calls `react` at each such event of the window or document, until the end. */
  on(target: EventTarget, type: string, react: () => void): void
  /** Notes that the tab was stopped; what follows from that is still to be done. */
  stop(): void
  /** Ends all listening. */
  end(): void
}

/**
 * Begins to follow this document, and calls `onReady` when its tab has an id; `onGoing` at its end, for good or into
 * the back/forward cache, when what is not sent at once is never sent; and `onReturn` when it is back from there,
 * before
 * `onReady` is called again.
 */
export function followDocument(onReady: () => void, onGoing: () => void, onReturn: () => void): DocumentLife {
  let phase: Phase = 'here'
  let identity: Identity | undefined
  let attempt = 0
  const lifetime = new AbortController()

  async function start() {
    const incarnation = (attempt = nextIncarnation())
    phase = 'here'
    identity = undefined
    const tabId = await claimTabId()
    if (incarnation !== attempt) return
    identity = { tabId, incarnation }
    onReady()
  }

  function on(target: EventTarget, type: string, react: () => void) {
    target.addEventListener(type, react, { signal: lifetime.signal })
  }

  // Never on beforeunload: it also runs when the user then chooses to stay.
  on(window, 'pagehide', () => {
    onGoing()
    if (phase === 'stopped') lifetime.abort()
    else phase = 'gone'
  })
  // Chromium says "visible" before this on a return from the back/forward cache: only here we are back.
  on(window, 'pageshow', () => {
    if (phase !== 'gone') return
    onReturn()
    void start()
  })
  on(document, 'prerenderingchange', () => void start())
  // Nobody looks at a page that is rendered in advance.
  if (!(document as { readonly prerendering?: boolean }).prerendering) void start()

  return {
    get phase() {
      return phase
    },
    get identity() {
      return identity
    },
    on,
    stop() {
      phase = 'stopped'
    },
    end: () => lifetime.abort(),
  }
}

/** Says whether the document can be seen. */
export function isVisible(): boolean {
  return document.visibilityState === 'visible'
}
