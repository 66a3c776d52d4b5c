/** The demo's own pages, in the order of the navigation. */
export const pages = [
  { path: '/docs/welcome/', title: 'Welcome' },
  { path: '/docs/being-here/', title: 'Being here' },
  { path: '/docs/editing/', title: 'Editing' },
  { path: '/docs/leaving/', title: 'Leaving' },
  { path: '/docs/admins-only/', title: 'Admins only' },
  { path: '/docs/head-count/', title: 'Head count' },
  { path: '/docs/tickets/', title: 'Tickets' },
] as const
