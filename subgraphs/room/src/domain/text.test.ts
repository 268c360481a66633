import { expect, it } from 'vitest'
import { folded } from './text.ts'

it.each([
  ['  Málaga – Centro! ', 'malaga centro'],
  ['São Tomé', 'sao tome'],
  ['Straße in Łódź, Ærø', 'strasse in lodz aero'],
  ['İstanbul', 'istanbul'],
  ['서울특별시', '서울특별시'],
  ['東京・新宿', '東京 新宿'],
  ['हिन्दी', 'हिन्दी'],
  ['Ёлка', 'елка'],
  ['2-bed', '2 bed'],
  ['🏡', ''],
])('%s is searched as %s', (text, as) => {
  expect(folded(text)).toBe(as)
  expect(folded(folded(text))).toBe(as)
})
