/*
 * A page's text as people type it, and as the page shows it. It knows paragraphs, `## headings`, `- lists`,
 * fenced code, and inside of them `code`, **strong words** and [links](/…) to this site; all else is plain
 * text. What it shows is built from nodes, never from markup, so that nothing that was typed can run.
 */

const fence = '```'

/** The text from which `toNodes` builds the same content again. */
export function toText(content: Element): string {
  return [...content.children].map(blockText).join('\n\n')
}

/** The nodes that show a text. */
export function toNodes(text: string): Node[] {
  const nodes: Node[] = []
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  const take = (isPart: (line: string) => boolean) => {
    const taken: string[] = []
    while (lines.length > 0 && isPart(lines[0]!)) taken.push(lines.shift()!)
    return taken
  }
  while (lines.length > 0) {
    const line = lines[0]!
    if (line.trim() === '') lines.shift()
    else if (line.startsWith(fence)) {
      lines.shift()
      nodes.push(codeBlock(take((next) => !next.startsWith(fence)).join('\n')))
      lines.shift()
    } else if (isHeading(line)) nodes.push(block('h2', ...inlineNodes(lines.shift()!.slice(3).trim())))
    else if (isItem(line))
      nodes.push(
        block('ul', ...take(isItem).map((item) => block('li', ...inlineNodes(item.slice(2).trim())))),
      )
    else nodes.push(block('p', ...inlineNodes(take(isPlain).join(' '))))
  }
  return nodes
}

function isHeading(line: string): boolean {
  return line.startsWith('## ')
}

function isItem(line: string): boolean {
  return line.startsWith('- ')
}

function isPlain(line: string): boolean {
  return line.trim() !== '' && !line.startsWith(fence) && !isHeading(line) && !isItem(line)
}

function blockText(node: Element): string {
  switch (node.localName) {
    case 'h2':
      return `## ${inlineText(node)}`
    case 'ul':
      return [...node.children].map((item) => `- ${inlineText(item)}`).join('\n')
    case 'pre':
      return `${fence}\n${(node.textContent ?? '').replace(/\n$/, '')}\n${fence}`
    default:
      return inlineText(node)
  }
}

function inlineText(node: Element): string {
  const parts = [...node.childNodes].map((child) => {
    const text = (child.textContent ?? '').replace(/\s+/g, ' ')
    if (!(child instanceof Element)) return text
    if (child.localName === 'code') return `\`${text}\``
    if (child.localName === 'strong') return `**${text}**`
    return child.localName === 'a' ? `[${text}](${child.getAttribute('href')})` : text
  })
  return parts.join('').trim()
}

function inlineNodes(text: string): (Node | string)[] {
  const nodes: (Node | string)[] = []
  const marks = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((\/(?![/\\])[^\s)]*)\)/g
  let end = 0
  for (const match of text.matchAll(marks)) {
    const [whole, code, strong, label, href] = match
    nodes.push(text.slice(end, match.index))
    if (code !== undefined) nodes.push(block('code', code))
    else if (strong !== undefined) nodes.push(block('strong', strong))
    else {
      const link = block('a', label!)
      link.setAttribute('href', href!)
      nodes.push(link)
    }
    end = match.index + whole.length
  }
  return [...nodes, text.slice(end)]
}

/* Wider than a small screen it scrolls, and what scrolls must be reachable by keyboard. */
function codeBlock(code: string): HTMLElement {
  const made = block('pre', block('code', code))
  made.tabIndex = 0
  return made
}

function block(tag: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag)
  made.append(...children)
  return made
}
