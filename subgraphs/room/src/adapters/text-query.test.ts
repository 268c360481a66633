import { assert, constantFrom, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { toTextQuery } from './text-query.ts'

it.each([
  ['sea view', "'sea' & 'view':*"],
  ['sea view ', "'sea' & 'view'"],
  ['  Málaga,CENTRO ', "'malaga' <1> 'centro'"],
  ['"sea view" flat', "'sea' <1> 'view' & 'flat':*"],
  ['"sea view', "'sea' <1> 'view'"],
  ['flat -"sea view" -pool', "'flat' & !('sea' <1> 'view') & !('pool')"],
  ['flat or house', "'flat' | 'house':*"],
  ['or flat OR', "'flat'"],
  ['bed-and-breakfast ', "'bed' <1> 'and' <1> 'breakfast'"],
  ["it's", "'it' <1> 's':*"],
  ['서울', "'서울'"],
  ['海', "'海':*"],
  ['タワー', "'タワ' <1> 'ワー'"],
  ['東京タワー', "'東京' <2> 'タワ' <1> 'ワー'"],
  ['"한강 공원" x', "'한강' <2> '공원' & 'x':*"],
  ['tokyo タワ', "'tokyo' & 'タワ'"],
  ['2027年間wifi ', "'2027' <1> '年間' <2> 'wifi'"],
  ['-海 or ＂Ｓｅａ　ｖｉｅｗ＂', "!('海':*) | 'sea' <1> 'view'"],
  ['& | ! <-> ( ) : * \\', null],
  ['', null],
])('%s', (text, query) => {
  expect(toTextQuery(text)).toBe(query)
})

const pieces = [
  'a',
  'É',
  '서',
  '울',
  'ー',
  'ﷺ',
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
  const phrase = `${word}(:\\*)?( <\\d+> ${word}(:\\*)?)*`
  const term = `(${phrase}|!\\(${phrase}\\))`
  const whole = new RegExp(`^${term}( [&|] ${term})*$`, 'u')
  assert(
    property(string({ unit: constantFrom(...pieces) }), (text) => {
      const query = toTextQuery(text)
      if (query !== null) expect(query).toMatch(whole)
    }),
  )
})
