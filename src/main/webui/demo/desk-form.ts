import { button, h } from './dom.js'

/** A text area with all that belongs to it. */
export interface DeskForm {
  readonly form: HTMLFormElement
  readonly area: HTMLTextAreaElement
}

/** Who types there, and what comes of it. */
export interface DeskUser {
  /** Something was typed. */
  onInput(): void
  /** The text is to be saved. */
  onSave(): void
  /** The user wants to edit no more. */
  onCancel(): void
  /** The backend is asked to check the fence, or no longer. */
  onCheck(): void
}

/** Makes a form with this text: of the section with that title, or of the whole page. */
export function deskForm(text: string, title: string | undefined, user: DeskUser): DeskForm {
  const area = h('textarea', {
    id: 'area',
    rows: title === undefined ? '18' : '8',
    spellcheck: 'true',
    'aria-describedby': 'hint',
  })
  area.value = text
  const check = h('input', { type: 'checkbox', id: 'check' })
  check.checked = true
  check.addEventListener('change', user.onCheck)
  const made = h(
    'form',
    { class: 'desk' },
    h(
      'label',
      // Right below the heading it would be said twice.
      { for: 'area', class: title === undefined ? '' : 'said' },
      title === undefined ? 'The text of this page' : `The section “${title}”`,
    ),
    area,
    h('p', { id: 'hint', class: 'small' }),
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'submit', class: 'primary' }, 'Save'),
      button('Cancel', user.onCancel),
      h('label', { class: 'check' }, check, 'The backend checks the fence'),
    ),
  )
  area.addEventListener('input', user.onInput)
  made.addEventListener('submit', (event) => {
    event.preventDefault()
    user.onSave()
  })
  made.addEventListener('keydown', (event) => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    user.onSave()
  })
  return { form: made, area }
}
