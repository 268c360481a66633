import { describe, expect, it } from 'vitest'
import { countryCode, countryNames } from './countries.ts'

describe('a country', () => {
  it.each([
    [
      'IT',
      [
        'IT',
        'it',
        ' It ',
        'ITA',
        'ita',
        'Italy',
        'ITALY',
        'Italia',
        'Italie',
        'Italien',
        '이탈리아',
        'イタリア',
      ],
    ],
    [
      'KR',
      [
        'KR',
        'KOR',
        'South Korea',
        'Korea',
        'Republic of Korea',
        '대한민국',
        '한국',
        '韓国',
        '韩国',
        'Südkorea',
      ],
    ],
    ['US', ['US', 'USA', 'usa', 'United States', 'United States of America', 'Estados Unidos', '미국']],
    ['GB', ['GB', 'UK', 'uk', 'GBR', 'United Kingdom', 'Great Britain', 'England', 'Scotland']],
    ['DE', ['Germany', 'Deutschland', 'Allemagne', 'ドイツ', '독일']],
    ['CI', ['Côte d’Ivoire', "Cote d'Ivoire", 'Ivory Coast']],
    ['HK', ['Hong Kong', 'HKG', '香港', '홍콩']],
    ['CZ', ['Czechia', 'Czech Republic', 'Česko']],
    ['TR', ['Turkey', 'Türkiye', 'TÜRKİYE']],
    ['CD', ['Democratic Republic of the Congo', 'COD']],
    ['XK', ['Kosovo']],
    ['JP', ['日本', 'Japan', 'Japón']],
    ['GR', ['Ελλάδα', 'Greece']],
    ['RU', ['Россия', 'Russia']],
  ])('%s has one code, whatever it is called', (code, names) => {
    expect(names.map((name) => [name, countryCode(name)])).toEqual(names.map((name) => [name, code]))
  })

  it.each([
    ...[
      '',
      ' ',
      'Korea of nowhere',
      'Atlantis',
      'Europe',
      'QQ',
      'ZZ',
      'EU',
      'UN',
      'XX',
      'SU',
      'ZZZ',
      '380',
      'P',
      'It aly',
    ],
    // Two countries are called so.
    ...['Congo', 'Kongo'],
    ...['__proto__', 'constructor', 'toString', 'IT\0'],
  ])('is not called %j', (text) => {
    expect(countryCode(text)).toBeUndefined()
  })

  it('is found by its names in the languages of the hotel', () => {
    expect(countryNames('KR')).toEqual(['South Korea', '대한민국'])
  })
})
