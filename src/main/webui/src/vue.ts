import {
  computed,
  defineComponent,
  h,
  onActivated,
  onBeforeUnmount,
  onDeactivated,
  onMounted,
  shallowRef,
  toValue,
  unref,
  watch,
  type ComputedRef,
  type MaybeRef,
  type MaybeRefOrGetter,
  type PropType,
  type ShallowRef,
  type WritableComputedRef,
} from 'vue'
import {
  definePageLease,
  type LeaseNotice,
  type LeasePresence,
  type PageLease as PageLeaseElement,
} from './ui/lease/page-lease.js'
import type { LeaseTexts } from './ui/lease/texts.js'
import { definePagePresence } from './ui/page-presence.js'
import type { Visible } from './ui/people.js'
import {
  createPresence,
  idleState,
  unsent,
  type Presence,
  type PresenceOptions,
  type PresenceState,
} from './core/presence.js'
import type { PresenceViewer } from './core/protocol.js'
import type { TabOptions } from './core/options.js'
import type { PresenceTexts } from './ui/texts.js'

export type * from './index.js'
export type { LeaseAction, LeaseNotice, LeasePresence, LeaseTexts } from './lease.js'
export type { PresenceTexts } from './ui/texts.js'

/** Options of {@link usePagePresence}; they are read once, when the component is mounted. */
export type UsePagePresenceOptions = TabOptions & Pick<PresenceOptions, 'isListed'>

/** The actions on a lease, as {@link Presence} explains them. */
export type PresenceActions = Pick<
  Presence,
  | 'setIsEditing'
  | 'requestEdit'
  | 'handOver'
  | 'keep'
  | 'takeOver'
  | 'typing'
  | 'saved'
  | 'setSection'
  | 'setIsListed'
  | 'refresh'
>

/** A page's presence as refs, one for each field of {@link PresenceState}, and the state as a whole. */
export interface PagePresence extends PresenceActions {
  /** The whole state, replaced at each change. */
  readonly state: Readonly<ShallowRef<PresenceState>>
  /** The state's `status`. */
  readonly status: ComputedRef<PresenceState['status']>
  /** The signed-in user; undefined until the service has said. */
  readonly self: ComputedRef<PresenceState['self']>
  /** The share of the page's people that this user sees. */
  readonly level: ComputedRef<PresenceState['level']>
  /** Everybody on the page, this user included, in order of arrival; nobody at level `count` and `none`. */
  readonly viewers: ComputedRef<PresenceState['viewers']>
  /** Everybody but this user. */
  readonly others: ComputedRef<PresenceState['others']>
  /** The viewer who holds the page's edit lease; undefined when nobody does. */
  readonly editor: ComputedRef<PresenceState['editor']>
  /** True when somebody edits the page or a section of it, also where nobody says who. */
  readonly isEdited: ComputedRef<boolean>
  /** True when somebody has asked for the page or a section of it and waits, also where nobody says who. */
  readonly isRequested: ComputedRef<boolean>
  /** The id of `editor`, also when the service does not list them. */
  readonly editorUserId: ComputedRef<string | undefined>
  /** True while this tab wants to edit; assigning is the same as `setIsEditing`. */
  readonly isEditing: WritableComputedRef<boolean>
  /** False while others do not see this tab; assigning is the same as `setIsListed`. */
  readonly isListed: WritableComputedRef<boolean>
  /** The service's bare answer to the wish to edit; prefer `lease`. */
  readonly editing: ComputedRef<PresenceState['editing']>
  /** The edit lease as seen from this tab. */
  readonly lease: ComputedRef<PresenceState['lease']>
  /** The section that this tab is in; assigning is the same as `setSection`. */
  readonly section: WritableComputedRef<string | undefined>
  /** The sections that somebody edits. */
  readonly sections: ComputedRef<PresenceState['sections']>
  /** The id of the user who has asked the editor for the page; undefined when nobody has. */
  readonly requestedByUserId: ComputedRef<string | undefined>
  /** The number of people on the page, also beyond those listed in `viewers`. */
  readonly viewerCount: ComputedRef<number>
  /** The number of all their tabs. */
  readonly tabCount: ComputedRef<number>
  /** The reason why the service refused or failed, where that is known. */
  readonly problem: ComputedRef<PresenceState['problem']>
  /** Claims the lease or gives it up, as {@link Presence} explains; said before mounting, it goes with the join. */
  setIsEditing(next: boolean): void
}

