import type { Presence, PresenceState } from '../../core/presence.js'
import { idleState } from '../../core/state.js'
import type { PresenceProblem } from '../../core/protocol.js'
import { isolate, nameOf, plain } from '../people.js'
import {
  bannerOf,
  besideOf,
  titleHere,
  type LeaseAction,
  type LeaseBanner,
  type LeaseSituation,
} from './banner.js'
import { englishLeaseTexts, type LeaseTexts } from './texts.js'
import { createLeaseView, type LeaseView, type Shown } from './view.js'

/** The part of a presence that `<page-lease>` needs. */
export type LeasePresence = Pick<
  Presence,
  'subscribe' | 'getSnapshot' | 'setIsEditing' | 'requestEdit' | 'handOver' | 'keep' | 'takeOver' | 'refresh'
>

/** A banner of the application's own, which is shown where the lease needs nothing. */
export interface LeaseNotice {
  /** The sentences. */
  readonly words: string
  /** A text that the words speak of. */
  readonly quote?: string | undefined
  /** The things that can be done about it; one of them may be the one that most will press. */
  readonly actions?: readonly {
    readonly label: string
    readonly run: () => void
    readonly isPrimary?: boolean
  }[]
}

const outageShownAfterMs = 5_000

const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement

/**
 * The element `<page-lease>`, a banner that says how the edit lease stands and what can be done about it: somebody else edits
 * and this user waits, asks or takes over; somebody asks for what this user edits; the lease was lost; the service is out of
 * reach; the user is signed out. It has no box while there is nothing to say, and stays in sight while what stands around it
 * is scrolled.
 *
 * It belongs to the `presence` that it was given, else to that of the document's first `<page-presence>`, and joins nothing
 * itself.
 *
 * Attributes:
 * - `for`: the id of the `<page-presence>` to which it belongs.
 * - `readers`: tells those who only read who edits, and lets them ask.
 * - `sign-in`: the address where the user signs in; without it there is no button for that.
 *
 * Fires `leaseaction` (bubbling, cancelable) before it does what a button says; `detail` is `{action}`. Whoever prevents the
 * default does it in their own way.
 *
 * @example
 * ```html
 * <page-presence></page-presence>
 * <page-lease sign-in="/login?to=/docs/a"></page-lease>
 * ```
 */
export class PageLease extends Base {
  static readonly observedAttributes = ['for', 'readers', 'sign-in']

  #view: LeaseView | undefined
  #given: LeasePresence | undefined
  #shown: LeasePresence | undefined
  #texts: LeaseTexts = englishLeaseTexts
  #titleOf = titleOfAnchor
  #isDirty = false
  #save: (() => unknown) | undefined
  #notice: LeaseNotice | undefined
  #ends: AbortController | undefined
  #unsubscribe: (() => void) | undefined
  #outage: ReturnType<typeof setTimeout> | undefined
  #isOffline = false
  #isTakingOver = false
  #isTakenOver = false
  #mayNotTakeOver = false
  #isUpdating = false

  constructor() {
    super()
    // What was set before the element was defined hides the accessors of this class.
    for (const name of ['presence', 'texts', 'titleOf', 'isDirty', 'save', 'notice'] as const) {
      if (!Object.hasOwn(this, name)) continue
      const value = this[name]
      delete this[name]
      Object.assign(this, { [name]: value })
    }
  }

  /** The presence whose lease it is about: the one that was given, else that of a `<page-presence>`. */
  get presence(): LeasePresence | undefined {
    return this.#given ?? this.#shown
  }
  set presence(next: LeasePresence | null | undefined) {
    this.#given = next ?? undefined
    if (this.isConnected) this.#follow()
  }

  /** Words that replace the English ones, one by one. */
  get texts(): Partial<LeaseTexts> {
    return this.#texts
  }
  set texts(next: Partial<LeaseTexts> | undefined) {
    this.#texts = { ...englishLeaseTexts, ...next }
    this.#draw()
  }

  /** Gives the title of a section by its name; by default the text of the element with that id, else the name. */
  get titleOf(): (section: string) => string {
    return this.#titleOf
  }
  set titleOf(next: ((section: string) => string) | undefined) {
    this.#titleOf = next ?? titleOfAnchor
    this.#draw()
  }

