const checkedEveryMs = 1_000

/**
 * Calls `changed`, until the signal, whenever the address of a window may have changed without another document being
 * loaded; sometimes it has not.
 */
export function followAddress(view: Window, changed: () => void, signal: AbortSignal): void {
  for (const type of ['popstate', 'hashchange', 'pageshow']) view.addEventListener(type, changed, { signal })
  const { navigation } = view as { readonly navigation?: EventTarget }
  if (navigation) return navigation.addEventListener('currententrychange', changed, { signal })
  // Nothing else tells of `history.pushState`, which is the page's: to replace it would be to meddle.
  const timer = setInterval(changed, checkedEveryMs)
  signal.addEventListener('abort', () => clearInterval(timer))
}
