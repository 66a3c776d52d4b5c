import type { Presence, PresenceState } from '../src/index.js'
import { button, h } from './dom.js'
import { toNodes, toText } from './prose.js'
import { pageText } from './texts.js'

const outageShownAfterMs = 5_000

/* What the page has to say above its text, and what can be done about it. `key` says when it is something new. */
interface Banner {
  readonly key: string
  readonly words: string
  readonly actions: readonly HTMLElement[]
}

/* An open text area. `base` is the text it started from. */
interface Desk {
  readonly form: HTMLFormElement
  readonly area: HTMLTextAreaElement
  readonly base: string
}

/**
 * Editing a page under its lease: Edit claims the page, the text area opens when the claim is granted, now or
 * later. Whatever happens to the lease, what was typed stays: in the text area, and as a draft in this tab.
 */
export function editor(presence: Presence, prose: HTMLElement): HTMLElement {
  /*
   * Everything is drawn from three things: the presence's state, the open desk, and the draft. Whoever
   * changes one of them calls `draw`.
   */
  const texts = pageText(location.pathname, toText(prose))
  const edit = button('Edit', claim, 'primary')
  const banner = h('div', { class: 'banner' })
  const notice = h('p', { class: 'notice', role: 'status' })
  const changed = h('p', { class: 'small changed' })
  const root = h('div', { class: 'editor' }, edit, banner, notice)
  let desk: Desk | undefined
  let bannerKey = ''
  let outage: ReturnType<typeof setTimeout> | undefined
  let isOutage = false

  function claim() {
    if (presence.getSnapshot().isEditing) return
    notice.textContent = ''
    presence.setIsEditing(true)
  }

  function giveUp() {
    close()
    presence.setIsEditing(false)
    draw()
    focusFirst()
  }

  function open() {
    const { text, base } = texts.draft() ?? { text: texts.current(), base: texts.current() }
    const area = h('textarea', { id: 'area', rows: '18', spellcheck: 'true', 'aria-describedby': 'hint' })
    area.value = text
    area.addEventListener('input', () => keep())
    const form = h(
      'form',
      { class: 'desk' },
      h('label', { for: 'area' }, 'The text of this page'),
      area,
      h('p', { id: 'hint', class: 'small' }),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'submit', class: 'primary' }, 'Save'),
        button('Cancel', giveUp),
      ),
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      save()
    })
    form.addEventListener('keydown', (event) => {
      if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      save()
    })
    desk = { form, area, base }
    prose.hidden = true
    prose.after(form)
    // Promoted while the user is busy elsewhere on the page, we don't take the focus from them.
    const { activeElement } = document
    if (activeElement === document.body || root.contains(activeElement)) area.focus({ preventScroll: true })
  }

  function close() {
    desk?.form.remove()
    desk = undefined
    prose.hidden = false
  }

  function keep() {
    if (!desk) return
    const { area, base } = desk
    if (area.value === base) texts.dropDraft()
    else texts.keepDraft({ text: area.value, base })
  }

  function save() {
    const fence = fenceOf(presence.getSnapshot())
    if (!desk || fence === undefined) return
    texts.save(desk.area.value)
    texts.dropDraft()
    show()
    giveUp()
    notice.textContent =
      'Saved, in this browser only. A real backend would have checked your fence first: ' +
      `it is ${fence}, and a save with a lower one is refused.`
  }

  function show() {
    prose.replaceChildren(...toNodes(texts.current()))
    changed.replaceChildren()
    if (texts.isSaved())
      changed.append(
        'You changed this page, in this browser only. ',
        button('Restore its first text', () => {
          texts.restore()
          show()
          focusFirst()
        }),
      )
  }

  function draw() {
    const state = presence.getSnapshot()
    watchOutage(state)
    const fence = fenceOf(state)
    if (fence !== undefined && !desk) open()
    const hadFocus = root.contains(document.activeElement)
    drawEdit(state)
    drawDesk(fence)
    drawBanner(bannerOf(state))
    if (hadFocus && !root.contains(document.activeElement)) focusFirst()
  }

  function drawEdit(state: PresenceState) {
    const { status, isEditing, editing } = state
    const isAsking = isEditing && !editing
    // A button that goes away or is disabled takes the focus with it, so it stays until there is an answer.
    edit.hidden =
      desk !== undefined || editing !== undefined || status === 'signed-out' || status === 'refused'
    edit.setAttribute('aria-disabled', String(isAsking))
    const label = isAsking ? 'Asking…' : isHeldElsewhere(state) ? 'Wait to edit' : 'Edit'
    if (edit.textContent !== label) edit.textContent = label
  }

  function focusFirst() {
    root.querySelector<HTMLElement>('button:not([hidden]), a')?.focus()
  }

  function drawDesk(fence: number | undefined) {
    if (!desk) return
    const { form, base } = desk
    form.querySelector<HTMLButtonElement>('[type=submit]')!.disabled = fence === undefined
    const isStale = texts.current() !== base
    const hint = form.querySelector('#hint')!
    const words = [
      fence === undefined
        ? 'You can go on typing. Saving waits until the page is yours.'
        : `The page is yours, under fence ${fence}.`,
      isStale
        ? 'It was saved in another tab meanwhile: saving now replaces that.'
        : 'A blank line parts paragraphs, ## starts a heading, - a list.',
    ].join(' ')
    if (hint.textContent !== words) hint.textContent = words
  }

  function drawBanner(next: Banner | undefined) {
    if ((next?.key ?? '') === bannerKey) return
    bannerKey = next?.key ?? ''
    banner.replaceChildren()
    if (!next) return
    banner.append(h('p', {}, next.words), ...next.actions)
  }

  function bannerOf(state: PresenceState): Banner | undefined {
    const { status, editing, isEditing, problem } = state
    const kept = desk ? ' What you typed is kept in this tab.' : ''
    if (status === 'signed-out')
      return {
        key: `${status}${kept}`,
        words: `You are signed out, so nobody can see you here.${kept}`,
        actions: [h('a', { class: 'button', href: signIn() }, 'Sign in again')],
      }
    if (status === 'refused')
      return {
        key: `${status}${problem?.title}`,
        words: `The service refused this page: ${problem?.detail ?? problem?.title ?? 'it gave no reason'}.`,
        actions: [],
      }
    if (isOutage)
      return {
        key: `outage${kept}`,
        words: `The service is out of reach, and we keep trying. Who is here may be out of date.${kept}`,
        actions: [],
      }
    if (editing?.granted === false) return queueBanner(state, editing.position)
    if (!isEditing && !desk && texts.draft()) return draftBanner()
    if (!isEditing && isHeldElsewhere(state)) {
      const words = isSelf(state)
        ? 'You are editing this page in another tab.'
        : `${editorName(state)} is editing this page.`
      return { key: words, words, actions: [] }
    }
    return undefined
  }

  function queueBanner(state: PresenceState, position: number): Banner {
    const turn = position === 1 ? 'You are next' : `You are number ${position} in line`
    const who = isSelf(state) ? 'Your other tab' : editorName(state)
    const words = desk
      ? `${who} has the page now. Your text is safe here. ${turn}, and can save when it is your turn.`
      : `${who} is editing. ${turn}: the text opens by itself when it is your turn.`
    return { key: words, words, actions: [button(desk ? 'Stop editing' : 'Stop waiting', giveUp)] }
  }

  function draftBanner(): Banner {
    return {
      key: 'draft',
      words: 'This tab keeps a draft of yours that was not saved.',
      actions: [
        button('Continue', claim),
        button('Discard', () => {
          texts.dropDraft()
          draw()
        }),
      ],
    }
  }

  /* A short break is none: it heals before anybody needs to know. */
  function watchOutage({ status }: PresenceState) {
    if (status === 'reconnecting') {
      outage ??= setTimeout(() => {
        isOutage = true
        draw()
      }, outageShownAfterMs)
      return
    }
    clearTimeout(outage)
    outage = undefined
    isOutage = false
  }

  presence.subscribe(draw)
  texts.onChange(() => {
    show()
    draw()
  })
  prose.after(changed)
  show()
  draw()

  return root
}

function fenceOf({ status, editing }: PresenceState): number | undefined {
  return status !== 'stopped' && editing?.granted ? editing.fence : undefined
}

function isSelf({ self, editorUserId }: PresenceState): boolean {
  return self !== undefined && self.id === editorUserId
}

/* Right after giving the page up, a state may still name the user; with one tab that is old news. */
function isHeldElsewhere(state: PresenceState): boolean {
  const { viewers, self, editorUserId } = state
  if (!isSelf(state)) return editorUserId !== undefined
  return viewers.some(({ id, tabCount }) => id === self?.id && tabCount > 1)
}

function editorName({ editor }: PresenceState): string {
  return editor?.name || 'Someone'
}

/** Where to sign in and come back to this page. */
export function signIn(): string {
  return `/login?to=${location.pathname}`
}