  /** True while something is typed that is not saved; then the words say that it is kept. */
  get isDirty(): boolean {
    return this.#isDirty
  }
  set isDirty(next: boolean) {
    this.#isDirty = next
    this.#draw()
  }

  /**
   * Saves what is typed, for "Save and hand over"; without it there is no such button. When it rejects or gives false,
   * nothing is handed over.
   */
  get save(): (() => unknown) | undefined {
    return this.#save
  }
  set save(next: (() => unknown) | undefined) {
    this.#save = next
    this.#draw()
  }

  /** A banner of the application's own, which is shown where the lease needs nothing. */
  get notice(): LeaseNotice | undefined {
    return this.#notice
  }
  set notice(next: LeaseNotice | undefined) {
    this.#notice = next
    this.#draw()
  }

  /** Sets several properties at once, so that nothing is shown or said of which only a part is true. */
  update(properties: {
    readonly [K in 'texts' | 'titleOf' | 'isDirty' | 'save' | 'notice']?: PageLease[K] | undefined
  }): void {
    this.#isUpdating = true
    Object.assign(this, properties)
    this.#isUpdating = false
    this.#draw()
  }

  connectedCallback(): void {
    this.#view ??= createLeaseView(this.shadowRoot ?? this.attachShadow({ mode: 'open' }))
    this.#follow()
  }

  disconnectedCallback(): void {
    this.#rest()
  }

  adoptedCallback(): void {
    this.#view?.dress()
  }

  attributeChangedCallback(name: string): void {
    if (name === 'for' && this.isConnected && this.#view) this.#follow()
    else this.#draw()
  }

  #follow() {
    this.#rest()
    this.#ends = new AbortController()
    const { signal } = this.#ends
    const timer = setInterval(() => this.#view?.count(Date.now()) && this.#draw(), 1_000)
    signal.addEventListener('abort', () => clearInterval(timer))
    if (!this.#given) {
      // A presence may come later, and another in its place.
      this.ownerDocument.addEventListener('presencechange', () => this.#look(), { signal })
    }
    this.#look()
    void globalThis.customElements.whenDefined('page-presence').then(() => signal.aborted || this.#look())
  }

  #look() {
    // To ask for its presence would have it join before it has its token.
    const next = this.#given ?? this.#source()?.joined
    if (next === this.#shown && this.#unsubscribe) return
    this.#unsubscribe?.()
    this.#shown = next
    this.#unsubscribe = next?.subscribe(() => this.#draw())
    this.#draw()
  }

  #source(): (HTMLElement & { readonly joined?: Presence | undefined }) | null {
    const id = this.getAttribute('for')
    const root = this.getRootNode() as Document | ShadowRoot
    return id === null ? this.ownerDocument.querySelector('page-presence') : root.getElementById(id)
  }

  #rest() {
    this.#ends?.abort()
    this.#unsubscribe?.()
    this.#unsubscribe = this.#shown = undefined
    clearTimeout(this.#outage)
    this.#outage = undefined
    this.#isOffline = this.#isTakingOver = false
  }

  #draw() {
    const presence = this.#shown
    if (!this.#view || this.#isUpdating) return
    const state = presence?.getSnapshot() ?? idleState('')
    this.#remember(state)
    const situation = this.#situation()
    const seen = this.#mayNotTakeOver ? withoutTakeOver(state) : state
    const banner = bannerOf(seen, situation)
    this.#view.draw(
      banner
        ? this.#shownOf(banner)
        : this.#notice
          ? shownNotice(this.#notice)
          : this.#shownOf(presence && besideOf(seen, situation)),
    )
    this.#view.count(situation.now)
  }

  /* What a state alone does not tell. */
  #remember({ status, lease, self }: PresenceState) {
    if (status !== 'reconnecting') {
      clearTimeout(this.#outage)
      this.#outage = undefined
      this.#isOffline = false
    } else
      this.#outage ??= setTimeout(() => {
        this.#isOffline = true
        this.#draw()
      }, outageShownAfterMs)
    if (lease.status !== 'waiting') this.#isTakingOver = false
    if (lease.status === 'held' || lease.status === 'opening') this.#isTakenOver = lease.yieldAt !== undefined
    else if (lease.status !== 'lost') this.#isTakenOver = false
    // A role that was given meanwhile is told.
    if (!self?.canTakeOver) this.#mayNotTakeOver = false
  }

