import {
  computed,
  onActivated,
  onBeforeUnmount,
  onDeactivated,
  onMounted,
  shallowRef,
  toValue,
  watch,
  type ComputedRef,
  type MaybeRefOrGetter,
  type ShallowRef,
} from 'vue'
import { idleWatch, watchPages, type PageWatch, type WatchOptions, type WatchState } from './watch-pages.js'

/** Options of {@link usePresenceList}; they are read once, when the component is mounted. */
export type UsePresenceListOptions = Omit<WatchOptions, 'pages'>

/** The people on the pages of a list, as refs. */
export interface PresenceList {
  /** The whole state, replaced at each change. */
  readonly state: Readonly<ShallowRef<WatchState>>
  /** The pages that somebody is on, by the name under which they are watched. */
  readonly rows: ComputedRef<WatchState['rows']>
  /** The state's `status`. */
  readonly status: ComputedRef<WatchState['status']>
  /** The reason why the service refused or failed, where that is known. */
  readonly problem: ComputedRef<WatchState['problem']>
  /** Looks up at once. */
  refresh(): void
}

/**
 * Gives who is on the pages of a list, for as long as the component is mounted and, under `<KeepAlive>`, active. Call it
 * in `setup`. On a server it asks nobody.
 *
 * @example
 * ```ts
 * const { rows } = usePresenceList(() => tickets.value.map(({ path }) => path))
 * // <Faces :people="rows.get(ticket.path)?.viewers" />
 * ```
 */
export function usePresenceList(
  pages: MaybeRefOrGetter<readonly string[]>,
  options: UsePresenceListOptions = {},
): PresenceList {
  const state = shallowRef(idleWatch)
  let running: PageWatch | undefined

  function start() {
    if (running) return
    const started = (running = watchPages({ ...options, pages: toValue(pages) }))
    started.subscribe(() => (state.value = started.getSnapshot()))
  }

  function stop() {
    running?.close()
    running = undefined
  }

  onMounted(start)
  onActivated(start)
  onDeactivated(stop)
  onBeforeUnmount(stop)
  watch(
    () => [...toValue(pages)],
    (next) => running?.setPages(next),
  )

  return {
    state,
    rows: computed(() => state.value.rows),
    status: computed(() => state.value.status),
    problem: computed(() => state.value.problem),
    refresh: () => running?.refresh(),
  }
}
