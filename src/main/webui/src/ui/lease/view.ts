import { element, setText } from '../element-of.js'
import { parts, plain } from '../people.js'
import { timeLeft, timeMark } from './banner.js'
import { css } from './style.js'

/** A button, or a link where it has an address. */
export interface ShownAction {
  /** The name by which it is styled, and by which the view knows it again. */
  readonly name: string
  readonly label: string
  readonly href?: string | undefined
  readonly isPrimary: boolean
  readonly run: () => void
}

/** The banner as it is shown at one moment. */
export interface Shown {
  /** The subject in a word or two; the same words about something else have another one. */
  readonly kind: string
  readonly words: string
  /** A text that the words speak of. */
  readonly quote?: string | undefined
  readonly until?: number | undefined
  readonly actions: readonly ShownAction[]
  readonly isSaid: boolean
  readonly isUrgent: boolean
}

/** A banner in a document. */
export interface LeaseView {
  /** Shows this from now on, or nothing. */
  draw(next: Shown | undefined): void
  /** Shows the time that is left, if one runs down; gives whether one does. */
  count(now: number): boolean
  /** Says a sentence below the words until something else is shown; an empty one takes it away. */
  say(sentence: string): void
  /** Gives the root its style sheet again, after it came into another document. */
  dress(): void
}

/* Nobody has read a button that has just come, and a double click takes no longer. */
const unreadMs = 500

const sheets = new WeakMap<Document, CSSStyleSheet>()

/*
 * The second click of a double one must not meet another button than the first, and no news may put a button under a
 * pointer that is about to click. So a button that was not at its place before does nothing for as long as it takes to see
 * that. It says so (`aria-disabled`) and keeps the focus.
 */

/** Builds the view in an empty shadow root, whose host gets the attribute `empty` while there is nothing to say. */
export function createLeaseView(root: ShadowRoot): LeaseView {
  const { host } = root
  const banner = element('div', { class: 'banner', part: 'banner' })
  const polite = element('p', { class: 'said', role: 'status' })
  const urgent = element('p', { class: 'said', role: 'alert' })
  const words = element('p', { part: 'words' })
  const problem = element('p', { class: 'problem', part: 'problem', role: 'status' })
  const row = element('div', { class: 'actions', part: 'actions' })
  let shown: Shown | undefined
  let clock: HTMLElement | undefined
  let readable: ReturnType<typeof setTimeout> | undefined

  host.toggleAttribute('empty', true)
  dress()
  root.append(banner, polite, urgent)

  function dress() {
    const document = root.ownerDocument
    let sheet = sheets.get(document)
    if (!sheet) {
      sheet = new (document.defaultView ?? (window as typeof globalThis & Window)).CSSStyleSheet()
      sheet.replaceSync(css)
      sheets.set(document, sheet)
    }
    root.adoptedStyleSheets = [sheet]
  }

  function write(sentence: string) {
    clock = undefined
    const nodes = parts(sentence).flatMap((part, i) => {
      if (i % 2) return [element('bdi', {}, part)]
      const [before, ...after] = part.split(timeMark)
      if (after.length === 0) return [part]
      clock = element('span', { class: 'count', part: 'count', role: 'timer' })
      return [before!, clock, after.join('')]
    })
    words.replaceChildren(...nodes)
  }

  function drawActions(actions: readonly ShownAction[], before: readonly ShownAction[]) {
    const focused = [...row.children].indexOf(root.activeElement!)
    const isSame = (index: number) => before[index]?.name === actions[index]?.name
    const kept = [...row.children].map((node, index) => (isSame(index) ? node : undefined))
    row.replaceChildren(
      ...actions.map((action, index) => {
        const node = kept[index] ?? made(action.name, action.href)
        setText(node, action.label)
        if (action.href !== undefined) node.setAttribute('href', action.href)
        node.className = action.isPrimary ? 'primary' : ''
        node.setAttribute('part', `button ${action.isPrimary ? 'primary ' : ''}${action.name.split('-')[0]}`)
        return node
      }),
    )
    clearTimeout(readable)
    readable = setTimeout(() => {
      for (const node of row.children) node.removeAttribute('aria-disabled')
    }, unreadMs)
    if (focused < 0) return
    const next = (kept[focused] ?? row.children[0]) as HTMLElement | undefined
    next?.focus()
  }

  function made(name: string, href: string | undefined): HTMLElement {
    const node = href === undefined ? element('button', { type: 'button' }) : element('a', { href })
    node.setAttribute('aria-disabled', 'true')
    node.addEventListener('click', (event) => {
      event.preventDefault()
      if (node.hasAttribute('aria-disabled') || !node.isConnected) return
      shown?.actions.find((action) => action.name === name)?.run()
    })
    return node
  }

  function keyOf(one: Shown | undefined): string {
    if (!one) return ''
    const labels = one.actions.map(({ name, label, href }) => [name, label, href])
    return JSON.stringify([one.kind, one.words, one.quote, labels])
  }

  return {
    dress,
    draw(next) {
      const before = shown
      shown = next
      if (keyOf(next) === keyOf(before)) return
      host.toggleAttribute('empty', !next)
      problem.textContent = ''
      polite.textContent = urgent.textContent = ''
      if (!next) {
        clearTimeout(readable)
        row.replaceChildren()
        banner.replaceChildren()
        return
      }
      banner.classList.toggle('urgent', next.isUrgent)
      write(next.words)
      if (next.isSaid) {
        const time = next.until === undefined ? '' : timeLeft(next.until, Date.now())
        setText(next.isUrgent ? urgent : polite, plain(next.words).replace(timeMark, time))
      }
      const quote =
        next.quote === undefined ? [] : [element('blockquote', { part: 'quote', tabindex: '0' }, next.quote)]
      if (!before) row.replaceChildren()
      // What stays in its place is not taken out and put back, which would take the focus from it.
      if (!before || before.quote !== next.quote) banner.replaceChildren(words, ...quote, row, problem)
      drawActions(next.actions, before?.actions ?? [])
      row.hidden = next.actions.length === 0
    },
    count(now) {
      if (!clock) return false
      setText(clock, shown?.until === undefined ? '…' : timeLeft(shown.until, now))
      return shown?.until !== undefined
    },
    say: (sentence) => setText(problem, sentence),
  }
}
