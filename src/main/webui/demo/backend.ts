import type { LeaseToOpen, PresencePerson } from '../src/index.js'

/*
 * The demo's own little backend, which keeps the texts of its pages in memory. As a CMS should, it opens a text under a
 * fence, and takes a save under exactly that fence and over exactly the revision that was opened: see docs/editing.md.
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
  /** The revision over which this is written: the one that was opened, or saved last. */
  readonly revision: number
  /** False saves without any check, to show what that does. */
  readonly verify: boolean
}

export type SaveReply =
  /** `overwrote` is what somebody else had saved, and only a save without the check can lose. */
  | { readonly kind: 'saved'; readonly page: SavedPage; readonly overwrote?: Saved }
  /** The text was opened under another fence: `by` has done that, if anybody has. */
  | { readonly kind: 'refused'; readonly by?: PresencePerson }
  /** The text is not of that revision any more: `by` has saved meanwhile. */
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

/**
 * Takes the fence for a text and reads the page, in one step. What it throws is the backend's problem document, or an
 * error where there is none.
 */
export async function open(path: string, { section, fence, signal }: LeaseToOpen): Promise<SavedPage> {
  const answer = await fetch(address(path, '/open'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Presence-Fence': String(fence) },
    body: JSON.stringify({ section }),
    signal,
  }).catch(() => undefined)
  if (!answer) throw new Error('The service could not be reached')
  const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>
  if (!answer.ok) throw { ...body, status: answer.status }
  return body.page as SavedPage
}

export async function save(path: string, { fence, revision, ...text }: Save): Promise<SaveReply> {
  try {
    const answer = await fetch(address(path), {
      method: 'PUT',
      headers: {
        'Content-Type': 'application/json',
        'Presence-Fence': String(fence),
        'If-Match': `"${revision}"`,
      },
      body: JSON.stringify(text),
    })
    const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>
    if (answer.ok) return { kind: 'saved', ...(body as unknown as { page: SavedPage; overwrote?: Saved }) }
    const by = body.editor as PresencePerson | undefined
    if (answer.status === 409 || answer.status === 412)
      return { kind: answer.status === 412 ? 'changed' : 'refused', ...(by && { by }) }
    return { kind: 'failed', why: String(body.detail ?? `The service answered ${answer.status}.`) }
  } catch {
    return { kind: 'failed', why: 'The service could not be reached.' }
  }
}

function address(path: string, call = ''): string {
  return `/api/demo/pages${call}?path=${encodeURIComponent(path)}`
}
