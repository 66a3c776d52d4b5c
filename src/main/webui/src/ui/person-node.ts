import { element, setText } from './element-of.js'
import type { PersonLook } from './people.js'

/** One person's place in a list, reused for as long as the person is in it. */
export interface PersonNode {
  /** The list item. */
  readonly item: HTMLElement
  /** Shows what the person looks like now. */
  update(person: PersonLook): void
}

/** Updates in place who is in the list already; who comes, goes or moves waits while the list is held. */
export function arrange(
  list: Element,
  nodes: Map<string, PersonNode>,
  people: readonly PersonLook[],
  create: () => PersonNode,
  isHeld: boolean,
) {
  for (const person of people) nodes.get(person.id)?.update(person)
  if (isHeld) return
  const ids = new Set(people.map(({ id }) => id))
  for (const [id, { item }] of nodes) {
    if (ids.has(id)) continue
    item.remove()
    nodes.delete(id)
  }
  people.forEach((person, place) => {
    let node = nodes.get(person.id)
    if (!node) {
      node = create()
      node.update(person)
      nodes.set(person.id, node)
    }
    const there = list.children[place]
    if (there !== node.item) list.insertBefore(node.item, there ?? null)
  })
}

/** Makes a person of the row: an avatar that says all by its label, and by a tooltip to those who point at it. */
export function avatarNode(): PersonNode {
  const avatar = avatarOf()
  avatar.face.setAttribute('role', 'img')
  const item = element('li', {}, avatar.face)
  return {
    item,
    update(person) {
      mark(item, 'person', person)
      avatar.update(person)
      avatar.face.setAttribute('aria-label', person.label)
      avatar.face.title = person.label
    },
  }
}

/** Makes a person of the list that the button opens: the same avatar, with the words beside it. */
export function rowNode(): PersonNode {
  const avatar = avatarOf()
  avatar.face.setAttribute('aria-hidden', 'true')
  const name = element('span', { part: 'name', dir: 'auto' })
  const details = element('span', { class: 'details', part: 'details' })
  const item = element('li', {}, avatar.face, element('span', { class: 'words' }, name, ' ', details))
  return {
    item,
    update(person) {
      mark(item, 'row', person)
      avatar.update(person)
      setText(name, person.name)
      setText(details, person.details)
    },
  }
}

function avatarOf() {
  const letters = element('span', { class: 'initials', part: 'initials', 'aria-hidden': 'true' })
  const badge = element('span', { class: 'badge', part: 'badge', 'aria-hidden': 'true' })
  const glyph = element('span', { class: 'glyph', part: 'glyph', 'aria-hidden': 'true' }, pencil())
  const dots = element('span', { class: 'typing', part: 'typing', 'aria-hidden': 'true' }, ...threeDots())
  const face = element('span', { class: 'avatar', part: 'avatar' }, letters, badge, glyph, dots)
  let source: string | undefined
  let image: HTMLImageElement | undefined

  function showImage(next: string | undefined) {
    if (next === source) return
    source = next
    image?.remove()
    image = undefined
    if (next === undefined) return
    const fresh = element('img', {
      part: 'image',
      alt: '',
      referrerpolicy: 'no-referrer',
      draggable: 'false',
    })
    // The initials stay underneath, for as long as there is no picture and for good when it fails.
    fresh.addEventListener('error', () => fresh.remove())
    fresh.src = next
    image = fresh
    letters.after(fresh)
  }

  return {
    face,
    update(person: PersonLook) {
      face.style.setProperty('--_colour', person.colour)
      setText(letters, person.initials)
      setText(badge, String(person.tabCount))
      badge.hidden = person.tabCount < 2
      // Who types has the dots in place of the pencil.
      glyph.hidden = !person.isEditor || person.isTyping
      dots.hidden = !person.isTyping
      showImage(person.avatar)
    },
  }
}

/* Classes for our own sheet, parts for the page's. */
function mark(item: Element, kind: string, person: PersonLook) {
  const { isSelf, isEditor, isSectionEditor, isAway, isHidden } = person
  const states = [
    isSelf && 'self',
    isEditor && 'editor',
    isSectionEditor && 'section-editor',
    isAway && 'away',
    isHidden && 'hidden',
  ]
  const names = [kind, ...states].filter(Boolean).join(' ')
  if (item.className === names) return
  item.className = names
  item.setAttribute('part', names)
}

function threeDots(): HTMLElement[] {
  return [0, 1, 2].map(() => element('i', {}))
}

function pencil(): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(namespace, 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  const path = document.createElementNS(namespace, 'path')
  path.setAttribute(
    'd',
    'M11.3 1.3a1 1 0 0 1 1.4 0l2 2a1 1 0 0 1 0 1.4l-1.5 1.5-3.4-3.4zM8.7 3.9 1 11.6V15h3.4l7.7-7.7z',
  )
  svg.append(path)
  return svg
}
