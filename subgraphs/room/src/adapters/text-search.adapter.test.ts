import {
  asyncProperty,
  assert as check,
  constantFrom,
  integer,
  sample,
  string,
  stringMatching,
} from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folded } from '../domain/text.ts'
import { type OpenListings, openListings } from './testing-listings.ts'
import { toTextQuery } from './text-query.ts'
import { toTextVector } from './text-terms.ts'

let listings: OpenListings
beforeAll(async () => {
  listings = await openListings()
})
afterAll(() => listings.close())

/** Whether PostgreSQL finds a stored text by what is asked. */
async function finds(stored: string, asked: string): Promise<boolean> {
  const query = toTextQuery(asked)
  if (query === null) return false
  const [row] = await listings.database.$queryRaw<{ found: boolean }[]>`
    SELECT ${toTextVector([stored])}::tsvector @@ ${query}::tsquery AS found`
  return row?.found === true
}

/** A text, what finds it, what does not. */
const texts: [stored: string, found: string[], notFound: string[]][] = [
  // Width and compatibility forms.
  ['Flat with Wi-Fi', ['Ｗｉ－Ｆｉ', 'wi-fi', 'ＷＩ', '𝓦𝓲-𝓕𝓲', 'ⓦⓘ'], ['wlan', 'Ｗｌａｎ']],
  ['Ｗｉ－Ｆｉ　ｉｎｃｌｕｄｅｄ', ['wi-fi', 'included', '"wi-fi included"'], ['excluded']],
  ['ﬁne ﬂat, oﬃce', ['fine', 'flat', 'office', 'ﬁne'], ['fin flat', 'ice']],
  ['Room ① of 25 ㎡, floor Ⅷ', ['1', 'room 25 m2', 'viii', '㎡', '２５'], ['26', 'm3']],
  ['ｶﾌｪ ﾃﾗｽ ｶﾞｰﾃﾞﾝ', ['カフェ', 'テラス', 'ガーデン', 'ｶﾞｰ'], ['カーデン']],
  ['カフェ', ['ｶﾌｪ'], ['ガフェ']],
  ['㍿ホテル ㌔', ['株式会社', 'ホテル', 'キロ'], []],
  // Case and letters.
  ['Ħamrun, Għajn Ħalib', ['hamrun', 'HAMRUN', 'għajn', 'Ghajn halib', 'ħal'], ['amrun']],
  ['Łódź', ['lodz', 'LODZ', 'łódź', 'Lódz'], ['odz']],
  ['Øresund, Tromsø', ['oresund', 'tromso', 'TROMSØ'], ['tromsa']],
  ['Große Straße', ['grosse strasse', 'STRASSE', 'STRAẞE', 'straße'], ['strase']],
  ['STRASSE', ['straße', 'ſtraſſe'], []],
  ['Ærøskøbing Œuvre', ['aeroskobing', 'oeuvre', 'ærøskøbing'], []],
  ['Đà Nẵng, Đakovo', ['da nang', 'DAKOVO', 'đà nẵng'], []],
  ['İstanbul Kadıköy', ['istanbul', 'ISTANBUL', 'ıstanbul', 'kadikoy', 'KADIKÖY', 'KADIKOY'], []],
  ['DIYARBAKIR', ['diyarbakır', 'Dıyarbakir'], []],
  ['Þingvellir Seyðisfjörður', ['thingvellir', 'seydisfjordur'], []],
  ['Ŋarka Yorùbá Ɓauchi Ɔkɛ Gəncə', ['narka', 'yoruba', 'bauchi', 'oke', 'gence'], []],
  ['ΟΔΟΣ ΕΡΜΟΥ', ['οδός', 'οδοσ', 'ερμού'], ['οδη']],
  ['Ёлка, й', ['елка', 'ЁЛКА', 'и'], []],
  ['Cafe\u0301', ['café', 'cafe', 'CAFÉ'], []],
  ['Col·legi paral·lel ᴄᴏᴢʏ', ['collegi', 'COL·LEGI', 'coŀlegi', 'parallel', 'cozy'], []],
  ['so\u00adft and hid\u200dden', ['soft', 'hidden'], ['so hid']],
  // Arabic, Persian, Urdu, Hebrew.
  ['شَقَّة مَفْرُوشَة في القـــاهرة', ['شقة', 'شقه', 'مفروشة', 'القاهرة', 'القاهره', 'ﺷﻘﺔ'], ['شارع']],
  ['الإسكندرية أحمد آمن', ['الاسكندريه', 'الأسكندرية', 'احمد', 'إحمد', 'امن'], ['محمد']],
  ['مستشفى', ['مستشفي', 'مستشفی'], []],
  ['کتابخانه‌ی تهران، یک اتاق', ['كتابخانه', 'کتابخانهی', 'تهران', 'يك', 'اتاق'], ['شیراز']],
  ['ہوٹل کراچی', ['ہوٹل', 'كراچي', 'کراچی'], []],
  ['שָׁלוֹם לַחֶדֶר', ['שלום', 'לחדר', 'שָׁלוֹם'], ['חדר']],
  ['الغرفة ٢٥', ['25', '٢٥', '۲۵', '२५'], ['26']],
  // Indic: vowels are letters, the dot below is not.
  ['हिन्दी क़िला कमरा', ['हिन्दी', 'किला', 'क़िला', 'कम'], ['हन्द', 'कीला']],
  ['தமிழ் அறை', ['தமிழ்', 'அறை'], ['தமழ']],
  // Japanese.
  [
    '東京タワーの近く、静かな部屋',
    ['タワー', '東京', '東京タワー', '近く', '部屋', '静か', 'ﾀﾜｰ', 'ー'],
    ['タワ屋', '京都', '大阪'],
  ],
  ['海辺の家', ['海', '家', '海辺', 'の'], ['山', '海家', '辺海']],
  ['東京 タワー', ['東京タワー', '"東京 タワー"', 'タワー 東京'], ['タワー東京']],
  ['シティ・センター', ['センター', 'シティ', 'シティセンター', 'ｼﾃｨ･ｾﾝﾀｰ', 'シティ センター'], ['センタル']],
  ['日々のカフェ〆', ['日々', '々', '〆'], []],
  ['⽇本', ['日本', '日'], []],
  // Chinese.
  ['海景房间，近地铁站', ['房间', '海景', '地铁', '近地铁站', '海景房间'], ['房屋', '间房', '铁地']],
  ['北京市朝陽區', ['朝陽', '北京', '市'], ['朝阳']],
  ['𠮷野家𠀀', ['𠮷野', '𠀀', '野'], ['𠮷家']],
  // Korean.
  ['한강공원근처 조용한 집', ['공원', '한강', '한강공원', '근처', '조용', '집'], ['공장', '원공']],
  ['공원에서 가까운 방', ['공원', '방', '가까운'], ['공항']],
  ['한강 공원', ['한강공원', '공원 한강', '"한강 공원"'], ['"공원 한강"']],
  ['서울특별시 강남구'.normalize('NFD'), ['서울', '강남', '서울'.normalize('NFD')], ['부산']],
  ['서울 강남', ['강남'.normalize('NFD'), 'ﾡￂﾷﾤￂﾱ'], []],
  // Thai, Lao, Khmer, Burmese.
  ['ห้องพักใกล้ทะเลพร้อมสระว่ายน้ำ', ['ทะเล', 'ห้องพัก', 'สระว่ายน้ำ', 'น้ำ', 'ใกล้'], ['ภูเขา', 'ทะลา']],
  ['ຫ້ອງພັກໃກ້ແມ່ນ້ຳ', ['ຫ້ອງ', 'ໃກ້', 'ແມ່ນ້ຳ'], ['ພູ']],
  ['បន្ទប់ជិតសមុទ្រ', ['សមុទ្រ', 'បន្ទប់', 'ជិត'], ['ភ្នំ']],
  ['ကမ်းခြေအနီးအခန်း', ['ကမ်းခြေ', 'အခန်း', 'အနီး'], ['တောင်']],
  ['บ้าน\u200bสวน', ['บ้านสวน', 'สวน'], []],
  // Mixed, and what words are made of.
  [
    'Tokyoタワー view 2027年',
    ['tokyo タワー', 'タワー tokyo', 'tokyoタワー', '2027年', '年', 'タワー view'],
    ['タワー sea'],
  ],
  ['3LDKマンション', ['3ldk', 'マンション', '3LDKマンション'], ['4ldk']],
  ['l’hôtel O’Brien', ["l'hotel", 'hotel', "o'brien", 'OʼBrien', '"l hôtel"'], ['otel']],
  ['Hawaiʻi', ["Hawai'i", 'hawaiʻi', 'hawai‘i'], []],
  ['sea view', ['sea -海', 'view -タワー', 'mountain or 海 or sea'], ['sea -view', '海 or 山', '"view sea"']],
  ['🏡 home', ['home', '🏡 home'], ['🏡', '🏠']],
]

