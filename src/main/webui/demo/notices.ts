import type { LeaseNotice } from '../src/lease.js'
import type { RescuedText } from '../src/rescue.js'

/*
 * What the demo itself has to say above its text, beside what `<page-lease>` says of the lease: that another text was saved, and
 * that one was kept.
 */

/** What can be done about the texts. */
export interface TextActions {
  /** Opens the draft. */
  claim(): void
  /** Throws the draft away. */
  discard(): void
  /** Throws away what an earlier visit has kept. */
  discardMine(): void
  /** Goes on with it. */
  useMine(): void
  /** Takes the other's text, and gives the own one up. */
  useTheirs(): void
  /** Saves the own text over the other's. */
  saveMine(): void
  /** Takes what each has changed. */
  useBoth(): void
}

/** What is known of the texts. */
export interface TextState {
  /** The lease is held and the text is open. */
  readonly isHeld: boolean
  /** There is a draft, and nothing is open or wished for. */
  readonly hasDraft: boolean
  /** Somebody has saved another text since the one that this began with; their name. */
  readonly changedBy: string | undefined
  /** The two have changed different sections. */
  readonly canMerge: boolean
  /** A text of the user's that was typed at another time and never saved. */
  readonly rescued: RescuedText | undefined
  readonly now: number
}

/** Gives the notice of this moment; undefined where there is none. */
export function noticeOf(state: TextState, actions: TextActions): LeaseNotice | undefined {
  const { isHeld, hasDraft, changedBy, canMerge, rescued, now } = state
  if (isHeld && changedBy !== undefined) {
    const both = { label: 'Keep both changes', run: actions.useBoth, isPrimary: true } as const
    const how = canMerge
      ? ' They and you have changed different sections.'
      : ' Theirs is what readers see; yours is below, and nothing is saved over theirs unless you say so.'
    return {
      words: `${changedBy} saved another text after you began yours.${how}`,
      actions: [
        ...(canMerge ? [both] : []),
        { label: 'Use theirs', run: actions.useTheirs },
        { label: 'Save mine instead', run: actions.saveMine },
      ],
    }
  }
  if (isHeld && rescued) {
    const { keptAt, savedSince, text } = rescued
    const since = savedSince ? ` Since then ${savedSince.by || 'somebody'} saved the text below.` : ''
    return {
      words: `This is yours of ${momentOf(keptAt, now)}, and was never saved.${since}`,
      quote: text,
      actions: [
        { label: 'Go on with it', run: actions.useMine, isPrimary: true },
        { label: 'Discard it', run: actions.discardMine },
      ],
    }
  }
  if (!hasDraft) return undefined
  return {
    words: 'This tab keeps a draft of yours that was not saved.',
    actions: [
      { label: 'Continue', run: actions.claim, isPrimary: true },
      { label: 'Discard', run: actions.discard },
    ],
  }
}

/* The moment in the user's own way to write it: the time alone if it is of today. */
function momentOf(time: number, now: number): string {
  const day = (moment: number) => new Date(moment).toDateString()
  return new Date(time).toLocaleString([], {
    ...(day(time) !== day(now) && { dateStyle: 'medium' }),
    timeStyle: 'short',
  })
}
