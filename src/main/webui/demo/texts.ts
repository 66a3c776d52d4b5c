import type { LeaseToOpen } from '../src/index.js'
import { load, open, save, type SavedPage, type SaveReply } from './backend.js'
import { partOf, withPart } from './sections.js'

/*
 * A page's text as it is saved, by whomever, and what somebody types in this tab. A draft is kept in the tab's
 * storage, which may be forbidden or full; then it lives as long as the document.
 */

/** What somebody types, where, and the text they started from, with its revision. */
export interface Draft {
  readonly section?: string
  readonly text: string
  readonly base: string
  readonly revision: number
  /** Whether its text area is open, and opens again after a reload. */
  readonly isOpen: boolean
}

/** A page's text and the draft of it. */
export interface PageText {
  /** The text as far as it is known here. */
  current(): string
  /** The same of a section; undefined when there is none of that name. */
  part(section: string | undefined): string | undefined
  /** The number of the save that changed the section last, or any part of the page without one; 0 for none. */
  revision(section: string | undefined): number
  /** Who saved last; undefined while the page is as it came. */
  lastWriter(): string | undefined
  /** The text that the page came with. */
  readonly original: string
  /** Whether the service keeps texts; undefined until it has said. */
  isKept(): boolean | undefined
  /** Asks for the text as it is now; gives false when nobody answered. */
  refresh(): Promise<boolean>
  /** Opens a text under a lease, and has it as it is then; throws why not. */
  open(lease: LeaseToOpen): Promise<void>
  save(draft: Draft, fence: number, verify: boolean): Promise<SaveReply>
  /** The latest draft, of whatever section. */
  draft(): Draft | undefined
  /** The draft of the section, or of the page as a whole. */
  draftOf(section: string | undefined): Draft | undefined
  keepDraft(draft: Draft): void
  dropDraft(section: string | undefined): void
  /** Calls back when the text is another than before. */
  onChange(listener: () => void): void
}

export function pageText(path: string, original: string): PageText {
  const draftKey = `copresence-demo:draft:${path}`
  const listeners: (() => void)[] = []
  let page: SavedPage = { version: 0, saved: [] }
  let isKept: boolean | undefined
  let drafts = parseDrafts(read(draftKey))

  function take(next: SavedPage) {
    // Two answers may cross; a service that was restarted begins anew.
    const isNews = JSON.stringify(next) !== JSON.stringify(page)
    page = next
    if (isNews) for (const listener of listeners) listener()
  }

  function current(): string {
    return page.saved.reduce((text, one) => withPart(text, one.section, one.text), original)
  }

  return {
    original,
    current,
    part: (section) => partOf(current(), section),
    revision: (section) =>
      page.saved
        .filter((one) => section === undefined || one.section === undefined || one.section === section)
        .reduce((newest, { version }) => Math.max(newest, version), 0),
    lastWriter: () => page.saved.find(({ version }) => version === page.version)?.by.name,
    isKept: () => isKept,
    async refresh() {
      const answer = await load(path)
      if (answer === undefined) return false
      isKept = answer !== 'off'
      if (answer !== 'off') take(answer)
      return true
    },
    async open(lease) {
      take(await open(path, lease))
    },
    async save({ section, text, revision }, fence, verify) {
      const where = section === undefined ? {} : { section }
      const reply = await save(path, { ...where, text, fence, revision, verify })
      if (reply.kind === 'saved') take(reply.page)
      return reply
    },
    draft: () => drafts.at(-1),
    draftOf: (section) => drafts.find((draft) => draft.section === section),
    keepDraft(next) {
      drafts = [...drafts.filter(({ section }) => section !== next.section), next]
      write(draftKey, JSON.stringify(drafts))
    },
    dropDraft(dropped) {
      drafts = drafts.filter(({ section }) => section !== dropped)
      write(draftKey, drafts.length > 0 ? JSON.stringify(drafts) : undefined)
    },
    onChange: (listener) => void listeners.push(listener),
  }
}

/** What was being edited in this tab before a reload, to be claimed from the start. */
export function openDraft(path: string): Draft | undefined {
  return parseDrafts(read(`copresence-demo:draft:${path}`)).find(({ isOpen }) => isOpen)
}

function read(key: string): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

function write(key: string, value: string | undefined) {
  try {
    if (value === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, value)
  } catch {
    // It lives as long as the document then.
  }
}

function parseDrafts(json: string | undefined): Draft[] {
  try {
    const value: unknown = JSON.parse(json ?? '[]')
    return Array.isArray(value) ? value.flatMap(parseDraft) : []
  } catch {
    return []
  }
}

function parseDraft(value: unknown): Draft[] {
  if (typeof value !== 'object' || value === null) return []
  const { text, base, revision, section, isOpen } = value as Record<string, unknown>
  if (typeof text !== 'string' || typeof base !== 'string' || typeof revision !== 'number') return []
  return [{ text, base, revision, isOpen: isOpen === true, ...(typeof section === 'string' && { section }) }]
}
