/*
 * Keeps in the browser what somebody types, until it is saved. The service never sees a text. Opt in: nothing else of
 * the client imports this.
 */
import {
  forgetAll,
  newest,
  wipe,
  write,
  type KeptText,
  type Trouble,
  type Writer,
} from './rescue/database.js'

/** The options of {@link createRescue}. */
export interface RescueOptions {
  /** The id of the user who types, such as `self.id` of the presence's state. */
  readonly userId: string
  /** The page on which they type. */
  readonly pagePath: string
  /** The section; the page as a whole by default. */
  readonly section?: string | undefined
  /** Called when texts are not kept, with the reason, and with undefined when they are again. */
  readonly onProblem?: ((problem: RescueProblem | undefined) => void) | undefined
}

/** The reason why a text is not kept. */
export interface RescueProblem {
  /**
   * The reason in one word.
   *
   * - `unavailable`: the browser has no database, forbids it (as some do in private windows), or does not answer.
   * - `full`: there is no room left for this site.
   * - `too-long`: the text has more than 1 MB; what was kept of it before stays.
   */
  readonly reason: Trouble | 'too-long'
  /** The reason in one English sentence. */
  readonly message: string
}

/** A text as it is saved now, as the application's `open` has read it. */
export interface SavedText {
  readonly text: string
  /** The revision that the text has; two are the same when they are equal as strings. */
  readonly revision: string | number
  /** The name of who saved it; absent when it is not known. */
  readonly by?: string | undefined
}

/** A text that was typed and never saved. */
export interface RescuedText {
  /** The text that was typed. */
  readonly text: string
  /** The moment when it was kept, in ms since the epoch. */
  readonly keptAt: number
  /** The revision over which it was typed. */
  readonly revision: string
  /** The text that was saved since, with its revision and its writer; absent when that still is the revision. */
  readonly savedSince?: SavedText
}

/** The care for one text, in one document. */
export interface Rescue {
  /**
   * Keeps what is typed now, over this revision. Call it at each change: it is written at most once in 2 s, and when the
   * document is hidden or goes.
   */
  keep(text: string, revision: string | number): void
  /**
   * Gives the text that an earlier document kept and that is not the one saved now; undefined when there is none. Call it
   * when the text has been opened. It never rejects.
   */
  found(saved: SavedText): Promise<RescuedText | undefined>
  /** Notes an accepted save: wipes what is kept, unless more was typed since `text` was sent. */
  saved(text: string, revision: string | number): Promise<void>
  /** Wipes what is kept, because the user does not want it. */
  discard(): Promise<void>
  /** Gives the reason why texts are not kept now; undefined while they are. */
  problem(): RescueProblem | undefined
  /** Writes what is not written yet, and ends the timer and all listening. Stopping twice is fine. */
  stop(): Promise<void>
}

const writtenEveryMs = 2_000
const longestBytes = 1_000_000

const messages: Record<RescueProblem['reason'], string> = {
  unavailable: 'This browser keeps nothing for this site, so what you type is lost when the page is closed.',
  full: 'This browser has no room left for this site, so what you type is lost when the page is closed.',
  'too-long': 'This text is too long to be kept in the browser.',
}

const living = new Set<{ forget(user: string | undefined): void }>()

/**
 * Begins to keep what a user types on a page, or in a section of it, for 30 days at most.
 *
 * @example
 * ```ts
 * const rescue = createRescue({ userId: self.id, pagePath: location.pathname })
 * const found = await rescue.found({ text, revision, by }) // when the text was opened
 * if (found) offer(found.text, found.keptAt, found.savedSince)
 * editor.onInput = () => rescue.keep(editor.text, revision)
 * ```
 */
export function createRescue(options: RescueOptions): Rescue {
  const { userId: user, pagePath: page, section = '', onProblem } = options
  const place = { user, page, section }
  const writer: Writer = { name: `${Date.now()} ${Math.random()}` }
  const lifetime = new AbortController()
  let pending: Pick<KeptText, 'text' | 'revision'> | undefined
  /* What was typed last, written or not. */
  let latest: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let writtenAt = -Infinity
  let problem: RescueProblem | undefined
  /* The text of an earlier document that the application was given. */
  let given: KeptText | undefined
  let last: Promise<unknown> = Promise.resolve()

  function tell(reason: RescueProblem['reason'] | undefined) {
    if (reason === problem?.reason) return
    problem = reason && { reason, message: messages[reason] }
    onProblem?.(problem)
  }

  function flush(): Promise<unknown> {
    clearTimeout(timer)
    timer = undefined
    const text = pending
    if (!text) return last
    pending = undefined
    writtenAt = performance.now()
    // In the order of what was typed, so that the newest outcome is what is told.
    if (isTooLong(text.text)) return (last = last.then(() => tell('too-long')))
    return (last = write({ ...place, ...text, keptAt: Date.now(), writer: writer.name }, writer).then(
      (done) => tell('trouble' in done ? done.trouble : undefined),
    ))
  }

  function drop() {
    clearTimeout(timer)
    timer = undefined
    pending = latest = undefined
  }

  function keep(text: string, revision: string | number) {
    if (lifetime.signal.aborted) return
    latest = text
    pending = { text, revision: String(revision) }
    timer ??= setTimeout(() => void flush(), Math.max(0, writtenAt + writtenEveryMs - performance.now()))
  }

  /* What the application was given, and all that is older; not what another tab keeps. */
  function isGiven(kept: KeptText): boolean {
    return given !== undefined && kept.keptAt <= given.keptAt && kept.writer !== writer.name
  }

  async function wipeKept(isMeant: (kept: KeptText) => boolean) {
    await last
    const done = await wipe(place, isMeant)
    if ('trouble' in done) tell(done.trouble)
  }

  function wipeOurs(): Promise<void> {
    drop()
    return wipeKept((kept) => kept.writer === writer.name || isGiven(kept))
  }

  const self = {
    forget(forgotten: string | undefined) {
      if (forgotten === undefined || forgotten === user) drop()
    },
  }
  living.add(self)
  const listening = { signal: lifetime.signal }
  document.addEventListener(
    'visibilitychange',
    () => document.visibilityState === 'hidden' && void flush(),
    listening,
  )
  window.addEventListener('pagehide', () => void flush(), listening)

  return {
    keep,
    async found(saved) {
      const done = await newest(place, writer)
      if ('trouble' in done) {
        tell(done.trouble)
        return undefined
      }
      const kept = done.value
      given = kept
      if (!kept) return undefined
      if (kept.text === saved.text) {
        // It was saved after all, and is no news when another text is.
        await wipeKept(isGiven)
        return undefined
      }
      const { text, keptAt, revision } = kept
      return { text, keptAt, revision, ...(revision !== String(saved.revision) && { savedSince: saved }) }
    },
    saved(text, revision) {
      if (latest === undefined || latest === text) return wipeOurs()
      keep(latest, revision)
      return Promise.resolve()
    },
    discard: wipeOurs,
    problem: () => problem,
    async stop() {
      lifetime.abort()
      living.delete(self)
      await flush()
    },
  }
}

/**
 * Wipes all that is kept of a user, or of everybody who has typed in this browser. Call it at sign-out. What documents
 * that are open now still hold is not kept either. Gives false when the browser did not do it; it never rejects.
 */
export async function forget(userId?: string): Promise<boolean> {
  for (const one of living) one.forget(userId)
  return 'value' in (await forgetAll(userId))
}

function isTooLong(text: string): boolean {
  // No character has more than three bytes for each of its units.
  if (text.length * 3 <= longestBytes) return false
  return text.length > longestBytes || new TextEncoder().encode(text).length > longestBytes
}