describe.each(texts)('%s', (stored, found, notFound) => {
  it.each(found)('is found by %s', async (asked) => expect(await finds(stored, asked)).toBe(true))
  if (notFound.length > 0)
    it.each(notFound)('is not found by %s', async (asked) => expect(await finds(stored, asked)).toBe(false))
})

it('types Latin letters as the dictionary of PostgreSQL does', async () => {
  await listings.database.$executeRaw`CREATE EXTENSION IF NOT EXISTS unaccent`
  const letters = Array.from({ length: 0x20000 }, (_, code) => String.fromCodePoint(code)).filter((letter) =>
    /[\p{L}&&\p{Script=Latin}]/v.test(letter),
  )
  const typed = await listings.database.$queryRaw<{ letter: string; plain: string }[]>`
    SELECT letter, unaccent(letter) AS plain FROM unnest(${letters}::text[]) AS letter WHERE unaccent(letter) <> letter`
  expect(typed.length).toBeGreaterThan(800)
  expect(typed.filter(({ letter, plain }) => folded(letter) !== folded(plain))).toEqual([])
})

it('finds rooms by any of their texts, and places however they are written', async () => {
  await listings.empty()
  await listings.offer('한강공원근처', { city: 'Łódź', country: 'PL', amenities: ['Ｗｉ－Ｆｉ', 'サウナ'] })
  await listings.offer('Tower', { city: '東京', country: 'JP', description: '東京タワーの近く' })
  await listings.offer('Plain', { city: 'Ｔｏｋｙｏ', country: 'JP' })
  expect(await listings.find({ text: '공원' })).toEqual(['한강공원근처'])
  expect(await listings.find({ text: 'タワー' })).toEqual(['Tower'])
  expect(await listings.find({ text: 'サウナ wi-fi' })).toEqual(['한강공원근처'])
  expect(await listings.find({ city: 'LODZ' })).toEqual(['한강공원근처'])
  expect(await listings.find({ city: 'tokyo' })).toEqual(['Plain'])
  expect(await listings.find({ amenities: ['wi-fi', 'ｻｳﾅ'] })).toEqual(['한강공원근처'])
  expect(await listings.find({ text: '東京 -タワー' })).toEqual([])
  expect(await listings.find({ text: 'poland or japan' })).toEqual(['Plain', 'Tower', '한강공원근처'])
})

