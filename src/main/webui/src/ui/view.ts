import {
  isolate,
  look,
  nameOf,
  parts,
  type Look,
  type LookOptions,
  type PersonLook,
  type Visible,
} from './people.js'
import { css } from './style.js'

/** What the people on a page look like in a document. */
export interface View {
  /** Shows this state from now on. What is under the pointer or has the focus stays where it is. */
  draw(state: Visible, options: LookOptions): void
  /** To be called when the root came into another document, which has none of the old one's style sheets. */
  dress(): void
  /** Ends all timers and closes what is open; a later `draw` starts anew. */
  rest(): void
}

const outageShownAfterMs = 5_000
const announcedEveryMs = 10_000
/* A live region speaks of what changes in it, so it must have been there for a moment. */
const announcedAfterMs = 500
/* A pointer that rests for so long does not aim at anything any more. */
const pointerRestsAfterMs = 10_000

const sheets = new WeakMap<Document, CSSStyleSheet>()

/** Builds the view in an empty shadow root, whose host gets the attribute `empty` while nobody is there. */
export function createView(root: ShadowRoot): View {
  const { host } = root
  const list = element('ul', { class: 'list', part: 'list', role: 'list' })
  const overflow = element('button', {
    type: 'button',
    part: 'overflow',
    'aria-expanded': 'false',
    'aria-controls': 'everyone',
  })
  const status = element('span', { class: 'status', part: 'status' })
  const bar = element('div', { class: 'bar', part: 'bar' }, list, overflow, status)
  const rows = element('ul', { role: 'list' })
  const unlisted = element('p', { class: 'unlisted' })
  const popup = element(
    'div',
    { id: 'everyone', class: 'popup', part: 'popup', role: 'group', tabindex: '0', popover: 'manual' },
    rows,
    unlisted,
  )
  const polite = element('p', { class: 'said', role: 'status', 'aria-live': 'polite' })
  const alert = element('p', { class: 'said', role: 'alert' })
  status.hidden = popup.hidden = overflow.hidden = true
  host.toggleAttribute('empty', true)
  dress()
  root.append(bar, popup, polite, alert)

  const avatars = new Map<string, PersonNode>()
  const entries = new Map<string, PersonNode>()
  let latest: { state: Visible; options: LookOptions } | undefined
  let isPointed = false
  let pointerTimer: ReturnType<typeof setTimeout> | undefined
  let outageTimer: ReturnType<typeof setTimeout> | undefined
  let announceTimer: ReturnType<typeof setTimeout> | undefined
  let announcedAt = -Infinity
  let announcedEditor: string | undefined
  let isRefused = false
  let ends: AbortController | undefined

  function dress() {
    root.adoptedStyleSheets = [styleSheet(root.ownerDocument)]
  }

  function drawPeople() {
    if (!latest) return
    const seen = look(latest.state, latest.options)
    const isEmpty = seen.everyone.length === 0
    host.toggleAttribute('empty', isEmpty)
    if (isEmpty) close()
    list.setAttribute('aria-label', seen.label)
    arrange(list, avatars, seen.shown, avatarNode, isPointed)
    drawOverflow(seen)
    if (!popup.hidden) drawEveryone(seen, isPointed)
  }

  function drawOverflow({ hiddenCount }: Look) {
    const isNeeded = hiddenCount > 0
    if (isPointed && overflow.hidden === isNeeded) return
    // Taken away under the focus, the focus would be lost to the page's start.
    if (!isNeeded && (!popup.hidden || root.activeElement === overflow)) return
    overflow.hidden = !isNeeded
    if (!isNeeded) return
    setText(overflow, `+${hiddenCount}`)
    overflow.setAttribute('aria-label', latest!.options.texts.showEveryone(hiddenCount))
  }

  function drawEveryone({ everyone, unlistedCount }: Look, isHeld: boolean) {
    const { texts } = latest!.options
    popup.setAttribute('aria-label', texts.everyone)
    arrange(rows, entries, everyone, rowNode, isHeld)
    unlisted.hidden = unlistedCount === 0
    setText(unlisted, texts.unlisted(unlistedCount))
  }

  function drawStatus({ state, options }: NonNullable<typeof latest>) {
    if (state.status !== 'reconnecting') {
      clearTimeout(outageTimer)
      outageTimer = undefined
      status.hidden = true
      return
    }
    setText(status, options.texts.reconnecting)
    outageTimer ??= setTimeout(() => (status.hidden = false), outageShownAfterMs)
  }

  function announce({ state }: NonNullable<typeof latest>) {
    const { editorUserId } = state
    if (editorUserId === undefined) {
      polite.textContent = ''
      announcedEditor = undefined
    }
    clearTimeout(announceTimer)
    if (editorUserId === announcedEditor) return
    const pause = announcedAt + announcedEveryMs - performance.now()
    announceTimer = setTimeout(() => sayEditor(editorUserId), Math.max(pause, announcedAfterMs))
  }

  function sayEditor(editorUserId: string | undefined) {
    if (!latest) return
    const { state, options } = latest
    announcedAt = performance.now()
    announcedEditor = editorUserId
    const name = nameOf(
      state.viewers.find(({ id }) => id === editorUserId),
      options.texts,
    )
    say(
      polite,
      editorUserId === state.self?.id ? options.texts.youEdit : options.texts.editorChanged(isolate(name)),
    )
  }

  /* Said at once, because the user has just asked for it. */
  function sayRefusal({ state, options }: NonNullable<typeof latest>) {
    const refusal = state.isEditing && state.editing?.granted === false ? state.editing : undefined
    if (refusal && !isRefused) {
      const editor = state.viewers.find(({ id }) => id === (refusal.editorUserId ?? state.editorUserId))
      say(alert, options.texts.refused(isolate(nameOf(editor, options.texts)), refusal.position))
    }
    if (!refusal) alert.textContent = ''
    isRefused = refusal !== undefined
  }

  function open() {
    if (!latest || !popup.hidden) return
    popup.hidden = false
    // The top layer, where nothing on the page can cover or cut it.
    popup.showPopover?.()
    overflow.setAttribute('aria-expanded', 'true')
    // The pointer that opens the list holds the row, but nothing in the list yet.
    drawEveryone(look(latest.state, latest.options), false)
    place(popup, bar)
    popup.focus({ preventScroll: true })
    ends = new AbortController()
    const { signal } = ends
    const view = windowOf(root.ownerDocument)
    view.addEventListener('pointerdown', (event) => isOutside(event) && close(), { signal, capture: true })
    view.addEventListener('scroll', (event) => isOutside(event) && close(), { signal, capture: true })
    view.addEventListener('resize', close, { signal })
  }

  function close() {
    if (popup.hidden) return
    ends?.abort()
    popup.hidePopover?.()
    popup.hidden = true
    overflow.setAttribute('aria-expanded', 'false')
    drawPeople()
  }

  function isOutside(event: Event): boolean {
    return !event.composedPath().includes(event.type === 'scroll' ? popup : host)
  }

  function pointed(next: boolean) {
    clearTimeout(pointerTimer)
    isPointed = next
    if (next) pointerTimer = setTimeout(() => pointed(false), pointerRestsAfterMs)
    else drawPeople()
  }

  bar.addEventListener('click', () => (popup.hidden ? open() : close()))
  root.addEventListener('keydown', (event) => {
    if ((event as KeyboardEvent).key !== 'Escape' || popup.hidden) return
    event.stopPropagation()
    overflow.focus()
    close()
  })
  popup.addEventListener('focusout', (event) => {
    // A click on the row closes by itself, and not every browser gives the focus to a button that is clicked.
    if (event.relatedTarget !== overflow && !isPointed) close()
  })
  overflow.addEventListener('blur', () => drawPeople())
  host.addEventListener('pointermove', () => pointed(true))
  host.addEventListener('pointerleave', () => pointed(false))

  return {
    dress,
    draw(state, options) {
      latest = { state, options }
      drawPeople()
      drawStatus(latest)
      announce(latest)
      sayRefusal(latest)
    },
    rest() {
      for (const timer of [pointerTimer, outageTimer, announceTimer]) clearTimeout(timer)
      outageTimer = undefined
      isPointed = false
      close()
    },
  }
}

