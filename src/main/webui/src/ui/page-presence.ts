import { followAddress } from './address.js'
import { pageOf } from '../core/page-of.js'
import type { Visible } from './people.js'
import { createPresence, type Presence, type PresenceState } from '../core/presence.js'
import type { ServiceOptions } from '../core/service.js'
import { englishTexts, type PresenceTexts } from './texts.js'
import { createView, type View } from './view.js'

/* Frameworks take an element out and put it back, with awaits in between; nobody has gone away for that. */
const movedWithinMs = 100
/* A framework that has mounted has long handed over by then what it was going to. */
const givenWithinMs = 5_000

const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement

/**
 * The element `<page-presence>`, which joins a page and shows who is on it. It is hidden, with the attribute `empty`,
 * while nobody is.
 *
 * Attributes, all of which may change at any time:
 * - `page`: the page's path; without it the page of the address bar, whose changes it follows.
 * - `page-query`: names of parameters, with spaces between them, that tell such pages apart beside the path.
 * - `page-hash`: the fragment does so too.
 * - `base-url`: where the service is; without it the page's own origin.
 * - `max`: how many places the row has, 2 or more; 5 without it.
 * - `hide-self`: leaves the user out of the row.
 * - `unlisted`: shows others nothing of the user, where the service allows that.
 * - `presence`: does nothing but wait for the property of that name, and warns on the console when that does not come.
 *   A framework that renders before the element is defined sets the attribute, and never the property.
 *
 * With a `base-url` of another origin and no token it joins once the page's scripts have run, since one of them may
 * bring the token.
 *
 * Fires `presencechange` (bubbling, `detail` is the {@link PresenceState}) after each change.
 *
 * @example
 * ```html
 * <page-presence page="/docs/a" max="4"></page-presence>
 * ```
 */
export class PagePresence extends Base {
  static readonly observedAttributes = [
    'page',
    'page-query',
    'page-hash',
    'base-url',
    'presence',
    'max',
    'hide-self',
    'unlisted',
  ]

  #view: View | undefined
  #own: Presence | undefined
  #given: Presence | undefined
  #state: Visible | undefined
  #texts: PresenceTexts = englishTexts
  #token: ServiceOptions['token']
  #grant: ServiceOptions['grant']
  #unsubscribe: (() => void) | undefined
  #follows: AbortController | undefined
  #goes: ReturnType<typeof setTimeout> | undefined
  #warns: ReturnType<typeof setTimeout> | undefined
  #ready: AbortController | undefined

  constructor() {
    super()
    // What was set before the element was defined hides the accessors of this class.
    for (const name of ['page', 'presence', 'state', 'texts', 'token', 'grant'] as const) {
      if (!Object.hasOwn(this, name)) continue
      const value = this[name]
      delete this[name]
      Object.assign(this, { [name]: value })
    }
  }

