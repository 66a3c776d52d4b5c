import { address, h } from './dom.js'

/** What to do with two windows, and what to expect. */
export function tryIt(): HTMLElement {
  const here = location.pathname
  const again = h('a', { href: here, target: '_blank' }, 'Open this page again')
  return h(
    'section',
    { class: 'try', 'aria-labelledby': 'try' },
    h('h2', { id: 'try' }, 'Try it'),
    h(
      'ol',
      {},
      h('li', {}, again, ' in a second tab. You are still one person: your picture gets a 2.'),
      h(
        'li',
        {},
        'Open a private window and sign in as somebody else, such as bob:',
        address(`${location.origin}/login?to=${here}`),
      ),
      h('li', {}, 'Press Edit in one window, then in the other, and ask for the page there.'),
      h('li', {}, 'Hand it over or keep it. Save, and read in the other window what was saved.'),
      h(
        'li',
        {},
        'Type as bob, and take the page over as alice, who may: what bob typed is saved, and alice goes on with it.',
      ),
      h('li', {}, 'Edit two sections at the same time, one in each window.'),
    ),
    h('h3', {}, 'Then let go of a window'),
    h(
      'dl',
      {},
      ...say('Reload it', 'Nobody sees you blink, and an editor keeps the page.'),
      ...say('Close it', 'You are gone after 3 seconds.'),
      ...say(
        'Close the lid while you edit',
        'Somebody else gets the page. Back again, your save is refused, and your text is still there.',
      ),
      ...say('Kill the browser', 'It cannot say goodbye. You are gone after 45 seconds without a heartbeat.'),
      ...say('Go offline', 'Your window says that it reconnects. The others see you for 45 seconds more.'),
      ...say('Hide it', 'You are shown as away, and you keep your place.'),
    ),
  )
}

function say(what: string, then: string): HTMLElement[] {
  return [h('dt', {}, what), h('dd', {}, then)]
}
