import { describe, expect, test } from 'vitest'
import { pageOf, type PageParts } from '../src/index.js'

const at = (address: string, parts?: PageParts) => pageOf(new URL(address, 'https://site.example'), parts)

describe('without parts the page is the path, as it stands', () => {
  test.each([
    ['/docs/a?tab=2#intro', '/docs/a'],
    ['/', '/'],
    ['/wiki/é', '/wiki/%C3%A9'],
    ['/app/[slug]', '/app/[slug]'],
    ['/a/', '/a/'],
  ])('%s is %s', (address, page) => {
    expect(at(address)).toBe(page)
  })
})

describe('parameters that tell pages apart', () => {
  test.each([
    ['/wp-admin/post.php?post=1', '/wp-admin/post.php/%3Fpost=1'],
    ['/wp-admin/post.php?post=1&action=edit&utm_source=mail#top', '/wp-admin/post.php/%3Fpost=1'],
    ['/?post=1', '/%3Fpost=1'],
    ['/wp-admin/?post=1', '/wp-admin/%3Fpost=1'],
    ['/wp-admin/edit.php?page=2', '/wp-admin/edit.php'],
    ['/wp-admin/post.php?post=', '/wp-admin/post.php'],
  ])('%s is %s', (address, page) => {
    expect(at(address, { query: ['post'] })).toBe(page)
  })

  test('are in one order, whatever the address and the list have', () => {
    const pages = ['/t?f=2&t=5', '/t?t=5&f=2', '/t?x&t=5&f=2&f='].flatMap((address) => [
      at(address, { query: ['f', 't'] }),
      at(address, { query: ['t', 'f'] }),
    ])

    expect(new Set(pages)).toEqual(new Set(['/t/%3Ff=2&t=5']))
    expect(at('/t?tag=b&tag=a', { query: ['tag'] })).toBe(at('/t?tag=a&tag=b', { query: ['tag'] }))
  })

  test.each([
    ['title=Talk:Main/Sub', '%3Ftitle=Talk~3AMain~2FSub'],
    ['title=a+b', '%3Ftitle=a~20b'],
    ['title=%C3%A9', '%3Ftitle=~C3~A9'],
    ['title=e%CC%81', '%3Ftitle=~C3~A9'],
    ['title=100%', '%3Ftitle=100~25'],
    ['title=a~2Fb', '%3Ftitle=a~7E2Fb'],
    ['title=a%26title%3Db', '%3Ftitle=a~26title~3Db'],
    ['title=..', '%3Ftitle=..'],
    ['title=%00%E2%80%AE%FF', '%3Ftitle=~00~E2~80~AE~EF~BF~BD'],
  ])('?%s is spelled %s', (query, segment) => {
    expect(at(`/index.php?${query}`, { query: ['title'] })).toBe(`/index.php/${segment}`)
  })
})

describe('a fragment that names the page', () => {
  test.each([
    ['/app/#/docs/a', '/app/%23/docs/a'],
    ['/app#/docs/a/', '/app/%23/docs/a'],
    ['/app/#!/docs/a', '/app/%23/!/docs/a'],
    ['/app/#help', '/app/%23/help'],
    ['/app/#', '/app/'],
    ['/app/#/', '/app/'],
    ['/app/', '/app/'],
    ['/#/docs//../a', '/%23/docs/a'],
    ['/#/docs/%2e%2E/a', '/%23/docs/a'],
    ['/#/docs/a%2Fb', '/%23/docs/a~2Fb'],
    ['/#/é', '/%23/~C3~A9'],
    ['/#/100%', '/%23/100~25'],
    ['/#/a?post=1', '/%23/a'],
  ])('%s is %s', (address, page) => {
    expect(at(address, { hash: true })).toBe(page)
  })

  test('goes by the same parameters', () => {
    const parts = { query: ['post'], hash: true }

    expect(at('/app/?post=7&x=1#/edit?x=2&post=1', parts)).toBe('/app/%3Fpost=7/%23/edit/%3Fpost=1')
    expect(at('/app/#?post=1', parts)).toBe('/app/%23/%3Fpost=1')
    expect(at('/app/#/edit?post=a?b', parts)).toBe('/app/%23/edit/%3Fpost=a~3Fb')
  })
})

/* What the service refuses in a path beside its length (P2), of what is in ASCII. */
const refused =
  /\/\/|\/\.{1,2}(?:\/|$)|%(?:[01][\dA-F]|2F|5C|7F|25[\dA-F]{2})|%(?![\dA-F]{2})|[^!$%&'()*+,\-./\w:;=@~]/

test('whatever stands in query and fragment, the page is a valid path and tells values apart', () => {
  const marks = [
    '',
    '/',
    '.',
    '..',
    '%',
    '%2F',
    '~',
    '&',
    '=',
    '?',
    '#',
    '\\',
    ' ',
    '\u0000',
    '\u200b',
    '\u202e',
  ]
  const words = [...marks, 'a', 'é', '😀', '\u0338', '\ud800', '[0]', '%41', '+']
  const pages = new Map<string, string>()
  for (const one of words) {
    for (const other of words) {
      const url = new URL('https://site.example/app/')
      url.searchParams.set('p', one + other)
      const page = pageOf(url, { query: ['p'] })
      const value = url.searchParams.get('p')!.normalize()
      expect(page.slice(1)).not.toMatch(refused)
      expect(pages.get(page) ?? value).toBe(value)
      pages.set(page, value)
      url.hash = `/${one}/${other}`
      expect(pageOf(url, { query: ['p'], hash: true }).slice(1)).not.toMatch(refused)
    }
  }
  expect(pages.size).toBeGreaterThan(400)
})
