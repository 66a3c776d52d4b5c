/* Adopted as a constructed sheet: a <style> in the shadow root would be blocked by `style-src 'self'`. */
export const css = `
:host {
  --_surface: var(--lease-surface, color-mix(in srgb, CanvasText 7%, Canvas));
  --_urgent: var(--lease-urgent, light-dark(#fdf1dc, #33270f));
  --_text: var(--lease-text, CanvasText);
  --_accent: var(--lease-accent, light-dark(#175cd3, #84b4ff));
  --_on-accent: var(--lease-on-accent, light-dark(#fff, #06182f));
  --_warn: var(--lease-warn, light-dark(#a15c00, #e0a64a));
  display: block;
  position: sticky;
  inset-block-start: var(--lease-top, 0px);
  z-index: var(--lease-layer, 1);
  color: var(--_text);
  font: var(--lease-font, .9375rem/1.5 system-ui, sans-serif);
}
:host([hidden]), [hidden] { display: none !important }
/* Without a box it would make a gap; what is said to those who hear the page needs none. */
:host([empty]) { display: contents }
.banner {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: .625rem 1rem;
  box-sizing: border-box;
  max-block-size: 50vh;
  padding: .75rem 1rem;
  overflow: auto;
  border-radius: var(--lease-radius, 8px);
  background: var(--_surface);
}
.banner:empty { display: none }
.urgent { background: var(--_urgent); box-shadow: inset .25rem 0 var(--_warn) }
.urgent:dir(rtl) { box-shadow: inset -.25rem 0 var(--_warn) }
p { flex: 1 1 18rem; margin: 0; overflow-wrap: anywhere }
blockquote {
  flex: 1 0 100%;
  max-block-size: 12rem;
  margin: 0;
  padding-inline-start: .875rem;
  border-inline-start: 2px solid color-mix(in srgb, var(--_text) 25%, transparent);
  overflow: auto;
  white-space: pre-wrap;
}
.count { font-weight: 600; font-variant-numeric: tabular-nums }
.problem { flex-basis: 100% }
.problem:empty { display: none }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; max-inline-size: 100% }
button, a {
  box-sizing: border-box;
  min-block-size: 2.125rem;
  padding: .375rem .875rem;
  border: 1px solid color-mix(in srgb, var(--_text) 32%, transparent);
  border-radius: var(--lease-button-radius, 7px);
  background: transparent;
  color: inherit;
  font: inherit;
  font-weight: 500;
  text-decoration: none;
  cursor: pointer;
}
button:hover, a:hover { border-color: var(--_text) }
.primary { border-color: var(--_accent); background: var(--_accent); color: var(--_on-accent) }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px }
.said { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
@media (forced-colors: active) {
  .banner { border: 1px solid CanvasText }
  .primary { border-width: 2px }
}
`
