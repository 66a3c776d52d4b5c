import { colour, coloursOf } from '../src/ui/people.js'
import type { PresenceState } from '../src/index.js'
import { button, h } from './dom.js'
import { sectionsOf } from './sections.js'
import { toText } from './prose.js'

/** The page's text as it is read: each section with its own ring, its editor and its button. */
export interface SectionHeads {
  /** Shows these nodes, grouped by heading. */
  show(nodes: readonly Node[]): void
  /** Puts a form in the place of a section, or of the whole text; without a form all text is back. */
  replace(section: string | undefined, form: HTMLElement | undefined): void
  /** Says who edits which section; without buttons while `isBusy`. */
  draw(state: PresenceState, isBusy: boolean): void
  hasFocus(): boolean
}

interface Part {
  readonly id: string
  readonly title: string
  readonly root: HTMLElement
  readonly chip: HTMLElement
  readonly edit: HTMLButtonElement
  readonly body: HTMLElement
}

export function sectionHeads(prose: HTMLElement, onEdit: (section: string) => void): SectionHeads {
  let parts: Part[] = []
  let form: HTMLElement | undefined
  let formSection: string | undefined

  function partOf(heading: Element, id: string): Part {
    const title = heading.textContent ?? ''
    heading.id = id
    const chip = h('span', { class: 'chip' })
    const edit = button('Edit section', () => onEdit(id), 'quiet')
    const body = h('div', { class: 'flow' })
    const root = h(
      'section',
      { class: 'part', 'aria-labelledby': id },
      h('div', { class: 'head' }, heading as HTMLElement, chip, edit),
      body,
    )
    return { id, title, root, chip, edit, body }
  }

  function draw(state: PresenceState, isBusy: boolean) {
    const { sections, viewers, self } = state
    const colours = coloursOf(viewers)
    for (const part of parts) {
      const editor = sections.find(({ section }) => section === part.id)?.editorUserId
      const viewer = viewers.find(({ id }) => id === editor)
      const isMine = form !== undefined && formSection === part.id
      part.root.classList.toggle('edited', editor !== undefined)
      if (editor !== undefined) part.root.style.setProperty('--who', colours.get(editor) ?? colour(editor))
      const name = editor === self?.id ? 'You are' : `${viewer?.name || 'Someone'} is`
      const isTyping = viewers.some(
        ({ id, typing, section }) => id === editor && typing && section === part.id,
      )
      const words = editor === undefined || isMine ? '' : `${name} editing${isTyping ? ', typing' : ''}`
      if (part.chip.dataset.words !== words) {
        part.chip.dataset.words = words
        part.chip.replaceChildren(words.replace(', typing', ''))
        if (isTyping) part.chip.append(dots())
      }
      part.edit.hidden = isBusy
      const label = editor === undefined || editor === self?.id ? 'Edit' : 'Wait to edit'
      part.edit.setAttribute('aria-label', `${label} section “${part.title}”`)
      if (part.edit.textContent !== `${label} section`) part.edit.textContent = `${label} section`
    }
  }

  return {
    show(nodes) {
      const flat = h('div', {}, ...nodes.map((node) => node.cloneNode(true)))
      const ids = sectionsOf(toText(flat)).map(({ id }) => id)
      const intro = h('div', { class: 'flow' })
      parts = []
      for (const node of nodes) {
        if (node instanceof Element && node.localName === 'h2') parts.push(partOf(node, ids[parts.length]!))
        else (parts.at(-1)?.body ?? intro).append(node)
      }
      prose.replaceChildren(intro, ...parts.map(({ root }) => root))
    },
    replace(section, next) {
      form?.remove()
      for (const { body } of parts) body.hidden = false
      prose.hidden = false
      form = next
      formSection = section
      if (!next) return
      const part = parts.find(({ id }) => id === section)
      if (part) {
        part.body.hidden = true
        part.body.after(next)
      } else {
        prose.hidden = true
        prose.after(next)
      }
    },
    draw,
    hasFocus: () => prose.contains(document.activeElement),
  }
}

/** Three dots that move while somebody types; said in words elsewhere. */
export function dots(): HTMLElement {
  const made = h('span', { class: 'dots', role: 'img', 'aria-label': 'typing' })
  made.append(h('i'), h('i'), h('i'))
  return made
}
