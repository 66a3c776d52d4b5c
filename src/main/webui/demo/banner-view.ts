import { timeLeft, type Action, type Banner } from './banner.js'
import { button, h, setText } from './dom.js'

const labels: Record<Action, string> = {
  ask: 'Ask for the page',
  claim: 'Continue',
  conclude: 'Close, and keep a draft',
  discard: 'Discard',
  discardMine: 'Discard it',
  giveUp: 'Stop waiting',
  handOver: 'Hand over',
  keep: 'Keep',
  saveAndHandOver: 'Save and hand over',
  saveMine: 'Save mine instead',
  signIn: 'Sign in again',
  stay: 'Leave it to them',
  takeOver: 'Take over',
  takeOverNow: 'Yes, take over',
  useMine: 'Go on with it',
  useTheirs: 'Use theirs',
}
const quiet = new Set<Action>(['conclude', 'discard', 'discardMine', 'giveUp', 'stay', 'takeOver'])

/** What shows a banner, and says it to those who hear the page. */
export interface BannerView {
  /** The banner, to be put on the page. */
  readonly element: HTMLElement
  /** The words for those who hear the page, to be put on it too. */
  readonly said: HTMLElement
  /** Shows this banner, or none; `section` is where the user wants to edit. */
  draw(next: Banner | undefined, section: string | undefined): void
  /** True while it shows a time that runs down. */
  isCounting(): boolean
}

/** Makes an empty banner, whose buttons call `run`. */
export function bannerView(run: (action: Action) => void): BannerView {
  const element = h('div', { class: 'banner' })
  const said = h('p', { class: 'said', role: 'status' })
  let key = ''

  function labelOf(action: Action, section: string | undefined): string {
    return action === 'ask' && section !== undefined ? 'Ask for the section' : labels[action]
  }

  return {
    element,
    said,
    draw(next, section) {
      const nextKey = next ? `${next.key} ${section}` : ''
      if (nextKey !== key) {
        key = nextKey
        element.classList.toggle('urgent', next?.isUrgent === true)
        setText(said, next?.isSaid ? next.words : '')
        element.replaceChildren()
        if (!next) return
        const count = h('span', { class: 'count', role: 'timer' })
        element.append(
          h('p', {}, next.words, count),
          ...(next.quote === undefined ? [] : [h('blockquote', { tabindex: '0' }, next.quote)]),
          ...next.actions.map((action) =>
            button(
              labelOf(action, section),
              // The second click of a double one is not for the button that stands there now.
              ({ detail }) => detail > 1 || run(action),
              quiet.has(action) ? 'quiet' : '',
            ),
          ),
        )
      }
      const until = next?.until
      const count = element.querySelector('.count')
      if (count) setText(count, until === undefined ? '' : ` in ${timeLeft(until, Date.now())}.`)
    },
    isCounting: () => !!element.querySelector('.count')?.textContent,
  }
}
