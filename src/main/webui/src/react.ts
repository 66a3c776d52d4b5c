import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type * as React from 'react'
import type { PagePresence as PagePresenceElement } from './ui/page-presence.js'
import {
  createPresence,
  idleState,
  unsent,
  type Presence,
  type PresenceOptions,
  type PresenceState,
} from './core/presence.js'
import type { TabOptions } from './core/options.js'

export type * from './index.js'

/**
 * Options of {@link usePagePresence}. Another `baseUrl` joins anew; `push` and `isListed` are read when the component is
 * mounted, `token`, `grant` and `fetch` at each request. `open` and `beforeLoss` are called as the newest render gave
 * them, if the first gave them.
 */
export type UsePagePresenceOptions = TabOptions & Pick<PresenceOptions, 'isListed'>

/** The actions on a lease, as {@link Presence} explains them; each is the same function at each render. */
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

/** The state of a page's presence and what can be done about it. */
export interface PagePresence extends PresenceState, PresenceActions {
  /**
   * The presence to hand to `<page-presence>`, as in `{presence && <page-presence presence={presence} />}`; undefined
   * before mounting and on a server.
   */
  readonly presence: Presence | undefined
}

/**
 * Gives this tab's presence on a page, for as long as the component is mounted. Another `pagePath` moves it. On a
 * server it renders an empty page and asks nobody.
 *
 * @example
 * ```tsx
 * const { viewers, self, isEditing, setIsEditing } = usePagePresence(path)
 * ```
 */
export function usePagePresence(pagePath: string, options: UsePagePresenceOptions = {}): PagePresence {
  const [presence, setPresence] = useState<Presence>()
  const latest = useRef({ pagePath, options })
  const running = useRef<Presence>(undefined)
  /* Said before there is a presence: a child's effects run before ours. */
  const wish = useRef(false)
  const place = useRef<string>(undefined)
  const isListed = useRef(options.isListed)
  const { baseUrl } = options

  useEarlyEffect(() => {
    latest.current = { pagePath, options }
  })

  useEffect(() => {
    const { options: first } = latest.current
    const started = createPresence({
      ...(baseUrl !== undefined && { baseUrl }),
      ...(first.push !== undefined && { push: first.push }),
      ...(first.token && { token: () => latest.current.options.token?.() }),
      ...(first.grant && { grant: () => latest.current.options.grant?.() }),
      ...(first.beforeLoss && { beforeLoss: async () => latest.current.options.beforeLoss?.() }),
      ...(first.open && { open: async (lease) => latest.current.options.open?.(lease) }),
      ...(first.fetch && { fetch: (...request) => (latest.current.options.fetch ?? fetch)(...request) }),
      pagePath: latest.current.pagePath,
      ...(isListed.current !== undefined && { isListed: isListed.current }),
      ...(place.current !== undefined && { section: place.current }),
    })
    if (wish.current) started.setIsEditing(true)
    running.current = started
    setPresence(started)
    return () => {
      running.current = undefined
      started.stop()
    }
  }, [baseUrl])

  useEarlyEffect(() => {
    const { current } = running
    if (!current || current.getSnapshot().pagePath === pagePath) return
    wish.current = false
    place.current = undefined
    current.setPagePath(pagePath)
  }, [pagePath])

  const actions = useMemo((): PresenceActions => {
    const ask = (call: 'requestEdit' | 'handOver' | 'keep') => () =>
      running.current?.[call]() ?? Promise.resolve(unsent)
    return {
      setIsEditing(next) {
        wish.current = next
        running.current?.setIsEditing(next)
      },
      requestEdit: ask('requestEdit'),
      handOver: ask('handOver'),
      keep: ask('keep'),
      takeOver: (how) => running.current?.takeOver(how) ?? Promise.resolve(unsent),
      typing: () => running.current?.typing(),
      saved: () => running.current?.saved(),
      refresh: () => running.current?.refresh(),
      setIsListed(next) {
        isListed.current = next
        running.current?.setIsListed(next)
      },
      setSection(next) {
        place.current = next
        running.current?.setSection(next)
      },
    }
  }, [])

  const idle = useMemo(() => idleState(pagePath), [pagePath])
  const getIdle = () => idle
  const state = useSyncExternalStore(
    presence?.subscribe ?? neverChanges,
    presence?.getSnapshot ?? getIdle,
    getIdle,
  )
  // Between a render for another page and its effect, nobody is shown on a page where they aren't.
  return { ...(state.pagePath === pagePath ? state : idle), ...actions, presence }
}

/* Moves before any component's useEffect, so that a child which claims the new page's edit lease claims that one. */
const useEarlyEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect

const neverChanges = () => () => undefined

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'page-presence': React.DetailedHTMLProps<
        React.HTMLAttributes<PagePresenceElement>,
        PagePresenceElement
      > &
        Partial<Pick<PagePresenceElement, 'presence' | 'state' | 'texts' | 'token' | 'grant'>> & {
          page?: string
          'page-query'?: string
          'page-hash'?: boolean | ''
          'base-url'?: string
          max?: number
          'hide-self'?: boolean | ''
          unlisted?: boolean | ''
        }
    }
  }
}

export { usePresenceList, type PresenceList, type UsePresenceListOptions } from './watch/react.js'
export type { PageRow, WatchState, WatchStatus } from './watch.js'
