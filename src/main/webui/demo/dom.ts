/** An element with attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** A button that does one thing. */
export function button(label: string, action: (event: MouseEvent) => unknown, kind = ''): HTMLButtonElement {
  const made = h('button', { type: 'button', class: kind }, label)
  made.addEventListener('click', action)
  return made
}

/** The switch that `theme.ts` listens to. */
export function themeSwitch(): HTMLElement {
  const theme = document.documentElement.dataset.theme
  const choice = (value: string, label: string) => {
    const input = h('input', { type: 'radio', name: 'theme', value })
    input.checked = value === theme
    return h('label', {}, input, h('span', {}, label))
  }
  return h(
    'fieldset',
    { class: 'theme' },
    h('legend', {}, 'Theme'),
    choice('light', 'Light'),
    choice('dark', 'Dark'),
    choice('system', 'System'),
  )
}

/** An address to carry by hand to another window, with a button that copies it where the browser allows. */
export function address(url: string): HTMLElement {
  const box = h('span', { class: 'address' }, h('code', {}, url))
  if (!navigator.clipboard) return box
  const copy = button('Copy', async () => {
    await navigator.clipboard.writeText(url)
    copy.textContent = 'Copied'
    setTimeout(() => (copy.textContent = 'Copy'), 2_000)
  })
  copy.setAttribute('aria-label', 'Copy the address')
  box.append(copy)
  return box
}

/** Gives a node its text; the same text again is no change, to a screen reader or to a selection. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text
}