  /**
   * The presence that is shown: the one that was given, else the element's own while it is connected. Give one
   * to show it in several places or to keep it when the element goes; whoever created it stops it.
   */
  get presence(): Presence | undefined {
    // Who asks for it needs it now.
    if (this.#ready) this.#start()
    return this.joined
  }
  set presence(next: Presence | string | null | undefined) {
    // A framework may say by the property what a page says by the attribute.
    if (typeof next === 'string') this.setAttribute('presence', next)
    this.#given = typeof next === 'string' ? undefined : (next ?? undefined)
    this.#reconnect()
  }

  /** The same presence, or undefined while the element still waits for the token of a later script. */
  get joined(): Presence | undefined {
    return this.#given ?? this.#own
  }

  /** The page that the element is on; setting it names another, and null or undefined the one of the address. */
  get page(): string {
    return this.getAttribute('page') ?? this.#addressed()
  }
  set page(next: string | null | undefined) {
    if (next == null) this.removeAttribute('page')
    else this.setAttribute('page', next)
  }

  /** A state to show instead of a presence's; with it the element sends no request. */
  get state(): Visible | undefined {
    return this.#state
  }
  set state(next: Visible | undefined) {
    const isSwitch = (next === undefined) !== (this.#state === undefined)
    this.#state = next
    if (isSwitch) this.#reconnect()
    else this.#draw()
  }

  /** Words that replace the English ones, one by one. */
  get texts(): Partial<PresenceTexts> {
    return this.#texts
  }
  set texts(next: Partial<PresenceTexts> | undefined) {
    this.#texts = { ...englishTexts, ...next }
    this.#draw()
  }

  /** Gives the bearer token for a service on another origin; setting it joins anew. */
  get token(): ServiceOptions['token'] {
    return this.#token
  }
  set token(next: ServiceOptions['token']) {
    this.#token = next
    if (this.#own || this.#ready) this.#reconnect()
  }

  /** Gives the application's grant for the page, as the option of that name does; setting it joins anew. */
  get grant(): ServiceOptions['grant'] {
    return this.#grant
  }
  set grant(next: ServiceOptions['grant']) {
    this.#grant = next
    if (this.#own || this.#ready) this.#reconnect()
  }

  connectedCallback(): void {
    clearTimeout(this.#goes)
    if (this.#unsubscribe) this.#follow()
    else this.#connect()
  }

  disconnectedCallback(): void {
    // A new document's element may come and go at once, before the old one's takes its place: it never joins.
    if (this.#own && !this.#own.getSnapshot().self) this.#disconnect()
    else this.#goes = setTimeout(() => this.#disconnect(), movedWithinMs)
  }

  adoptedCallback(): void {
    this.#view?.dress()
  }

  attributeChangedCallback(name: string): void {
    if (name.startsWith('page')) this.#follow()
    else if (name === 'unlisted') this.#own?.setIsListed(!this.hasAttribute(name))
    else if (name !== 'base-url' && name !== 'presence') this.#draw()
    // Before that it is not connected, or only about to be.
    else if (this.#view) this.#reconnect()
  }

  /* A window that was opened empty, to show a part of this one's page, has no address of its own. */
  #window(): Window {
    const view = this.ownerDocument.defaultView
    return view?.location.protocol.startsWith('http') ? view : window
  }

  #addressed(): string {
    const query = this.getAttribute('page-query')?.split(/\s+/).filter(Boolean) ?? []
    return pageOf(this.#window().location, { query, hash: this.hasAttribute('page-hash') })
  }

  /* From now on the presence is on the element's page, wherever that goes. */
  #follow() {
    this.#follows?.abort()
    const own = this.#own
    if (!own) return
    const { signal } = (this.#follows = new AbortController())
    const move = () => this.isConnected && own.setPagePath(this.page)
    move()
    if (!this.hasAttribute('page')) followAddress(this.#window(), move, signal)
    const view = this.ownerDocument.defaultView
    // A frame that is closed takes the element with it, without a word.
    if (view !== document.defaultView)
      view?.addEventListener('pagehide', ({ persisted }) => persisted || this.#disconnect(), { signal })
  }

  #connect() {
    if (!this.isConnected) return
    clearTimeout(this.#warns)
    this.#ready?.abort()
    this.#view ??= createView(this.shadowRoot ?? this.attachShadow({ mode: 'open' }))
    if (!this.#state && !this.#given && this.hasAttribute('presence')) {
      this.#warns = setTimeout(() => console.warn(`Copresence: ${notGiven}`), givenWithinMs)
    } else if (!this.#state && !this.#given && this.#mayGetToken()) {
      this.#ready = new AbortController()
      const { signal } = this.#ready
      document.addEventListener('DOMContentLoaded', () => this.#start(), { signal })
      window.addEventListener('load', () => this.#start(), { signal })
    } else if (!this.#state) return this.#start()
    this.#draw()
  }

  #start() {
    this.#ready?.abort()
    this.#ready = undefined
    const presence = this.#given ?? (this.#own = this.#join())
    this.#follow()
    this.#unsubscribe = presence.subscribe(() => {
      this.#draw()
      const detail: PresenceState = presence.getSnapshot()
      this.dispatchEvent(new CustomEvent('presencechange', { detail, bubbles: true }))
    })
    this.#draw()
  }

  /* No cookie goes to another site: a call without the token would be answered with 401, and once more with it. */
  #mayGetToken(): boolean {
    if (this.#token || document.readyState === 'complete') return false
    return new URL(this.getAttribute('base-url') ?? '', document.baseURI).origin !== location.origin
  }

  #join(): Presence {
    return createPresence({
      pagePath: this.page,
      baseUrl: this.getAttribute('base-url') ?? '',
      isListed: !this.hasAttribute('unlisted'),
      ...(this.#token && { token: this.#token }),
      ...(this.#grant && { grant: this.#grant }),
    })
  }

  #disconnect() {
    clearTimeout(this.#warns)
    this.#ready?.abort()
    this.#ready = undefined
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#follows?.abort()
    this.#own?.stop()
    this.#own = undefined
    this.#view?.rest()
  }

  #reconnect() {
    this.#disconnect()
    this.#connect()
  }

  #draw() {
    const state = this.#state ?? this.joined?.getSnapshot() ?? { viewers: [] }
    const places = Number(this.getAttribute('max') ?? 5) || 5
    this.#view?.draw(state, {
      max: Math.max(2, Math.floor(places)),
      hideSelf: this.hasAttribute('hide-self'),
      texts: this.#texts,
    })
  }
}

const notGiven =
  '<page-presence presence> was given no presence, and shows nobody. Import the element before it is rendered, or set ' +
  'the property. For React there is <PageViewers>.'

/** Registers `<page-presence>`, unless the page has done so already or there is no browser. */
export function definePagePresence(): void {
  if (!globalThis.customElements || customElements.get('page-presence')) return
  customElements.define('page-presence', PagePresence)
}

declare global {
  interface HTMLElementTagNameMap {
    'page-presence': PagePresence
  }
}
