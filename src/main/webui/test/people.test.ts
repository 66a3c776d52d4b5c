import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  colour,
  colours,
  coloursOf,
  initials,
  look,
  type LookOptions,
  type Visible,
} from '../src/ui/people.js'
import { englishTexts } from '../src/ui/texts.js'
import { ana, bob } from './fake-service.js'

const options: LookOptions = { max: 5, hideSelf: false, texts: englishTexts }
const people = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `u${i}`, name: `Person ${i}`, tabCount: 1 }))

function shownNames(state: Visible, change: Partial<LookOptions> = {}): string[] {
  return look(state, { ...options, ...change }).shown.map((person) => person.name)
}

describe('where people are and what they do', () => {
  test('is said with their name: editing, the section, typing', () => {
    const viewers = [{ ...bob, section: 'the-fence', typing: true as const, tabCount: 2 }, ana]
    const sections = [{ section: 'the-fence', editorUserId: bob.id }]
    const [his, hers] = look({ viewers, sections }, options).shown

    expect(his).toMatchObject({
      label: 'Bob Stone, editing a section, in the-fence, typing, 2 tabs',
      isEditor: true,
      isSectionEditor: true,
      isTyping: true,
    })
    expect(hers).toMatchObject({ label: 'Ana Reis', isEditor: false, isTyping: false })
  })

  // R8
  test('an editor of the page is another than one of a section, wherever they are', () => {
    const viewers = [{ ...bob, section: 'the-fence' }]
    const sections = [{ section: 'the-fence', editorUserId: bob.id }]
    const [seen] = look({ viewers, sections, editorUserId: bob.id }, options).shown

    expect(seen).toMatchObject({ label: 'Bob Stone, editing, in the-fence', isSectionEditor: false })
  })

  test('a section can be named as the page names it', () => {
    const texts = { ...englishTexts, section: (name: string) => `in “${name.toUpperCase()}”` }
    const [seen] = look({ viewers: [{ ...bob, section: 'x' }] }, { ...options, texts }).shown

    expect(seen!.label).toBe('Bob Stone, in “X”')
  })
})

describe('the colours of a page', () => {
  test('are each person’s own, as far as ten reach', () => {
    const viewers = people(10)
    const given = coloursOf(viewers)
    expect(new Set(given.values()).size).toBe(10)
    expect(given.get('u0')).toBe(colour('u0'))
    const seen = look({ viewers: viewers.slice(0, 5) }, options).shown
    expect(new Set(seen.map(({ colour }) => colour)).size).toBe(5)
    const many = coloursOf(people(25))
    for (const one of colours) expect([...many.values()].filter((two) => one === two).length).toBeLessThan(4)
  })

  test('stay while somebody comes after', () => {
    const before = coloursOf(people(7))
    const after = coloursOf(people(9))

    for (const [id, one] of before) expect(after.get(id)).toBe(one)
  })

  test('are the same for all who look', () => {
    const viewers = people(6)
    const [self] = viewers.slice(-1)
    const mine = look({ viewers, self }, { ...options, max: 9 }).shown
    const theirs = look({ viewers }, { ...options, max: 9 }).shown

    for (const { id, colour } of mine) expect(theirs.find((one) => one.id === id)!.colour).toBe(colour)
  })
})

describe('who is shown', () => {
  test('You come first, everybody else in the order of the snapshot', () => {
    expect(shownNames({ viewers: [bob, ana, ...people(2)], self: ana })).toEqual([
      'You',
      'Bob Stone',
      'Person 0',
      'Person 1',
    ])
  })

  test('the user can be left out, and is not counted then', () => {
    const seen = look({ viewers: [bob, ana], self: ana, viewerCount: 2 }, { ...options, hideSelf: true })

    expect(seen.shown.map((person) => person.name)).toEqual(['Bob Stone'])
    expect(seen.label).toBe('1 other viewing this page')
  })

  test('as many as there are places, and one fewer beside +N', () => {
    expect(look({ viewers: people(5) }, options)).toMatchObject({ hiddenCount: 0 })
    expect(shownNames({ viewers: people(5) })).toHaveLength(5)
    expect(look({ viewers: people(6) }, options)).toMatchObject({ hiddenCount: 2 })
    expect(shownNames({ viewers: people(6) })).toHaveLength(4)
  })

  test('people beyond those listed are counted too', () => {
    const seen = look({ viewers: people(10), viewerCount: 140 }, options)

    expect(seen).toMatchObject({
      label: '140 people viewing this page',
      hiddenCount: 136,
      unlistedCount: 130,
    })
  })

  test('an editor who would be hidden takes the last place, and nobody else moves', () => {
    expect(shownNames({ viewers: people(9), editorUserId: 'u7' })).toEqual([
      'Person 0',
      'Person 1',
      'Person 2',
      'Person 7',
    ])
    expect(look({ viewers: people(9), editorUserId: 'u7' }, options).everyone.map(({ id }) => id)).toEqual(
      people(9).map(({ id }) => id),
    )
  })
})

