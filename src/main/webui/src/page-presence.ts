import type { Visible } from './people.js'
import { createPresence, type Presence, type PresenceState } from './presence.js'
import type { ServiceOptions } from './service.js'
import { englishTexts, type PresenceTexts } from './texts.js'
import { createView, type View } from './view.js'

const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement

/**
 * `<page-presence>`: joins a page and shows who is on it. Hidden, with the attribute `empty`, while nobody is.
 *
 * Attributes, all of which may change at any time:
 * - `page`: the page's path; without it `location.pathname` at the time of connecting.
 * - `base-url`: where the service is; without it the page's own origin.
 * - `max`: how many places the row has, 2 or more; 5 without it.
 * - `hide-self`: leaves the user out of the row.
 *
 * Fires `presencechange` (bubbling, `detail` is the {@link PresenceState}) after each change.
 */
export class PagePresence extends Base {
  static readonly observedAttributes = ['page', 'base-url', 'max', 'hide-self']

  #view: View | undefined
  #own: Presence | undefined
  #given: Presence | undefined
  #state: Visible | undefined
  #texts: PresenceTexts = englishTexts
  #token: ServiceOptions['token']
  #unsubscribe: (() => void) | undefined

  constructor() {
    super()
    // What was set before the element was defined hides the accessors of this class.
    for (const name of ['presence', 'state', 'texts', 'token'] as const) {
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
    return this.#given ?? this.#own
  }
  set presence(next: Presence | undefined) {
    this.#given = next
    this.#reconnect()
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
    if (this.#own) this.#reconnect()
  }

  connectedCallback(): void {
    if (!this.#unsubscribe) this.#connect()
  }

  disconnectedCallback(): void {
    // An element that is only moved stays where it is on the page.
    queueMicrotask(() => {
      if (!this.isConnected) this.#disconnect()
    })
  }

  attributeChangedCallback(name: string): void {
    if (name === 'page') this.#own?.setPagePath(this.#page())
    else if (name === 'base-url' && this.#own) this.#reconnect()
    else this.#draw()
  }

  #page(): string {
    return this.getAttribute('page') ?? location.pathname
  }

  #connect() {
    if (!this.isConnected) return
    this.#view ??= createView(this.shadowRoot ?? this.attachShadow({ mode: 'open' }))
    if (!this.#state) {
      const presence = this.#given ?? (this.#own = this.#join())
      this.#unsubscribe = presence.subscribe(() => {
        this.#draw()
        const detail: PresenceState = presence.getSnapshot()
        this.dispatchEvent(new CustomEvent('presencechange', { detail, bubbles: true }))
      })
    }
    this.#draw()
  }

  #join(): Presence {
    return createPresence({
      pagePath: this.#page(),
      baseUrl: this.getAttribute('base-url') ?? '',
      ...(this.#token && { token: this.#token }),
    })
  }

  #disconnect() {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#own?.stop()
    this.#own = undefined
    this.#view?.rest()
  }

  #reconnect() {
    this.#disconnect()
    this.#connect()
  }

  #draw() {
    const state = this.#state ?? this.presence?.getSnapshot()
    if (!state) return
    const places = Number(this.getAttribute('max') ?? 5) || 5
    this.#view?.draw(state, {
      max: Math.max(2, Math.floor(places)),
      hideSelf: this.hasAttribute('hide-self'),
      texts: this.#texts,
    })
  }
}

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
