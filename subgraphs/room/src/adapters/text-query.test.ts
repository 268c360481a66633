import { assert, constantFrom, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { toTextQuery } from './text-query.ts'

it.each([
  ['sea view', "'sea' & 'view':*"],
  ['sea view ', "'sea' & 'view'"],
  ['  Málaga,CENTRO ', "'malaga' <-> 'centro'"],
  ['"sea view" flat', "'sea' <-> 'view' & 'flat':*"],
  ['"sea view', "'sea' <-> 'view'"],
  ['flat -"sea view" -pool', "'flat' & !('sea' <-> 'view') & !('pool')"],
  ['flat or house', "'flat' | 'house':*"],
  ['or flat OR', "'flat'"],
  ['bed-and-breakfast ', "'bed' <-> 'and' <-> 'breakfast'"],
  ["it's", "'it' <-> 's':*"],
  ['서울', "'서울':*"],
  ['& | ! <-> ( ) : * \\', null],
  ['', null],
])('%s', (text, query) => {
  expect(toTextQuery(text)).toBe(query)
})

const pieces = [
  'a',
  'É',
  '서',
  '2',
  ' ',
  ' or ',
  '"',
  '-',
  "'",
  '\\',
  '&',
  '|',
  '!',
  '(',
  ')',
  ':*',
  '<->',
  '\0',
  '\ud83d',
]

it('is made of quoted words and operators, whatever is typed', () => {
  const word = "'[\\p{L}\\p{N}\\p{M}]+'"
  const phrase = `${word}( <-> ${word})*(:\\*)?`
  const term = `(${phrase}|!\\(${phrase}\\))`
  const whole = new RegExp(`^${term}( [&|] ${term})*$`, 'u')
  assert(
    property(string({ unit: constantFrom(...pieces) }), (text) => {
      const query = toTextQuery(text)
      if (query !== null) expect(query).toMatch(whole)
    }),
  )
})
