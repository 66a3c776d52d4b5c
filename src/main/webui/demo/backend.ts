import type { PresencePerson } from '../src/index.js'

/*
 * The demo's own little backend, which keeps the texts of its pages in memory. As a CMS should, it asks the
 * presence service about the fence before it saves.
 */

/** What was saved of a page: as a whole, or of a section after that. */
export interface Saved {
  readonly section?: string
  readonly text: string
  readonly version: number
  readonly fence: number
  readonly by: PresencePerson
}

/** All that was saved of a page since the service started. */
export interface SavedPage {
  /** Grows with each save; 0 while the page is as it came. */
  readonly version: number
  readonly saved: readonly Saved[]
}

/** A save, with all that a backend needs to refuse it. */
export interface Save {
  readonly text: string
  readonly fence: number
  readonly section?: string
  /** The version in which the writer saw the text that they changed. */
  readonly base: number
  /** False saves without any check, to show what that does. */
  readonly verify: boolean
}

export type SaveReply =
  /** `overwrote` is what somebody else had saved, and only a save without the check can lose. */
  | { readonly kind: 'saved'; readonly page: SavedPage; readonly overwrote?: Saved }
  /** The lease is not, or no longer, the writer's: `by` holds it, if anybody does. */
  | { readonly kind: 'refused'; readonly by?: PresencePerson }
  /** The text is not the one that the writer began with: `by` has saved meanwhile. */
  | { readonly kind: 'changed'; readonly by?: PresencePerson }
  | { readonly kind: 'failed'; readonly why: string }

/** What is saved of a page; undefined when the service can't say, `off` when it keeps no texts. */
export async function load(path: string): Promise<SavedPage | 'off' | undefined> {
  try {
    const answer = await fetch(address(path), { cache: 'no-store', signal: AbortSignal.timeout(10_000) })
    if (answer.status === 404) return 'off'
    return answer.ok ? ((await answer.json()) as SavedPage) : undefined
  } catch {
    return undefined
  }
}

export async function save(path: string, save: Save): Promise<SaveReply> {
  try {
    const answer = await fetch(address(path), {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(save),
    })
    const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>
    if (answer.ok) return { kind: 'saved', ...(body as unknown as { page: SavedPage; overwrote?: Saved }) }
    const by = body.editor as PresencePerson | undefined
    if (answer.status === 409)
      return { kind: body.reason === 'changed' ? 'changed' : 'refused', ...(by && { by }) }
    return { kind: 'failed', why: String(body.detail ?? `The service answered ${answer.status}.`) }
  } catch {
    return { kind: 'failed', why: 'The service could not be reached.' }
  }
}

function address(path: string): string {
  return `/api/demo/pages?path=${encodeURIComponent(path)}`
}
