import type { ServiceOptions } from '../core/service.js'
import { mostPages, watchPages, type PageWatch, type WatchState } from '../watch/watch-pages.js'
import { RowFaces, rowFacesTag } from './row-faces.js'
import { englishTexts, type PresenceTexts } from './texts.js'

const linkSelector = 'a[data-presence]'
/* What comes into view soon is looked up before it does. */
const margin = '200px 0px'

/* A server that renders pages has no elements. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement)

/**
 * `<page-presence-list>`: shows on each link `a[data-presence]` inside it who is on the page behind the link. The page is
 * the value of `data-presence`, or the path of the link's address. Whoever looks at the list is on none of them by that.
 *
 * Attributes: `base-url` for a service elsewhere. While the state changes it fires `presencelistchange`, whose `detail` is
 * the {@link WatchState}.
 */
export class PagePresenceList extends Base {
  static readonly observedAttributes = ['base-url']

  #watch: PageWatch | undefined
  #texts: PresenceTexts = englishTexts
  #token: ServiceOptions['token']
  #grant: ServiceOptions['grant']
  #links: HTMLAnchorElement[] = []
  readonly #inView = new Set<Element>()
  #seen: IntersectionObserver | undefined
  #changes: MutationObserver | undefined

  /** The watch over the links in view; undefined while the element is in no document. */
  get watch(): PageWatch | undefined {
    return this.#watch
  }

  /** Words that replace the English ones, one by one. */
  get texts(): Partial<PresenceTexts> {
    return this.#texts
  }
  set texts(next: Partial<PresenceTexts> | undefined) {
    this.#texts = { ...englishTexts, ...next }
    for (const link of this.#links) facesOf(link)?.remove()
    this.#draw()
  }

  /** Gives the bearer token for a service on another origin; setting it begins anew. */
  get token(): ServiceOptions['token'] {
    return this.#token
  }
  set token(next: ServiceOptions['token']) {
    this.#token = next
    this.#restart()
  }

  /** Gives the application's grant for the pages; setting it begins anew. */
  get grant(): ServiceOptions['grant'] {
    return this.#grant
  }
  set grant(next: ServiceOptions['grant']) {
    this.#grant = next
    this.#restart()
  }

  connectedCallback(): void {
    if (this.#watch) return
    this.#seen =
      typeof IntersectionObserver === 'function'
        ? new IntersectionObserver((entries) => this.#look(entries), { rootMargin: margin })
        : undefined
    this.#changes = new MutationObserver((records) => {
      if (records.some(isOfApplication)) this.#collect()
    })
    this.#changes.observe(this, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['href', 'data-presence'],
    })
    this.#collect()
    const watch = (this.#watch = watchPages({
      pages: () => this.#pages(),
      baseUrl: this.getAttribute('base-url') ?? '',
      ...(this.#token && { token: this.#token }),
      ...(this.#grant && { grant: this.#grant }),
    }))
    watch.subscribe(() => {
      this.#draw()
      const detail: WatchState = watch.getSnapshot()
      this.dispatchEvent(new CustomEvent('presencelistchange', { detail, bubbles: true }))
    })
  }

  disconnectedCallback(): void {
    this.#watch?.close()
    this.#watch = undefined
    this.#seen?.disconnect()
    this.#changes?.disconnect()
    this.#inView.clear()
  }

  attributeChangedCallback(): void {
    this.#restart()
  }

  #restart() {
    if (!this.#watch) return
    this.disconnectedCallback()
    this.connectedCallback()
  }

  #collect() {
    const links = [...this.querySelectorAll<HTMLAnchorElement>(linkSelector)]
    const gone = new Set<Element>(this.#links)
    for (const link of links) {
      if (!gone.delete(link)) this.#seen?.observe(link)
    }
    for (const link of gone) {
      this.#seen?.unobserve(link)
      this.#inView.delete(link)
    }
    this.#links = links
    this.#draw()
    this.#follow()
  }

  #look(entries: readonly IntersectionObserverEntry[]) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#inView.add(target)
      else this.#inView.delete(target)
    }
    this.#follow()
  }

  #follow() {
    this.#watch?.setPages(() => this.#pages())
  }

  /* In the order of the list, so that of too many the first are looked up. */
  #pages(): readonly string[] {
    const seen = this.#seen ? this.#links.filter((link) => this.#inView.has(link)) : this.#links
    const pages = new Set(seen.map(pageOfLink).filter((page) => page !== undefined))
    return [...pages].slice(0, mostPages)
  }

  #draw() {
    const state = this.#watch?.getSnapshot()
    if (state) this.setAttribute('status', state.status)
    for (const link of this.#links) {
      const page = pageOfLink(link)
      const row = page === undefined ? undefined : state?.rows.get(page)
      const faces = facesOf(link)
      // Who scrolls back finds the faces of a moment ago, until they are looked up again.
      if (!row && this.#seen && !this.#inView.has(link) && state?.status === 'live') continue
      if (faces) faces.draw(row, this.#texts)
      else if (row) {
        const made = document.createElement(rowFacesTag) as RowFaces
        link.append(made)
        made.draw(row, this.#texts)
      }
    }
  }
}

function facesOf(link: Element): RowFaces | undefined {
  return [...link.children].find((child): child is RowFaces => child instanceof RowFaces)
}

/* The page behind a link; undefined for one that leads to another site. */
function pageOfLink(link: HTMLAnchorElement): string | undefined {
  const named = link.dataset.presence
  if (named) return named
  return link.origin === link.ownerDocument.location.origin ? link.pathname : undefined
}

/* Our own faces come and go too. */
function isOfApplication({ type, addedNodes, removedNodes }: MutationRecord): boolean {
  return (
    type === 'attributes' ||
    [...addedNodes].some((node) => !(node instanceof RowFaces)) ||
    removedNodes.length > 0
  )
}

/** Registers `<page-presence-list>`, unless the page has done so already or there is no browser. */
export function definePagePresenceList(): void {
  if (!globalThis.customElements || customElements.get('page-presence-list')) return
  customElements.define(rowFacesTag, RowFaces)
  customElements.define('page-presence-list', PagePresenceList)
}

declare global {
  interface HTMLElementTagNameMap {
    'page-presence-list': PagePresenceList
  }
}
