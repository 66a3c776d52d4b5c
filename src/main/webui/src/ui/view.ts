import { element, setText } from './element-of.js'
import {
  editorOf,
  isolate,
  look,
  nameOf,
  parts,
  type Look,
  type LookOptions,
  type Visible,
} from './people.js'
import { arrange, avatarNode, rowNode, type PersonNode } from './person-node.js'
import { css } from './style.js'

/** A view of the people on a page, in a document. */
export interface View {
  /** Shows this state from now on. What is under the pointer or has the focus stays where it is. */
  draw(state: Visible, options: LookOptions): void
  /** Gives the root its style sheet again, after it came into another document, which has none of the old one's. */
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
  const count = element('span', { class: 'count', part: 'count' })
  const overflow = element('button', {
    type: 'button',
    class: 'unseen',
    'aria-expanded': 'false',
    'aria-controls': 'everyone',
  })
  const status = element('span', { class: 'status', part: 'status' })
  const bar = element('div', { class: 'bar', part: 'bar' }, list, count, overflow, status)
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
  status.hidden = popup.hidden = true
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
    const isEmpty = (seen.everyone.length === 0 && !seen.count) || latest.state.status === 'forbidden'
    host.toggleAttribute('empty', isEmpty)
    if (isEmpty) close()
    list.hidden = seen.shown.length === 0
    list.setAttribute('aria-label', seen.label)
    count.hidden = !seen.count
    setText(count, seen.count)
    arrange(list, avatars, seen.shown, avatarNode, isPointed)
    drawOverflow(seen)
    if (!popup.hidden) drawEveryone(seen, isPointed)
  }

  /*
   * The button is there also where everybody is shown, since it is the way to the names for who has no pointer. Then nobody sees
   * it but by the ring around the row while it has the focus.
   */
  function drawOverflow({ hiddenCount, everyone }: Look) {
    const isUnseen = hiddenCount === 0
    overflow.hidden = everyone.length === 0
    if (isPointed && overflow.classList.contains('unseen') !== isUnseen) return
    overflow.classList.toggle('unseen', isUnseen)
    overflow.setAttribute('part', isUnseen ? 'names' : 'overflow')
    const { texts } = latest!.options
    setText(overflow, isUnseen ? '' : `+${hiddenCount}`)
    overflow.setAttribute('aria-label', isUnseen ? texts.showNames : texts.showEveryone(hiddenCount))
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

  function announce({ state, options }: NonNullable<typeof latest>) {
    const { key } = editorOf(state, options.texts)
    if (key === undefined) {
      polite.textContent = ''
      announcedEditor = undefined
    }
    clearTimeout(announceTimer)
    if (key === announcedEditor) return
    const pause = announcedAt + announcedEveryMs - performance.now()
    announceTimer = setTimeout(sayEditor, Math.max(pause, announcedAfterMs))
  }

  function sayEditor() {
    if (!latest) return
    const { texts } = latest.options
    const { key, isOwn, name } = editorOf(latest.state, texts)
    announcedAt = performance.now()
    announcedEditor = key
    say(polite, isOwn ? texts.youEdit : texts.editorChanged(isolate(name)))
  }

  /* Said at once, because the user has just asked for it. */
  function sayRefusal({ state, options }: NonNullable<typeof latest>) {
    const refusal = state.isEditing && state.editing?.granted === false ? state.editing : undefined
    const isBarred = state.lease?.status === 'forbidden'
    const wasRefused = isRefused
    isRefused = isBarred || refusal !== undefined
    if (!isRefused) alert.textContent = ''
    if (wasRefused || !isRefused) return
    if (!refusal) return say(alert, options.texts.mayNotEdit)
    const editorId = refusal.editorUserId ?? state.editorUserId
    if (editorId !== undefined && (editorId === state.self?.id || editorId === state.self?.viewerId))
      return say(alert, options.texts.refusedElsewhere(refusal.position))
    const editor = state.viewers.find(({ id }) => id === editorId)
    say(alert, options.texts.refused(isolate(nameOf(editor, options.texts)), refusal.position))
  }

  function open(isByPointer: boolean) {
    if (!latest || !popup.hidden) return
    popup.hidden = false
    // Who points at it sees where it is.
    popup.classList.toggle('pointed', isByPointer)
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

  bar.addEventListener('click', ({ detail }) => (popup.hidden ? open(detail > 0) : close()))
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

function place(popup: HTMLElement, anchor: Element) {
  const margin = 8
  const { bottom, top, left, right } = anchor.getBoundingClientRect()
  const { width, height } = popup.getBoundingClientRect()
  const { innerWidth, innerHeight } = windowOf(anchor.ownerDocument)
  const isRightToLeft = getComputedStyle(anchor).direction === 'rtl'
  // By the edge that is nearer to the window's, where it would jut out of what the row is aligned to.
  const isAtEnd = (left + right) / 2 > innerWidth / 2
  const isByRight = right - left >= width ? isRightToLeft : isAtEnd
  const start = isByRight ? right - width : left
  const below = bottom + margin
  const fits = below + height + margin <= innerHeight || top < height + 2 * margin
  popup.style.left = `${Math.max(margin, Math.min(start, innerWidth - width - margin))}px`
  popup.style.top = `${fits ? below : top - height - margin}px`
}

function say(region: Element, sentence: string) {
  region.replaceChildren(...parts(sentence).map((part, i) => (i % 2 ? element('bdi', {}, part) : part)))
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