describe('how people are described', () => {
  test('by name, and by what they do', () => {
    const state: Visible = {
      viewers: [
        { ...bob, tabCount: 2 },
        { ...ana, away: true },
      ],
      editorUserId: bob.id,
      self: ana,
    }

    expect(look(state, options).everyone.map(({ label }) => label)).toEqual([
      'You, away',
      'Bob Stone, editing, 2 tabs',
    ])
  })

  test('a user without a name is someone, never an id', () => {
    const [someone] = look({ viewers: [{ id: '5f2c-77', name: '', tabCount: 1 }] }, options).everyone

    expect(someone).toMatchObject({ name: 'Someone', label: 'Someone', initials: 'S' })
  })

  test.each(['\u200b\u200b', '\u3164', '\u2800', '\u0301\u0301', ' \u00a0', '\u202e', '\ud800', '\u{e0041}'])(
    'a name of which nothing can be seen (%j) is none',
    (name) => {
      const [seen] = look({ viewers: [{ ...bob, name }] }, options).everyone

      expect(seen).toMatchObject({ name: 'Someone', label: 'Someone', initials: 'S' })
    },
  )

  test.each(['You', 'you', ' YOU. ', 'Y\u00adou', 'Ｙｏｕ', '“You”', 'Yo\u0301u'.normalize('NFD')])(
    'another who calls themselves %j does not pass for the user',
    (name) => {
      const seen = look({ viewers: [ana, { ...bob, name }], self: ana }, options).everyone

      expect(seen.map(({ label }) => label)).toEqual(['You', `${name.trim()} (another person)`])
      expect(seen[1]!.initials).not.toContain('A')
    },
  )

  test('nor in the words of another language, and the user who is called so is themselves', () => {
    const texts = { ...englishTexts, you: 'Vous', namesake: (name: string) => `« ${name} »` }
    const seen = look(
      {
        viewers: [
          { ...ana, name: 'You' },
          { ...bob, name: 'vous' },
        ],
        self: ana,
      },
      { ...options, texts },
    )

    expect(seen.everyone.map(({ label }) => label)).toEqual(['Vous', '« vous »'])
  })

  test('a name keeps its direction to itself: by isolates in plain text, where there are two directions', () => {
    const seen = look({ viewers: [{ ...bob, name: 'آنا!', tabCount: 2 }, ana] }, options).everyone

    expect(seen.map(({ label }) => label)).toEqual(['\u2068آنا!\u2069, 2 tabs', 'Ana Reis'])
    const texts = { ...englishTexts, editing: 'עורך' }
    const [hebrew] = look({ viewers: [ana], editorUserId: ana.id }, { ...options, texts }).everyone
    expect(hebrew!.label).toBe('\u2068Ana Reis\u2069, עורך')
  })

  test('joiners in a name stay, and what turns the text around does not', () => {
    const names = ['می\u200cخواهم', '👩\u200d🚀', 'Ann \u202enimda', 'Ann\nLee']
    const seen = look(
      { viewers: names.map((name, i) => ({ id: `u${i}`, name, tabCount: 1 })) },
      options,
    ).everyone

    expect(seen.map(({ name }) => name)).toEqual([names[0], names[1], 'Ann nimda', 'Ann Lee'])
  })

  test('in the words of the page', () => {
    const texts = { ...englishTexts, you: 'Vous', people: (n: number) => `${n} personnes` }
    const seen = look({ viewers: [ana, bob], self: ana }, { ...options, texts })

    expect(seen.label).toBe('2 personnes')
    expect(seen.shown[0]!.name).toBe('Vous')
  })
})

describe('initials', () => {
  test.each([
    ['Bob Stone', 'BS'],
    ['ana', 'A'],
    ['Ana Maria de la Cruz', 'AC'],
    ['  Ana   Reis ', 'AR'],
    ['Éva Ödön', 'ÉÖ'],
    ['E\u0301va', 'É'],
    ['(Bob) "Stone"', 'BS'],
    ['😀 Fox', '😀F'],
    ['𝒜lice', '𝒜'],
    ['王小明', '王'],
    ['👩\u200d🚀 Fox', '👩\u200d🚀F'],
    ['🇩🇪 de', '🇩🇪D'],
    ['क्षमा शर्मा', 'क्षश'],
    ['நிலா', 'நி'],
    ['محمد خان', 'م\u200cخ'],
    ['\u05d0\u05e0\u05d4 \u05dc\u05d9', '\u05d0\u05dc'],
    ['...', '.'],
  ])('of %s are %s', (name, expected) => {
    expect(initials(name)).toBe(expected)
  })
})

/* The service shows the same initials to those who see no names: its test reads the table, too (A7). */
describe('initials as the service has them', () => {
  const table = JSON.parse(readFileSync('test/initials.json', 'utf8')) as [string, string][]

  test.each(table)('of %s are %s', (name, expected) => {
    expect(initials(name)).toBe(expected)
  })
})

describe('colours', () => {
  test('are the same for the same id, and all of them are used', () => {
    const ids = Array.from({ length: 500 }, (_, i) => `user-${i}`)

    expect(ids.map(colour)).toEqual(ids.map(colour))
    expect(new Set(ids.map(colour))).toEqual(new Set(colours))
  })

  test.each(colours)('%s has a contrast of 4.5:1 with white', (value) => {
    const luminance = [1, 3, 5]
      .map((at) => parseInt(value.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i]!, 0)

    expect(1.05 / (luminance + 0.05)).toBeGreaterThanOrEqual(4.5)
  })
})
