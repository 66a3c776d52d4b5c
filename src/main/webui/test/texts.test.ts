/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { englishLeaseTexts } from '../src/ui/lease/texts.js'
import { isolate, look } from '../src/ui/people.js'
import { englishTexts } from '../src/ui/texts.js'
import * as de from '../src/texts/de.js'
import * as en from '../src/texts/en.js'
import * as es from '../src/texts/es.js'
import * as fr from '../src/texts/fr.js'
import * as ja from '../src/texts/ja.js'

const languages = Object.entries({ de, en, es, fr, ja })
const reasons = ['editor-keeps', 'requested-by-other', 'not-requested', 'must-yield', undefined]

/* What a text gives for each parameter that it is called with: a name, no name, a section, no section, numbers. */
function said(key: string, text: unknown): string[] {
  if (typeof text === 'string') return [text]
  const call = text as (...parameters: unknown[]) => string
  if (key === 'notDone') return reasons.map((reason) => call(reason, isolate('Ana'), 'Conflict'))
  if (['initialled', 'namesake', 'refused', 'notOpened'].includes(key)) return [call('Ana')]
  if (key === 'person') return [call('Ana', []), call('Ana', ['one', 'two'])]
  const lease = ['waiting', 'askedBySomebody', 'kept']
  const whos = key === 'askedBefore' ? ['Ana', undefined] : []
  const shapes: unknown[][] = []
  for (const who of [isolate('Ana'), undefined])
    for (const section of ['Intro', undefined])
      for (const position of [1, 2])
        if (key === 'askedBefore') for (const other of whos) shapes.push([who, other, position, section])
        else if (lease.includes(key)) shapes.push([who, position, section, '0:59'])
        else shapes.push([who, section, '0:59'])
  return shapes.map((parameters) => call(...parameters))
}

describe.each(languages)('the texts in %s', (language, { presenceTexts, leaseTexts }) => {
  test.each([
    ['presence', presenceTexts, englishTexts],
    ['lease', leaseTexts, englishLeaseTexts],
  ])('have each of %s, of the same kind', (_, texts, english) => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort())
    for (const [key, text] of Object.entries(english))
      expect(typeof (texts as unknown as Record<string, unknown>)[key]).toBe(typeof text)
  })

  test('of a lease say each name, section and time that the English ones say, and nothing unknown', () => {
    for (const [key, text] of Object.entries(leaseTexts)) {
      const english = said(key, (englishLeaseTexts as unknown as Record<string, unknown>)[key])
      said(key, text).forEach((sentence, index) => {
        expect(sentence, `${language} ${key}`).not.toMatch(/undefined|null|NaN|\[object/)
        expect(sentence, `${language} ${key}`).not.toBe('')
        if (typeof text === 'string') return
        for (const part of ['\u2068Ana\u2069', 'Intro', '0:59'])
          if (english[index]!.includes(part) && key !== 'askedBySomebody')
            expect(sentence, `${language} ${key}`).toContain(part)
      })
    }
  })

  test('tell one from many, and one editor from another', () => {
    const viewers = [
      { id: 'a', name: 'Ana', tabCount: 1 },
      { id: 'b', name: 'Bob', tabCount: 2, away: true as const, typing: true as const, section: 'x' },
    ]
    const sections = [{ section: 'x', editorUserId: 'b' }]
    const options = { max: 5, hideSelf: false, texts: presenceTexts }
    const { label, everyone } = look({ viewers, sections, editorUserId: 'a' }, options)

    expect(label).toContain('2')
    expect(everyone[0]!.label).toContain(presenceTexts.editing)
    expect(everyone[1]!.label).toContain(presenceTexts.editingSection)
    expect(presenceTexts.editing).not.toBe(presenceTexts.editingSection)
    for (const isEdited of [true, false])
      for (const count of [1, 7]) expect(presenceTexts.here(count, isEdited)).toContain(String(count))
    expect(presenceTexts.here(7, true)).not.toBe(presenceTexts.here(7, false))
    expect(presenceTexts.refused('Ana', 3)).toContain('3')
  })

  test('cost nothing unless they are imported', () => {
    if (language === 'en') return
    for (const entry of ['index', 'element', 'lease', 'vue', 'react'])
      expect(readFileSync(`src/${entry}.ts`, 'utf8')).not.toContain('texts/')
    const imports = readFileSync(`src/texts/${language}.ts`, 'utf8').match(/^import.*$/gm)!
    expect(imports.filter((line) => !line.startsWith('import type'))).toEqual([])
  })
})
