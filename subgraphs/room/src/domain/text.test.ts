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
  ['Ｗｉ－Ｆｉ', 'wi fi'],
  ['ﬁne ①②③ ㎡ Ⅷ ½', 'fine 123 m2 viii 1 2'],
  ['ｶﾌｪ ｶﾞﾗｽ', 'カフェ ガラス'],
  ['한강'.normalize('NFD'), '한강'],
  ['ﾾￂﾤﾡￂﾷ ﾡￂﾤￂ', '한강 가나'],
  ['Ħ Ł Ø Æ Đ Œ Þ Ŋ Ð Ŧ Ə Ɔ Ɓ', 'h l o ae d oe th n d t e o b'],
  ['ẞ ß ſ ŉ ı İ I', 'ss ss s n i i i'],
  ['ΟΔΟΣ ὁδός', 'οδοσ οδοσ'],
  ['مُحَمَّد مرحـبـا', 'محمد مرحبا'],
  ['أحمد إحمد آحمد ٱحمد', 'احمد احمد احمد احمد'],
  ['مدرسة على ﻣﺮﺣﺒﺎ', 'مدرسه علي مرحبا'],
  ['کتاب یک می\u200cخواهم', 'كتاب يك ميخواهم'],
  ['שָׁלוֹם', 'שלום'],
  ['٣ ۵ ६ ๗', '3 5 6 7'],
  ['क़िला', 'किला'],
  ['が か', 'が か'],
  ['น้ำ', 'น้ํา'],
  ['so\u00adft hy\u2060phen', 'soft hyphen'],
  ['Hawaiʻi', 'hawai i'],
])('%s is searched as %s', (text, as) => {
  expect(folded(text)).toBe(as)
  expect(folded(folded(text))).toBe(as)
})
