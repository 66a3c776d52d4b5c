import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPresence, sectionOf } from '../src/index.js'
import { freshDocument, settled } from './browser.js'
import { FakeService } from './fake-service.js'

describe('an anchor that is a name already', () => {
  test.each([
    'intro',
    'what-is-it?',
    '2.1/(a)',
    'überblick',
    'введение',
    '第一章',
    'می\u200cخواهم',
    'ന്\u200d',
    'క్\u200cష',
    '👩\u200d🚀',
    '❤\ufe0f\u200d🔥',
    '👍🏽',
    'x'.repeat(128),
    '第'.repeat(128),
    '😀'.repeat(128),
  ])('%s stays as it is', (anchor) => {
    expect(sectionOf(anchor)).toBe(anchor)
  })
})

describe('an anchor that is nearly one', () => {
  test.each([
    ['e\u0301tape', 'étape'],
    ['my section', 'my-section'],
    ['  a \n\t b\u00a0c\u3000', 'a-b-c'],
    ['soft\u00adhyphen', 'softhyphen'],
    ['zero\u200bwidth\ufeff', 'zerowidth'],
    ['a\u200cb', 'ab'],
    ['\u200dx\u200c', 'x'],
    ['ab\u202ecd\u200f', 'abcd'],
    ['e\u034f\u0301', 'é'],
    ['flag\u{e0067}\u{e007f}', 'flag'],
  ])('%j is %j', (anchor, name) => {
    expect(sectionOf(anchor)).toBe(name)
  })
})

describe('an anchor that can not be taken', () => {
  test.each([
    undefined,
    '',
    '   ',
    '\u200b\u200b',
    '\u3164',
    '\u2800',
    '\u202e',
    '\ufe0f',
    'a\u0000b',
    'a\u0085b',
    'a\ud800b',
    '\udc00',
    'a\ue000',
    'a\uffff',
    'a\ufffd',
  ])('%j is the page as a whole', (anchor) => {
    expect(sectionOf(anchor)).toBeUndefined()
  })
})

describe('an anchor that is too long', () => {
  test('is cut to 100 characters and a hash of the whole, always the same', () => {
    const anchor = 'a'.repeat(99) + '😀' + 'b'.repeat(200)

    expect(sectionOf(anchor)).toMatch(/^a{99}😀-[\da-z]{1,7}$/u)
    expect(sectionOf(anchor)).toBe(sectionOf(anchor))
    expect(sectionOf(anchor)).not.toBe(sectionOf(anchor + 'c'))
    // The form is known to the tabs of yesterday too.
    expect(sectionOf('a'.repeat(129))).toBe('a'.repeat(100) + '-1kfklgs')
  })

  test('ends in no joiner that joins nothing', () => {
    expect(sectionOf('م'.repeat(99) + 'ی\u200c' + 'خ'.repeat(50))).toMatch(/^م{99}ی-/)
    expect(sectionOf('م'.repeat(98) + 'ی\u200c' + 'خ'.repeat(50))).toMatch(/^م{98}ی-/)
    expect(sectionOf('a'.repeat(98) + '👩\u200d🚀' + 'b'.repeat(50))).toMatch(/^a{98}👩-/u)
  })

  test('is known by what was cut, in any spelling', () => {
    expect(sectionOf('é'.repeat(200))).toBe(sectionOf('e\u0301'.repeat(200)))
  })
})

describe('a presence', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    freshDocument()
  })
  afterEach(() => vi.useRealTimers())

  test('takes any anchor, and says under which name', async () => {
    const service = new FakeService()
    const heading = 'Über '.repeat(60)
    const presence = createPresence({ pagePath: '/a', fetch: service.fetch, push: false, section: heading })
    await settled()
    expect(service.last().body.section).toBe(sectionOf(heading))
    expect(presence.getSnapshot().section).toBe(sectionOf(heading))

    presence.setSection('\u200b')
    await settled()
    expect(service.last().body).not.toHaveProperty('section')

    presence.setSection('e\u0301tape')
    await settled()
    const calls = service.calls.length
    presence.setSection('\u00e9tape')
    await settled()
    expect(service.last().body.section).toBe('étape')
    expect(service.calls).toHaveLength(calls)
    presence.stop()
  })
})

/* By the words of P2 and P3, apart from the code: no table of one is one of the other. */
const isLetter = (text: string | undefined) => /^[\p{L}\p{M}]$/u.test(text ?? '')
const isEmoji = (text: string | undefined) => /^\p{ExtPict}$/u.test(text ?? '')
const isVirama = (text: string | undefined) => /^[\u094d\u0d4d]$/.test(text ?? '')

function isTaken(name: string): boolean {
  const all = [...name]
  return (
    all.length >= 1 &&
    all.length <= 128 &&
    name === name.normalize() &&
    !/[\p{Cc}\p{Cs}\p{Co}\p{Z}\u2800]/u.test(name) &&
    all.every((character, i) => {
      const [before, after] = [all[i - 1], all[i + 1]]
      if (character === '\ufe0f') return isEmoji(before)
      if (!/\p{DI}/u.test(character)) return true
      if (character === '\u200c') return isVirama(before) || (isLetter(before) && isLetter(after))
      if (character !== '\u200d') return false
      return (
        isVirama(before) ||
        (isLetter(before) && isLetter(after)) ||
        (isEmoji(after) && (isEmoji(before) || (/[\ufe0f\p{EMod}]/u.test(before!) && isEmoji(all[i - 2]))))
      )
    })
  )
}

test('whatever the anchor, the name is one that the service takes, and its own name', () => {
  let rolled = 7
  const roll = (sides: number) => (rolled = (rolled * 48_271) % 2_147_483_647) % sides
  const odd = [
    '\u200c',
    '\u200d',
    '\ufe0f',
    '\u00ad',
    '\u0301',
    '\u034f',
    ' ',
    'ی',
    'خ',
    'ക',
    '\u0d4d',
    '\u093c',
    '\u094d',
    '\u0951',
    '👩',
    '🚀',
    '❤',
    '🏽',
    '\u1100',
    '\u1161',
    '\u115f',
    '\u{e0061}',
    '\u2126',
    'x'.repeat(60),
  ]
  let taken = 0
  for (let round = 0; round < 20_000; round++) {
    const anchor = Array.from({ length: 1 + roll(12) }, () =>
      roll(6) ? odd[roll(odd.length)]! : String.fromCodePoint(roll(0x11_0000)),
    ).join('')
    const name = sectionOf(anchor)
    if (name === undefined) continue
    taken++
    expect({ anchor, name, isTaken: isTaken(name), again: sectionOf(name) }).toEqual({
      anchor,
      name,
      isTaken: true,
      again: name,
    })
  }
  expect(taken).toBeGreaterThan(5_000)
})
