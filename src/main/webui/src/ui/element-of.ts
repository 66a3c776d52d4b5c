/** Makes an element with these attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** Gives a node its text; the same text again is no change, to a screen reader or to a selection. */
export function setText(node: Element, text: string) {
  if (node.textContent !== text) node.textContent = text
}
