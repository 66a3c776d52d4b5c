/*
 * Where the demo keeps what was written: saved texts in this browser, drafts in this tab. Both may be
 * forbidden or full; then nothing is kept, and the page still works.
 */

/** What somebody types, and the text they started from. */
export interface Draft {
  readonly text: string
  readonly base: string
}

/** A page's text and its draft. */
export interface PageText {
  /** What was saved here, else the text the page came with. */
  current(): string
  isSaved(): boolean
  save(text: string): void
  /** Back to the text the page came with. */
  restore(): void
  draft(): Draft | undefined
  keepDraft(draft: Draft): void
  dropDraft(): void
  /** Calls back when another tab of this browser has saved the page. */
  onChange(listener: () => void): void
}

export function pageText(path: string, original: string): PageText {
  const savedKey = `copresence-demo:text:${path}`
  const draftKey = `copresence-demo:draft:${path}`
  return {
    current: () => read('localStorage', savedKey) ?? original,
    isSaved: () => read('localStorage', savedKey) !== undefined,
    save: (text) => write('localStorage', savedKey, text),
    restore: () => write('localStorage', savedKey, undefined),
    draft: () => parseDraft(read('sessionStorage', draftKey)),
    keepDraft: (draft) => write('sessionStorage', draftKey, JSON.stringify(draft)),
    dropDraft: () => write('sessionStorage', draftKey, undefined),
    onChange: (listener) =>
      addEventListener('storage', ({ key }) => {
        if (key === savedKey || key === null) listener()
      }),
  }
}

type Storage = 'localStorage' | 'sessionStorage'

function read(storage: Storage, key: string): string | undefined {
  try {
    return window[storage].getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

function write(storage: Storage, key: string, value: string | undefined) {
  try {
    if (value === undefined) window[storage].removeItem(key)
    else window[storage].setItem(key, value)
  } catch {
    // Nothing is kept then.
  }
}

function parseDraft(json: string | undefined): Draft | undefined {
  try {
    const value: unknown = JSON.parse(json ?? 'null')
    if (typeof value !== 'object' || value === null) return undefined
    const { text, base } = value as Record<string, unknown>
    return typeof text === 'string' && typeof base === 'string' ? { text, base } : undefined
  } catch {
    return undefined
  }
}
