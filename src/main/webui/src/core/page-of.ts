/** The parts of an address that tell the pages of a site apart, beside the path. */
export interface PageParts {
  /** The names of the query's parameters that do, as in `['post']`; all others make no difference. None by default. */
  readonly query?: readonly string[]
  /** True where the fragment does, as on a site with addresses like `/app/#/docs/a`; `false` by default. */
  readonly hash?: boolean
}

/**
 * Gives the page of an address, such as `location` or a `URL`, for `createPresence` and `setPagePath`: its path and,
 * where they tell pages apart, the parts of its query and fragment. `?` and `#` are escaped, since no page has them:
 *
 * - `/wp-admin/post.php?action=edit&post=1` is `/wp-admin/post.php/%3Fpost=1` for `{ query: ['post'] }`.
 * - `/app/#/docs/a` is `/app/%23/docs/a` for `{ hash: true }`.
 *
 * Parameters stand in one order, whatever the address has; an empty one counts as none, and those in a fragment
 * (`#/docs/a?tab=2`) go by the same names. In names, values and parts of a fragment all but letters, digits and
 * `-._!'()*` of ASCII is escaped as in an address, with `~` for `%`. The path stays as it is.
 */
export function pageOf(
  { pathname, search, hash }: Pick<URL, 'pathname' | 'search' | 'hash'>,
  parts: PageParts = {},
): string {
  const made = asked(search, parts.query)
  if (parts.hash) {
    const [route, query] = hash.slice(1).split(/\?(.*)/s)
    const segments = route!.split('/').map(decoded)
    const inside = [...segments.filter(isNamed).map(spelled), ...asked(query, parts.query)]
    if (inside.length) made.push('%23', ...inside)
  }
  return made.length ? [pathname.replace(/\/$/, ''), ...made].join('/') : pathname
}

/* The parameters of these names as one segment, or no segment when there are none. */
function asked(search = '', names: readonly string[] = []): string[] {
  const all = new URLSearchParams(search)
  const pairs = names.flatMap((name) =>
    all
      .getAll(name)
      .filter(Boolean)
      .map((value) => `${spelled(name)}=${spelled(value)}`),
  )
  return pairs.length ? [`%3F${pairs.sort().join('&')}`] : []
}

/* A page has no empty segment, and none of dots alone. */
function isNamed(segment: string): boolean {
  return !/^\.*$/.test(segment)
}

/* A tilde in place of the percent sign, since a page has no escaped slash, control or percent sign. */
function spelled(text: string): string {
  return encodeURIComponent(text.normalize()).replaceAll('~', '~7E').replaceAll('%', '~')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A percent sign that begins no escape is one.
    return segment
  }
}
