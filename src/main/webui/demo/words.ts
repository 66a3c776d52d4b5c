import type { PresenceProblem, PresenceState } from '../src/index.js'

/** Says why a call about the lease was refused. */
export function wordsFor({ reason, editor, title }: PresenceProblem): string {
  const who = editor?.name || 'The editor'
  switch (reason) {
    case 'editor-keeps':
      return `${who} keeps it for now.`
    case 'requested-by-other':
      return 'Somebody else has asked before you.'
    case 'not-requested':
      return 'Nobody asks any more.'
    default:
      return `That was not possible: ${title}.`
  }
}

/** Gives the first 80 characters of a text, on one line. */
export function excerpt(text: string): string {
  const words = text.replace(/\s+/g, ' ').trim()
  return words.length > 80 ? `${words.slice(0, 79)}…` : words
}

/**
 * Says whether the state names the user as the editor after they gave the page up, which with one tab is old news.
 */
export function isLeavingSelf({ viewers, self, editorUserId }: PresenceState): boolean {
  return (
    self !== undefined &&
    self.id === editorUserId &&
    !viewers.some(({ id, tabCount }) => id === self.id && tabCount > 1)
  )
}
