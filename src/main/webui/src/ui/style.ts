/* Adopted as a constructed sheet: a <style> in the shadow root would be blocked by `style-src 'self'`. */
export const css = `
:host {
  --_size: var(--presence-size, 2rem);
  --_gap: var(--presence-gap, .375rem);
  --_ring: var(--presence-ring, #2f7de1);
  --_surface: var(--presence-surface, Canvas);
  --_text: var(--presence-text, CanvasText);
  --_line: color-mix(in srgb, var(--_text) 16%, transparent);
  --_soft: color-mix(in srgb, var(--_text) 8%, var(--_surface));
  --_muted: color-mix(in srgb, var(--_text) 68%, var(--_surface));
  display: inline-block;
  vertical-align: middle;
  line-height: 1.25;
}
:host([hidden]), :host([empty]), [hidden] { display: none !important }
.bar, .list { display: flex; align-items: center; gap: var(--_gap) }
.bar { flex-wrap: wrap }
ul { list-style: none; margin: 0; padding: 0 }

.avatar {
  position: relative;
  display: grid;
  place-items: center;
  inline-size: var(--_size);
  block-size: var(--_size);
  border-radius: 50%;
  background: var(--_colour);
  color: #fff;
  font-size: calc(var(--_size) * .38);
  font-weight: 600;
  letter-spacing: .02em;
  user-select: none;
  -webkit-user-select: none;
}
.avatar::after {
  content: '';
  position: absolute;
  inset: 0;
  border-radius: inherit;
  box-shadow: inset 0 0 0 1px rgb(0 0 0 / .12);
}
.initials {
  display: grid;
  place-items: center;
  inline-size: 100%;
  block-size: 100%;
  border-radius: inherit;
  overflow: hidden;
  white-space: nowrap;
}
.avatar img {
  position: absolute;
  inset: 0;
  inline-size: 100%;
  block-size: 100%;
  border-radius: inherit;
  object-fit: cover;
}
.editor .avatar { box-shadow: 0 0 0 2px var(--_surface), 0 0 0 4px var(--_ring) }
.popup.pointed { outline: none }
/* A part of the page is edited: the ring has gaps, and the glyph is a paragraph's. */
.section-editor .avatar { box-shadow: 0 0 0 2px var(--_surface); outline: 2px dashed var(--_ring); outline-offset: 2px }
.away .avatar { background: var(--_soft); color: var(--_muted) }
.away .avatar::after { box-shadow: inset 0 0 0 1px var(--_line) }
.hidden .avatar { background: var(--_soft); color: var(--_muted) }
.hidden .avatar::after { box-shadow: none; border: 2px dashed var(--_muted) }
.hidden img { opacity: .4; filter: grayscale(1) }
.away img { opacity: .4; filter: grayscale(1) }

.badge, .glyph, .typing {
  position: absolute;
  z-index: 1;
  display: grid;
  place-items: center;
  min-inline-size: 1.15em;
  block-size: 1.15em;
  border-radius: 1em;
  box-shadow: 0 0 0 2px var(--_surface);
  font-size: max(.625rem, calc(var(--_size) * .34));
  line-height: 1;
}
.badge {
  inset-block-start: -.3em;
  inset-inline-end: -.35em;
  padding-inline: .3em;
  box-sizing: border-box;
  background: var(--_text);
  color: var(--_surface);
  font-variant-numeric: tabular-nums;
  font-weight: 700;
}
.glyph {
  inset-block-end: -.3em;
  inset-inline-end: -.35em;
  background: var(--_ring);
  color: #fff;
}
.typing {
  inset-block-end: -.3em;
  inset-inline-end: -.35em;
  display: flex;
  gap: .12em;
  padding-inline: .3em;
  background: var(--_ring);
}
.typing i { inline-size: .22em; block-size: .22em; border-radius: 50%; background: #fff }
.glyph svg { inline-size: .75em; block-size: .75em; fill: currentColor }

button {
  box-sizing: border-box;
  min-inline-size: var(--_size);
  block-size: var(--_size);
  padding-inline: .5em;
  border: 1px solid var(--_line);
  border-radius: calc(var(--_size) / 2);
  background: var(--_soft);
  color: var(--_text);
  font: inherit;
  font-size: calc(var(--_size) * .4);
  font-weight: 600;
  font-variant-numeric: tabular-nums;
  direction: ltr;
  cursor: pointer;
}
button:hover { background: color-mix(in srgb, var(--_text) 14%, var(--_surface)) }
.unseen { position: absolute; min-inline-size: 0; inline-size: 1px; block-size: 1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%) }
.bar { position: relative }
.bar:has(.unseen:focus-visible) { outline: 2px solid var(--_ring); outline-offset: 4px; border-radius: calc(var(--_size) / 2) }
button:focus-visible, .popup:focus-visible:not(.pointed) { outline: 2px solid var(--_ring); outline-offset: 2px }

.count { color: var(--_muted); font-size: .875rem; font-variant-numeric: tabular-nums }

.status {
  display: inline-flex;
  align-items: center;
  gap: .4em;
  color: var(--_muted);
  font-size: .8125rem;
}
.status::before {
  content: '';
  inline-size: .5em;
  block-size: .5em;
  border-radius: 50%;
  background: #d97706;
}

.popup {
  position: fixed;
  inset: auto;
  box-sizing: border-box;
  min-inline-size: 14rem;
  max-inline-size: min(20rem, calc(100vw - 1rem));
  max-block-size: min(24rem, 60vh);
  margin: 0;
  padding: .5rem;
  overflow: auto;
  scrollbar-width: thin;
  border: 1px solid var(--_line);
  border-radius: .75rem;
  background: var(--_surface);
  color: var(--_text);
  box-shadow: 0 12px 32px rgb(0 0 0 / .18), 0 2px 6px rgb(0 0 0 / .1);
  font-size: .875rem;
  text-align: start;
}
.row { display: flex; align-items: center; gap: .75rem; padding: .375rem }
.row .avatar { flex: none; --_size: 1.75rem }
.words { min-inline-size: 0; overflow-wrap: anywhere; overflow: hidden }
.words [part=name] {
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 3;
  overflow: hidden;
  text-align: match-parent;
}
.details, .unlisted { color: var(--_muted); font-size: .8125rem }
.details { display: block }
.unlisted { margin: 0; padding: .375rem }

.said {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

@media (prefers-reduced-motion: no-preference) {
  .person { animation: arrive .18s ease-out }
  .avatar { transition: box-shadow .18s, background-color .18s }
  .status::before { animation: breathe 1.4s ease-in-out infinite }
  .typing i { animation: hop 1.2s ease-in-out infinite }
  .typing i:nth-child(2) { animation-delay: .15s }
  .typing i:nth-child(3) { animation-delay: .3s }
  @keyframes hop { 30% { transform: translateY(-.2em) } 60% { transform: none } }
  @keyframes arrive { from { opacity: 0; scale: .7 } }
  @keyframes breathe { 50% { opacity: .25 } }
}
@media (forced-colors: active) {
  .avatar, .badge, .glyph, .typing { border: 1px solid CanvasText; box-sizing: border-box }
  .editor .avatar { outline: 2px solid Highlight; outline-offset: 1px }
  .section-editor .avatar { outline-style: dashed }
  .away .avatar, .hidden .avatar { border-style: dashed }
  .badge, .glyph, .typing { background: Canvas; color: CanvasText }
  .typing i { background: CanvasText }
  .status::before { background: CanvasText; forced-color-adjust: none }
}
`
