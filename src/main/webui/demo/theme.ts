/*
 * Light, dark, or as the system has it. Loaded as a classic script before anything is painted, so that a
 * remembered choice does not flash; the page's own script puts the switch where it belongs.
 */
const themeKey = 'copresence-demo:theme'

applyTheme(rememberedTheme())

// Another tab's choice is this tab's too.
addEventListener('storage', ({ key }) => {
  if (key === themeKey) applyTheme(rememberedTheme())
})
document.addEventListener('change', ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.name !== 'theme') return
  rememberTheme(target.value)
  applyTheme(target.value)
})
document.addEventListener('DOMContentLoaded', () => applyTheme(rememberedTheme()))

function applyTheme(theme: string) {
  document.documentElement.dataset.theme = theme
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="theme"]'))
    input.checked = input.value === theme
}

function rememberedTheme(): string {
  try {
    return localStorage.getItem(themeKey) ?? 'system'
  } catch {
    return 'system'
  }
}

function rememberTheme(theme: string) {
  try {
    localStorage.setItem(themeKey, theme)
  } catch {
    // Storage may be forbidden; then the choice holds for this page.
  }
}
