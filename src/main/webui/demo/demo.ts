import '/copresence/element.js'
import { createPresence, type Presence } from '/copresence/element.js'
import '/copresence/lease.js'
import { createRescue, forget } from '/copresence/rescue.js'
import { board } from './board.js'
import { h, themeSwitch } from './dom.js'
import { editor } from './editor.js'
import { pages } from './pages.js'
import { openDraft } from './texts.js'
import { tryIt } from './try-it.js'

/*
 * A signed-in page: its HTML holds the text, and what every page has is put around it here. One presence is
 * shared by all that shows or changes it.
 */
const draft = openDraft(location.pathname)
const section = draft?.section
const presence = createPresence({
  pagePath: location.pathname,
  ...(section !== undefined && { section }),
  open: (lease) => editing.open(lease),
  beforeLoss: () => editing.beforeLoss(),
})
// A claim belongs to its document: after a reload it has to be said again that somebody edits.
if (draft) presence.setIsEditing(true)
const main = document.querySelector('main')!
const article = document.querySelector('article')!
const prose = document.querySelector<HTMLElement>('.prose')!

main.before(
  h('a', { class: 'skip', href: '#main' }, 'Skip to the text'),
  h('header', { class: 'top' }, brand(), themeSwitch(), session(presence)),
  h('div', { class: 'bar' }, navigation(), here(presence)),
)
const editing = editor(presence, prose, createRescue)
prose.before(editing.element)
article.after(h('aside', { 'aria-label': 'About this demo' }, board(presence), tryIt()))

function brand(): HTMLElement {
  const mark = h('img', { src: '/demo/icon.svg', alt: '', width: '28', height: '28' })
  return h('a', { class: 'brand', href: '/' }, mark, 'Copresence')
}

function navigation(): HTMLElement {
  const links = pages.map(({ path, title }) =>
    h('li', {}, h('a', { href: path, ...(path === location.pathname && { 'aria-current': 'page' }) }, title)),
  )
  return h('nav', { 'aria-label': 'Pages' }, h('ul', { role: 'list' }, ...links))
}

function here(presence: Presence): HTMLElement {
  const people = h('page-presence')
  people.presence = presence
  people.texts = { section: (name) => `in “${document.getElementById(name)?.textContent ?? name}”` }
  return h(
    'section',
    { class: 'here', 'aria-label': 'Here now' },
    h('span', { 'aria-hidden': 'true' }, 'Here now'),
    people,
  )
}

function session(presence: Presence): HTMLElement {
  const name = h('strong')
  const who = h('span', { class: 'who' }, 'Signed in as ', name)
  who.hidden = true
  let isAsked = false
  presence.subscribe(() => {
    const { self, status } = presence.getSnapshot()
    if (self) show(self.name)
    // A page that is not open to the user does not say who they are.
    else if (status === 'forbidden' && !isAsked) {
      isAsked = true
      void ownName().then((name) => name !== undefined && show(name))
    }
  })

  function show(text: string) {
    who.hidden = false
    name.textContent = text || 'somebody without a name'
  }
  const out = h('a', { href: '/logout' }, 'Sign out')
  // What is kept in the browser is nobody else's, who signs in there after this user.
  out.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    void forget().then(() => location.assign(out.href))
  })
  return h('div', { class: 'session' }, who, out)
}

async function ownName(): Promise<string | undefined> {
  const answer = await fetch('/api/presence/me').catch(() => undefined)
  if (!answer?.ok) return undefined
  const { name } = (await answer.json()) as { readonly name: string }
  return name
}
