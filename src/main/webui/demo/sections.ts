/*
 * A page's text in sections: what stands under each `## heading`, named by an anchor made of the heading. The
 * heading itself belongs to the page as a whole, so that a section keeps its name while it is edited.
 */

export interface Section {
  readonly id: string
  readonly title: string
  readonly text: string
}

const fence = '```'

/** The sections of a text, in its order; what stands before the first heading is in none. */
export function sectionsOf(text: string): Section[] {
  return cut(text).flatMap(({ id, heading, lines }) =>
    id === undefined ? [] : [{ id, title: heading!.slice(3).trim(), text: lines.join('\n').trim() }],
  )
}

/** The text of a section, or the whole text without one; undefined when there is no such section (any more). */
export function partOf(text: string, section: string | undefined): string | undefined {
  if (section === undefined) return text
  return sectionsOf(text).find(({ id }) => id === section)?.text
}

/** The whole text with another text in a section; without such a section nothing changes. */
export function withPart(text: string, section: string | undefined, part: string): string {
  if (section === undefined) return part
  return cut(text)
    .map(({ id, heading, lines }) => {
      const body = id === section ? part.trim() : lines.join('\n').trim()
      return [heading, body].filter(Boolean).join('\n\n')
    })
    .filter(Boolean)
    .join('\n\n')
}

/**
 * Gives the text with what two have changed of a third, from which both began; undefined when both have changed one
 * section, or its headings are others. What stands before the first heading counts as a section.
 */
export function merged(base: string, mine: string, theirs: string): string | undefined {
  const [before, own, others] = [base, mine, theirs].map(cut) as [Cut[], Cut[], Cut[]]
  const headings = (parts: Cut[]) => JSON.stringify(parts.map(({ heading }) => heading))
  if (headings(before) !== headings(own) || headings(before) !== headings(others)) return undefined
  const bodies = before.map((part, index) => {
    const [was, my, their] = [part, own[index]!, others[index]!].map(bodyOf)
    return my === was ? their : their === was || their === my ? my : undefined
  })
  if (before.length < 2 || bodies.includes(undefined)) return undefined
  return before
    .flatMap(({ heading }, index) => [heading, bodies[index]])
    .filter(Boolean)
    .join('\n\n')
}

function bodyOf({ lines }: Cut): string {
  return lines.join('\n').trim()
}

interface Cut {
  readonly id?: string
  readonly heading?: string
  readonly lines: string[]
}

function cut(text: string): Cut[] {
  const parts: Cut[] = [{ lines: [] }]
  const taken = new Set<string>()
  let isCode = false
  for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
    if (line.startsWith(fence)) isCode = !isCode
    if (isCode || !line.startsWith('## ')) parts.at(-1)!.lines.push(line)
    else parts.push({ id: anchor(line.slice(3), taken), heading: line, lines: [] })
  }
  return parts
}

function anchor(title: string, taken: Set<string>): string {
  const words = title
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  const base = [...words].slice(0, 100).join('') || 'section'
  let id = base
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`
  taken.add(id)
  return id
}
