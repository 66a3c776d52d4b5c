import type { PageRow } from '../watch/lookup.js'
import { element, setText } from './element-of.js'
import { look, type PersonLook } from './people.js'
import type { PresenceTexts } from './texts.js'

/** The tag under which the faces of a row stand in its link. */
export const rowFacesTag = 'page-presence-faces'

const css = `
:host {
  --_size: var(--presence-list-size, 1.375rem);
  --_ring: var(--presence-ring, #2f7de1);
  --_surface: var(--presence-surface, Canvas);
  display: inline-flex;
  vertical-align: middle;
  margin-inline-start: .5em;
  font-size: max(.625rem, calc(var(--_size) * .4));
  line-height: 1;
}
:host([empty]) { display: none !important }
.faces { display: inline-flex; align-items: center }
.face, .more {
  position: relative;
  display: inline-grid;
  place-items: center;
  box-sizing: border-box;
  min-inline-size: var(--_size);
  block-size: var(--_size);
  border-radius: calc(var(--_size) / 2);
  background: var(--_colour, color-mix(in srgb, CanvasText 12%, var(--_surface)));
  box-shadow: 0 0 0 2px var(--_surface);
  font-weight: 600;
  overflow: hidden;
}
.face { inline-size: var(--_size); color: #fff }
.face + .face, .face + .more { margin-inline-start: calc(var(--_size) * -.2) }
.editor { box-shadow: 0 0 0 2px var(--_surface), 0 0 0 4px var(--_ring); z-index: 1 }
.more { padding-inline: .4em; font-variant-numeric: tabular-nums; direction: ltr }
img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover }
.words { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
@media (forced-colors: active) { .face, .more { border: 1px solid CanvasText; color: CanvasText } }
`

/** The faces of the people on one page of a list. Their words are a part of the link's text; nothing announces a change. */
export class RowFaces extends globalHTMLElement() {
  #drawn = ''

  /** Shows who is on the page; nobody without a row. */
  draw(row: PageRow | undefined, texts: PresenceTexts): void {
    const drawn = JSON.stringify(row ?? null)
    if (this.#drawn === drawn) return
    this.#drawn = drawn
    this.toggleAttribute('empty', !row)
    const root = this.shadowRoot ?? this.#dressed()
    if (!row) return root.replaceChildren()
    const viewers = row.viewers.map((viewer) => ({ ...viewer, tabCount: 1 }))
    const { everyone } = look(
      { ...row, viewers },
      // One place more than there are faces, for the number of all others.
      { max: Math.max(2, viewers.length + 1), hideSelf: false, texts },
    )
    const others = row.viewerCount - everyone.length
    const people = everyone.map(faceOf)
    if (others > 0)
      people.push(element('span', { class: 'more', part: 'more' }, label(others, people.length)))
    const faces = element('span', { class: 'faces', part: 'faces', 'aria-hidden': 'true' }, ...people)
    const words = wordsOf(row, everyone, others, texts)
    this.title = words
    root.replaceChildren(faces, element('span', { class: 'words' }, words))
  }

  #dressed(): ShadowRoot {
    const root = this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
    return root
  }
}

/* A server that renders pages has no elements. */
function globalHTMLElement(): typeof HTMLElement {
  return globalThis.HTMLElement ?? (class {} as typeof HTMLElement)
}

function label(others: number, faces: number): string {
  return faces > 0 ? `+${others}` : String(others)
}

function faceOf({ initials, colour, avatar, isEditor }: PersonLook): HTMLElement {
  const kind = isEditor ? 'face editor' : 'face'
  const letters = element('span', {})
  setText(letters, initials)
  const face = element('span', { class: kind, part: kind }, letters)
  face.style.setProperty('--_colour', colour)
  if (avatar !== undefined) {
    const image = element('img', { alt: '', referrerpolicy: 'no-referrer', draggable: 'false' })
    // The initials stay underneath.
    image.addEventListener('error', () => image.remove())
    image.src = avatar
    face.append(image)
  }
  return face
}

/** Says who is on a page: "3 people are here, and the page is being edited: Bob Stone, editing; Ana Reis; and 1 more". */
export function wordsOf(
  { viewerCount, isEdited }: PageRow,
  everyone: readonly PersonLook[],
  others: number,
  texts: PresenceTexts,
): string {
  const isNamed = everyone.some(({ isEditor }) => isEditor)
  const here = texts.here(viewerCount, isEdited && !isNamed)
  if (everyone.length === 0) return here
  const people = everyone.map((person) => person.label)
  return `${here}: ${[...people, ...(others > 0 ? [texts.unlisted(others)] : [])].join('; ')}`
}