it('finds no word across the texts of a room', async () => {
  await listings.empty()
  await listings.offer('한강', { city: '공원', country: 'KR' })
  expect(await listings.find({ text: '한강 공원' })).toEqual(['한강'])
  expect(await listings.find({ text: '강공' })).toEqual([])
})

/** Letters of scripts without spaces; of few, so that pairs repeat. */
const rows = ['東京都港区海', 'タワーの近くゃ', '한강공원에서', 'ทะเลน้ำใ', 'ຫ້ອງນ', 'សមុទ្រ', 'ကမ်းခြေ', '𠮷𠀀海']
const unspacedText = integer({ min: 0, max: rows.length - 1 }).chain((row) =>
  string({ unit: constantFrom(...(rows[row] ?? '')), minLength: 2, maxLength: 30 }),
)

it('finds each part of a text without spaces, and no other', async () => {
  await check(
    asyncProperty(unspacedText, unspacedText, integer(), integer(), async (text, other, from, length) => {
      const letters = [...text.normalize('NFC')]
      const first = Math.abs(from) % (letters.length - 1)
      const part = letters.slice(first, first + 2 + (Math.abs(length) % 8)).join('')
      expect(await finds(`before ${text} after`, part)).toBe(true)
      expect(await finds(text, other)).toBe(folded(text).includes(folded(other)))
    }),
    { numRuns: 300 },
  )
})

it('finds nothing and fails nowhere, whatever is typed', async () => {
  const typed = [
    ...sample(stringMatching(/^["\-ﷺ海a'\\&|!():*<> \u0e33]{0,200}$/), 100),
    ...sample(string({ unit: 'binary', maxLength: 200 }), 100),
    'ﷺ'.repeat(200),
    '海'.repeat(200),
    'a'.repeat(10_000),
    `"${'a 海 '.repeat(60)}"`,
  ]
  for (const text of typed) await finds('nothing of it: 東京', text.toWellFormed())
})

it('takes the longest texts', async () => {
  await listings.empty()
  const han = Array.from({ length: 9_000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('')
  await listings.offer('Han', { description: `${han}東京` })
  await listings.offer('One word', { description: 'w'.repeat(10_000) })
  await listings.offer('Long forms', { description: 'ﷺ'.repeat(10_000) })
  expect(await listings.find({ text: '東京' })).toEqual(['Han'])
  expect(await listings.find({ text: han.slice(8_000, 8_100) })).toEqual(['Han'])
  expect(await listings.find({ text: 'w'.repeat(200) })).toEqual(['One word'])
  expect(await listings.find({ text: 'الله' })).toEqual(['Long forms'])
})
