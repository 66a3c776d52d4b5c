'use client'

import {
  createElement,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type * as React from 'react'
import type { LeaseAction } from './ui/lease/banner.js'
import {
  definePageLease,
  type LeasePresence,
  type PageLease as PageLeaseElement,
} from './ui/lease/page-lease.js'
import { definePagePresence, type PagePresence as PagePresenceElement } from './ui/page-presence.js'
import {
  createPresence,
  idleState,
  unsent,
  type Presence,
  type PresenceOptions,
  type PresenceState,
} from './core/presence.js'
import type { TabOptions } from './core/options.js'
import type { PresenceViewer } from './core/protocol.js'
import type { Visible } from './ui/people.js'
import type { PresenceTexts } from './ui/texts.js'

export type * from './index.js'
export type { LeaseAction, LeaseNotice, LeasePresence, LeaseTexts } from './lease.js'
export type { PresenceTexts } from './ui/texts.js'

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
   * The presence itself, for code that knows no React; undefined before mounting and on a server.
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

/** The properties of {@link PageViewers}; all others go to the element, such as `className` and `style`. */
export interface PageViewersProps extends React.HTMLAttributes<HTMLElement> {
  /** The state to show, such as all that {@link usePagePresence} gave. */
  readonly presence?: Visible | undefined
  /** The people who are shown when there is no `presence`; nobody of them is "You". */
  readonly viewers?: readonly PresenceViewer[] | undefined
  /** The one of the viewers who edits. */
  readonly editor?: PresenceViewer | undefined
  /** The number of places in the row, 2 or more; 5 by default. */
  readonly max?: number | undefined
  /** Leaves the user out of the row; `false` by default. */
  readonly hideSelf?: boolean | undefined
  /** Words that replace the English ones, one by one. */
  readonly texts?: Partial<PresenceTexts> | undefined
}

/**
 * The component that shows the people on a page, by `<page-presence>`, so that parts and variables are the same. It
 * joins nothing, and may be imported and rendered on a server, where it is empty.
 *
 * @example
 * ```tsx
 * const page = usePagePresence(path)
 * return <PageViewers presence={page} max={4} />
 * ```
 */
export function PageViewers(props: PageViewersProps): React.ReactElement {
  const { presence, viewers = nobody, editor, max = 5, hideSelf = false, texts, className, ...rest } = props
  const element = useRef<PagePresenceElement>(null)
  useEarlyEffect(() => {
    definePagePresence()
    Object.assign(element.current!, {
      state: presence ?? { viewers, editorUserId: editor?.id },
      texts,
    })
  }, [presence, viewers, editor, texts])
  return createElement('page-presence', {
    ...rest,
    ref: element,
    // React 18 knows no other name for it on an element of this kind.
    class: className,
    // It waits for the state, wherever it is rendered first.
    presence: '',
    max,
    'hide-self': hideSelf ? '' : undefined,
  } as unknown as React.ClassAttributes<PagePresenceElement>)
}

/** The properties of {@link PageLease}; all others go to the element, such as `className` and `style`. */
export interface PageLeaseProps
  extends
    React.HTMLAttributes<HTMLElement>,
    Partial<Pick<PageLeaseElement, 'isDirty' | 'save' | 'notice' | 'texts' | 'titleOf'>> {
  /** The presence whose lease it is about: what {@link usePagePresence} gave, or a presence itself. */
  readonly presence: Pick<PagePresence, 'presence'> | LeasePresence | undefined
  /** Tells those who only read who edits; `false` by default. */
  readonly readers?: boolean | undefined
  /** The address where the user signs in; without it there is no button for that. */
  readonly signIn?: string | undefined
  /** Is called before what a button says is done; whoever prevents the default does it in their own way. */
  readonly onLeaseAction?: ((event: CustomEvent<{ readonly action: LeaseAction }>) => void) | undefined
}

/**
 * The component of the banner that says how the edit lease stands, by `<page-lease>`, whose properties it has.
 *
 * @example
 * ```tsx
 * const page = usePagePresence(path, { open, beforeLoss: save })
 * return <PageLease presence={page} isDirty={isDirty} save={save} />
 * ```
 */
export function PageLease(props: PageLeaseProps): React.ReactElement {
  const {
    presence,
    isDirty,
    save,
    notice,
    texts,
    titleOf,
    readers,
    signIn,
    onLeaseAction,
    className,
    ...rest
  } = props
  const element = useRef<PageLeaseElement>(null)
  const latest = useRef(onLeaseAction)
  const its = presence && ('presence' in presence ? presence.presence : presence)
  useEarlyEffect(() => {
    latest.current = onLeaseAction
    definePageLease()
    element.current!.update({ isDirty: !!isDirty, save, notice, texts, titleOf })
  }, [isDirty, save, notice, texts, titleOf, onLeaseAction])
  useEarlyEffect(() => {
    const { current } = element
    current!.presence = its
    const tell = (event: Event) => latest.current?.(event as CustomEvent<{ action: LeaseAction }>)
    current!.addEventListener('leaseaction', tell)
    return () => current!.removeEventListener('leaseaction', tell)
  }, [its])
  return createElement('page-lease', {
    ...rest,
    ref: element,
    class: className,
    readers: readers ? '' : undefined,
    'sign-in': signIn,
  } as unknown as React.ClassAttributes<PageLeaseElement>)
}

const nobody: readonly PresenceViewer[] = []

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'page-lease': React.DetailedHTMLProps<React.HTMLAttributes<PageLeaseElement>, PageLeaseElement> &
        Partial<Pick<PageLeaseElement, 'presence' | 'texts' | 'titleOf' | 'isDirty' | 'save' | 'notice'>> & {
          for?: string
          readers?: boolean | ''
          'sign-in'?: string
        }
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
