import { hash } from './hash.js'

const longest = 128
const longestStart = 100

/*
 * The first group is spelling although nobody sees it: a joiner after a virama, or between two letters or marks of
 * Arabic or of a script of India; the style or skin of an emoji, and what joins it to the next. All else is what
 * nobody sees.
 */
const unseen =
  /([\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca][\u200c\u200d]|[\u0620-\u065f\u066e-\u06d3][\u200c\u200d](?=[\u0620-\u065f\u066e-\u06d3])|(?=[\u0900-\u0df3])[\p{L}\p{M}][\u200c\u200d](?=[\u0900-\u0df3])(?=[\p{L}\p{M}])|(?=\p{ExtPict})\p{Emoji}[\ufe0f\p{EMod}]?(?:\u200d(?=\p{ExtPict})(?=\p{Emoji}))?)|[\p{DI}\p{Cf}\u2800\u{16fe4}\u{1d159}]/gu

/* Controls, halves of surrogate pairs, what nobody has assigned, and the signs that stand for a broken character. */
const untaken = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\ufffc\ufffd]/u

/**
 * Gives the section's name for an anchor of any length and script, such as a heading's `id`: what `setSection` tells
 * the service and what a state says, so that a heading is looked up by `sectionOf(heading.id)`.
 *
 * It is the anchor itself in NFC, with `-` for white space and without what nobody sees. A name of more than 128
 * characters is cut to 100 and followed by a hash of the whole. Undefined, which is the page as a whole, when
 * there is no anchor or nothing to see in it, or when it holds a control or half a surrogate pair.
 * `sectionOf(sectionOf(x))` is `sectionOf(x)`.
 */
export function sectionOf(anchor: string | undefined): string | undefined {
  const name = visible(anchor?.trim().replace(/[\p{Z}\t-\r]+/gu, '-') ?? '')
  if (!name || untaken.test(name)) return undefined
  const characters = [...name]
  if (characters.length <= longest) return name
  return visible(`${characters.slice(0, longestStart).join('')}-${hash(name).toString(36)}`)
}

/* In NFC, which may move a mark between a letter and its joiner: as often as that changes something. */
function visible(text: string): string {
  const next = text.replace(unseen, '$1').normalize()
  return next === text ? text : visible(next)
}