  #situation(): LeaseSituation {
    return {
      texts: this.#texts,
      titleOf: this.#titleOf,
      isDirty: this.#isDirty,
      isSavedFirst: this.#save !== undefined,
      canSignIn: this.hasAttribute('sign-in'),
      isForReaders: this.hasAttribute('readers'),
      isOffline: this.#isOffline,
      isTakingOver: this.#isTakingOver,
      wasTakenOver: this.#isTakenOver,
      now: Date.now(),
    }
  }

  #shownOf(banner: LeaseBanner | undefined): Shown | undefined {
    if (!banner) return undefined
    // Of who edits, and of what the user has just been refused, <page-presence> speaks where there is one.
    const isAlone = !this.ownerDocument.querySelector('page-presence')
    return {
      ...banner,
      isSaid: banner.isSaid === true || isAlone,
      isUrgent: banner.isUrgent === true,
      actions: banner.actions.map((action) => ({
        name: action,
        label: this.#label(action),
        isPrimary: action === banner.primary,
        href: action === 'signIn' ? (this.getAttribute('sign-in') ?? '') : undefined,
        run: () => void this.#run(action),
      })),
    }
  }

  #label(action: LeaseAction): string {
    const label = this.#texts[action]
    if (typeof label === 'string') return label
    const state = this.#shown?.getSnapshot()
    return label(state && titleHere(state, this.#situation()))
  }

  async #run(action: LeaseAction) {
    this.#view!.say('')
    const detail = { action }
    const event = new CustomEvent('leaseaction', { detail, bubbles: true, cancelable: true })
    if (!this.dispatchEvent(event)) return
    const presence = this.#shown
    if (!presence) return
    switch (action) {
      case 'ask':
        return this.#report(presence.requestEdit())
      case 'edit':
        return presence.setIsEditing(true)
      case 'giveUp':
      case 'close':
        return presence.setIsEditing(false)
      case 'takeOver':
      case 'stay':
        this.#isTakingOver = action === 'takeOver'
        return this.#draw()
      case 'takeOverNow':
        this.#isTakingOver = false
        this.#draw()
        return this.#report(presence.takeOver())
      case 'handOver':
        return this.#report(presence.handOver())
      case 'saveAndHandOver':
        return this.#saveAndHandOver(presence)
      case 'keep':
        return this.#report(presence.keep())
      case 'signIn':
        return this.ownerDocument.defaultView!.location.assign(this.getAttribute('sign-in')!)
      case 'retry':
        return presence.refresh()
    }
  }

  async #saveAndHandOver(presence: LeasePresence) {
    try {
      if ((await this.#save?.()) === false) throw new Error()
    } catch {
      return this.#view!.say(this.#texts.notSaved)
    }
    await this.#report(presence.handOver())
  }

  async #report(call: Promise<PresenceProblem | undefined>) {
    const problem = await call
    if (!problem) return
    const { status, reason, editor, title } = problem
    // The banner says that.
    if (reason === 'forbidden') return
    if (status === 403) this.#mayNotTakeOver = true
    this.#draw()
    const who = isolate(nameOf(editor, this.#texts))
    this.#view!.say(
      status === 403 ? this.#texts.mayNotTakeOver : plain(this.#texts.notDone(reason, who, title)),
    )
  }
}

function shownNotice({ words, quote, actions = [] }: LeaseNotice): Shown {
  return {
    kind: 'notice',
    words,
    quote,
    isSaid: true,
    isUrgent: false,
    actions: actions.map(({ label, run, isPrimary = false }, index) => ({
      // The same button about something else is another one.
      name: `notice-${index}-${label}`,
      label,
      run,
      isPrimary,
    })),
  }
}

function withoutTakeOver(state: PresenceState): PresenceState {
  const { self } = state
  if (!self) return state
  const { canTakeOver: _, ...rest } = self
  return { ...state, self: rest }
}

function titleOfAnchor(section: string): string {
  return globalThis.document?.getElementById(section)?.textContent?.trim() || section
}

/** Registers `<page-lease>`, unless the page has done so already or there is no browser. */
export function definePageLease(): void {
  if (!globalThis.customElements || customElements.get('page-lease')) return
  customElements.define('page-lease', PageLease)
}

declare global {
  interface HTMLElementTagNameMap {
    'page-lease': PageLease
  }
}
