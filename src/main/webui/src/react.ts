import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type * as React from 'react'
import type { PagePresence as PagePresenceElement } from './page-presence.js'
import { createPresence, idleState, type Presence, type PresenceState } from './presence.js'
import type { ServiceOptions } from './service.js'

export type { Presence, PresenceState, PresenceStatus } from './presence.js'
export type { PresenceEditing, PresencePerson, PresenceProblem, PresenceViewer } from './protocol.js'

/**
 * Options of {@link usePagePresence}. Another `baseUrl` joins anew; `push` is read when the component is mounted,
 * the others at each request.
 */
export type UsePagePresenceOptions = ServiceOptions

/** The state of a page's presence and what can be done about it. */
export interface PagePresence extends PresenceState {
  /** Claims the page for editing, or gives the claim up. The same function at each render. */
  setIsEditing(next: boolean): void
  /**
   * What to hand to `<page-presence>`, as in `{presence && <page-presence presence={presence} />}`; undefined
   * before mounting and on a server.
   */
  readonly presence: Presence | undefined
}

/**
 * This tab's presence on a page, for as long as the component is mounted. Another `pagePath` moves it. On a
 * server it renders an empty page and asks nobody.
 */
export function usePagePresence(pagePath: string, options: UsePagePresenceOptions = {}): PagePresence {
  const [presence, setPresence] = useState<Presence>()
  const latest = useRef({ pagePath, options })
  const running = useRef<Presence>(undefined)
  /* Said before there is a presence: a child's effects run before ours. */
  const wish = useRef(false)
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
      ...(first.fetch && { fetch: (...request) => (latest.current.options.fetch ?? fetch)(...request) }),
      pagePath: latest.current.pagePath,
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
    current.setPagePath(pagePath)
  }, [pagePath])

  const setIsEditing = useCallback((next: boolean) => {
    wish.current = next
    running.current?.setIsEditing(next)
  }, [])

  const idle = useMemo(() => idleState(pagePath), [pagePath])
  const getIdle = () => idle
  const state = useSyncExternalStore(
    presence?.subscribe ?? neverChanges,
    presence?.getSnapshot ?? getIdle,
    getIdle,
  )
  // Between a render for another page and its effect, nobody is shown on a page where they aren't.
  return { ...(state.pagePath === pagePath ? state : idle), setIsEditing, presence }
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
        Partial<Pick<PagePresenceElement, 'presence' | 'state' | 'texts' | 'token'>> & {
          page?: string
          'base-url'?: string
          max?: number
          'hide-self'?: boolean | ''
        }
    }
  }
}