/** One person's place in a list, reused for as long as the person is in it. */
interface PersonNode {
  readonly item: HTMLElement
  update(person: PersonLook): void
}

/* Who is in the list already is updated in place; who comes, goes or moves waits while the list is held. */
function arrange(
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

/* A person in the row: an avatar that says all by its label, and by a tooltip to those who point at it. */
function avatarNode(): PersonNode {
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

/* A person in the list that the button opens: the same avatar, with the words beside it. */
function rowNode(): PersonNode {
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
function mark(item: Element, kind: string, { isSelf, isEditor, isAway }: PersonLook) {
  const names = [kind, isSelf && 'self', isEditor && 'editor', isAway && 'away'].filter(Boolean).join(' ')
  if (item.className === names) return
  item.className = names
  item.setAttribute('part', names)
}

function place(popup: HTMLElement, anchor: Element) {
  const margin = 8
  const { bottom, top, left, right } = anchor.getBoundingClientRect()
  const { width, height } = popup.getBoundingClientRect()
  const { innerWidth, innerHeight } = windowOf(anchor.ownerDocument)
  const isRightToLeft = getComputedStyle(anchor).direction === 'rtl'
  const start = isRightToLeft ? right - width : left
  const below = bottom + margin
  const fits = below + height + margin <= innerHeight || top < height + 2 * margin
  popup.style.left = `${Math.max(margin, Math.min(start, innerWidth - width - margin))}px`
  popup.style.top = `${fits ? below : top - height - margin}px`
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

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

function say(region: Element, sentence: string) {
  region.replaceChildren(...parts(sentence).map((part, i) => (i % 2 ? element('bdi', {}, part) : part)))
}

/* Writing the same text again would be a change to a screen reader and to a selection. */
function setText(node: Element, text: string) {
  if (node.textContent !== text) node.textContent = text
}

/* A constructed sheet belongs to the document of the window that constructed it. */
function styleSheet(document: Document): CSSStyleSheet {
  let sheet = sheets.get(document)
  if (!sheet) {
    sheet = new (windowOf(document).CSSStyleSheet)()
    sheet.replaceSync(css)
    sheets.set(document, sheet)
  }
  return sheet
}

function windowOf(document: Document): typeof globalThis & Window {
  return document.defaultView ?? window
}
