import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type * as React from 'react'
import type { PagePresenceList } from '../ui/page-presence-list.js'
import { idleWatch, watchPages, type PageWatch, type WatchOptions, type WatchState } from './watch-pages.js'

/** Options of {@link usePresenceList}. Another `baseUrl` begins anew; the callbacks are those of the newest render. */
export type UsePresenceListOptions = Omit<WatchOptions, 'pages'>

/** The people on the pages of a list. */
export interface PresenceList extends WatchState {
  /** Looks up at once. */
  refresh(): void
}

/**
 * Gives who is on the pages of a list, for as long as the component is mounted. On a server it asks nobody.
 *
 * @example
 * ```tsx
 * const { rows } = usePresenceList(tickets.map(({ path }) => path))
 * return <Faces people={rows.get(ticket.path)?.viewers} />
 * ```
 */
export function usePresenceList(
  pages: readonly string[],
  options: UsePresenceListOptions = {},
): PresenceList {
  const [running, setRunning] = useState<PageWatch>()
  const latest = useRef({ pages, options })
  const { baseUrl } = options

  useEffect(() => {
    latest.current = { pages, options }
    running?.setPages(pages)
  })

  useEffect(() => {
    const { options: first } = latest.current
    const started = watchPages({
      ...(baseUrl !== undefined && { baseUrl }),
      ...(first.isListed !== undefined && { isListed: first.isListed }),
      ...(first.token && { token: () => latest.current.options.token?.() }),
      ...(first.grant && { grant: () => latest.current.options.grant?.() }),
      ...(first.fetch && { fetch: (...request) => (latest.current.options.fetch ?? fetch)(...request) }),
      pages: latest.current.pages,
    })
    setRunning(started)
    return () => started.close()
  }, [baseUrl])

  const refresh = useRef(() => undefined as void)
  refresh.current = () => running?.refresh()
  const state = useSyncExternalStore(
    running?.subscribe ?? neverChanges,
    running?.getSnapshot ?? getIdle,
    getIdle,
  )
  return { ...state, refresh: () => refresh.current() }
}

const getIdle = () => idleWatch
const neverChanges = () => () => undefined

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'page-presence-list': React.DetailedHTMLProps<
        React.HTMLAttributes<PagePresenceList>,
        PagePresenceList
      > &
        Partial<Pick<PagePresenceList, 'texts' | 'token' | 'grant'>> & { 'base-url'?: string }
    }
  }
}