/**
 * Gives this tab's presence on a page, for as long as the component is mounted and, under `<KeepAlive>`, active.
 * Call it in `setup`. On a server it renders an empty page and asks nobody.
 *
 * A ref or getter, as in `usePagePresence(() => route.path)`, follows a component that is reused for another
 * page; a plain string is the page of the component's whole life.
 *
 * @example
 * ```ts
 * const presence = usePagePresence(() => route.path)
 * const { lease, isEditing } = presence // refs
 * ```
 */
export function usePagePresence(
  pagePath: MaybeRefOrGetter<string>,
  options: UsePagePresenceOptions = {},
): PagePresence {
  const state = shallowRef({ ...idleState(toValue(pagePath)), isListed: options.isListed !== false })
  let presence: Presence | undefined

  function start() {
    if (presence) return
    const { isEditing: wish, isListed, section } = state.value
    const started = (presence = createPresence({
      ...options,
      pagePath: toValue(pagePath),
      isListed,
      ...(section !== undefined && { section }),
    }))
    if (wish) started.setIsEditing(true)
    const follow = () => (state.value = started.getSnapshot())
    started.subscribe(follow)
    follow()
  }

  function stop() {
    presence?.stop()
    presence = undefined
  }

  function setIsEditing(next: boolean) {
    if (presence) presence.setIsEditing(next)
    else state.value = { ...state.value, isEditing: next }
  }

  function setSection(next: string | undefined) {
    if (presence) presence.setSection(next)
    else state.value = { ...state.value, section: next }
  }

  function setIsListed(next: boolean) {
    if (presence) presence.setIsListed(next)
    else state.value = { ...state.value, isListed: next }
  }

  const ask = (call: 'requestEdit' | 'handOver' | 'keep') => () =>
    presence?.[call]() ?? Promise.resolve(unsent)

  onMounted(start)
  onActivated(start)
  onDeactivated(stop)
  onBeforeUnmount(stop)
  watch(
    () => toValue(pagePath),
    (next) => presence?.setPagePath(next),
    // Before anything is rendered for the new page.
    { flush: 'sync' },
  )

  return {
    state,
    status: computed(() => state.value.status),
    self: computed(() => state.value.self),
    level: computed(() => state.value.level),
    viewers: computed(() => state.value.viewers),
    others: computed(() => state.value.others),
    editor: computed(() => state.value.editor),
    isEdited: computed(() => state.value.isEdited),
    isRequested: computed(() => state.value.isRequested),
    editorUserId: computed(() => state.value.editorUserId),
    isEditing: computed({ get: () => state.value.isEditing, set: setIsEditing }),
    isListed: computed({ get: () => state.value.isListed, set: setIsListed }),
    editing: computed(() => state.value.editing),
    lease: computed(() => state.value.lease),
    section: computed({ get: () => state.value.section, set: setSection }),
    sections: computed(() => state.value.sections),
    requestedByUserId: computed(() => state.value.requestedByUserId),
    viewerCount: computed(() => state.value.viewerCount),
    tabCount: computed(() => state.value.tabCount),
    problem: computed(() => state.value.problem),
    setIsEditing,
    requestEdit: ask('requestEdit'),
    handOver: ask('handOver'),
    keep: ask('keep'),
    takeOver: (how) => presence?.takeOver(how) ?? Promise.resolve(unsent),
    typing: () => presence?.typing(),
    saved: () => presence?.saved(),
    refresh: () => presence?.refresh(),
    setIsListed,
    setSection,
  }
}

/**
 * The component that shows the people on a page: `<CurrentPageViewers :presence="presence" />`, where `presence` is
 * what {@link usePagePresence} gave. Draws by `<page-presence>`, so that parts and variables are the same.
 *
 * `:viewers` and `:editor` in place of `:presence` show any list, which may be a ref; nobody in it is "You".
 */
export const CurrentPageViewers = /* @__PURE__ */ defineComponent({
  name: 'CurrentPageViewers',
  props: {
    /** The presence that `usePagePresence` gave. */
    presence: { type: Object as PropType<Pick<PagePresence, 'state'>>, default: undefined },
    /** The people who are shown when there is no `presence`. */
    viewers: {
      type: [Array, Object] as PropType<MaybeRef<readonly PresenceViewer[]>>,
      default: undefined,
    },
    /** The one of the viewers who edits. */
    editor: { type: Object as PropType<MaybeRef<PresenceViewer | undefined>>, default: undefined },
    /** The number of places in the row, 2 or more; 5 by default. */
    max: { type: Number, default: 5 },
    /** Leaves the user out of the row; `false` by default. */
    hideSelf: { type: Boolean, default: false },
    /** Words that replace the English ones, one by one. */
    texts: { type: Object as PropType<Partial<PresenceTexts>>, default: undefined },
  },
  setup(props) {
    definePagePresence()
    const state = computed<Visible>(() => {
      if (props.presence) return unref(props.presence.state)
      return { viewers: unref(props.viewers) ?? [], editorUserId: unref(props.editor)?.id }
    })
    return () =>
      h('page-presence', {
        // Properties, which a server leaves out.
        '.state': state.value,
        '.texts': props.texts,
        max: props.max,
        'hide-self': props.hideSelf ? '' : null,
      })
  },
})

/**
 * The component of the banner that says how the edit lease stands: `<PageLease :presence="presence" />`, where `presence`
 * is what {@link usePagePresence} gave. Draws by `<page-lease>`, whose properties it has, and whose event is
 * `@leaseaction`.
 */
export const PageLease = /* @__PURE__ */ defineComponent({
  name: 'PageLease',
  props: {
    /** The presence that `usePagePresence` gave. */
    presence: { type: Object as PropType<PagePresence>, required: true },
    /** Tells those who only read who edits; `false` by default. */
    readers: { type: Boolean, default: false },
    /** The address where the user signs in; without it there is no button for that. */
    signIn: { type: String, default: undefined },
    /** True while something is typed that is not saved. */
    isDirty: { type: Boolean, default: false },
    /** Saves what is typed, for "Save and hand over". */
    save: { type: Function as PropType<() => unknown>, default: undefined },
    /** A banner of the application's own, where the lease needs nothing. */
    notice: { type: Object as PropType<LeaseNotice>, default: undefined },
    /** Gives the title of a section by its name. */
    titleOf: { type: Function as PropType<PageLeaseElement['titleOf']>, default: undefined },
    /** Words that replace the English ones, one by one. */
    texts: { type: Object as PropType<Partial<LeaseTexts>>, default: undefined },
  },
  setup(props) {
    definePageLease()
    const presence = computed<LeasePresence>(() => {
      const { state, ...actions } = props.presence
      return {
        ...actions,
        getSnapshot: () => state.value,
        subscribe: (listener) => watch(state, listener, { flush: 'sync' }),
      }
    })
    return () =>
      h('page-lease', {
        '.presence': presence.value,
        '.isDirty': props.isDirty,
        '.save': props.save,
        '.notice': props.notice,
        '.titleOf': props.titleOf,
        '.texts': props.texts,
        readers: props.readers ? '' : null,
        'sign-in': props.signIn,
      })
  },
})
export { usePresenceList, type PresenceList, type UsePresenceListOptions } from './watch/vue.js'
export type { PageRow, WatchState, WatchStatus } from './watch.js'
