import library from 'i18n-iso-countries'
import { folded } from '../domain/text.ts'

/** What people call a country, beside the names that the library and the language know. */
const alsoCalled: Record<string, string> = {
  uk: 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  korea: 'KR',
  holland: 'NL',
  'vatican city': 'VA',
}

/** Languages in which the usual name of a country is often not the one that the library has: 한국, 韓国. */
const otherNamesIn = ['en', 'ko', 'ja', 'zh', 'zh-Hant']

const isCode = (code: string): boolean => library.isValid(code) && code.length === 2

/**
 * ISO 3166 alpha-2 code of a country: given by that, by its alpha-3 code, or by a name in one of the languages of the
 * library. Undefined for all else, also for names that two countries have (Congo).
 */
export function countryCode(text: string): string | undefined {
  const given = text.trim()
  const upper = given.toUpperCase()
  if (/^[A-Z]{2}$/.test(upper) && isCode(upper)) return upper
  if (/^[A-Z]{3}$/.test(upper)) {
    const code = library.alpha3ToAlpha2(upper)
    if (code) return code
  }
  return codesByName().get(folded(given))
}

const spoken = ['en', 'ko'].map(
  (language) => new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }),
)

/** The names of a country, given by its code, in the languages in which people search. */
export const countryNames = (code: string): string[] => spoken.flatMap((names) => names.of(code) ?? [])

let index: ReadonlyMap<string, string> | undefined

/** The index is made with the first name that is asked for: it takes a tenth of a second, and most clients send codes. */
function codesByName(): ReadonlyMap<string, string> {
  index ??= new Map([
    ...namesIn(library.getSupportedLanguages()),
    ...namesIn(['en']),
    ...Object.entries(alsoCalled),
  ])
  return index
}

/** The codes by the names of countries in some languages, without those that are several countries'. */
function namesIn(languages: readonly string[]): Map<string, string> {
  const found = new Map<string, string | null>()
  for (const [code, name] of languages.flatMap(namesOf)) {
    const key = folded(name)
    // Two letters are a code or nothing.
    if (key === '' || /^[a-z]{2}$/.test(key)) continue
    found.set(key, found.has(key) && found.get(key) !== code ? null : code)
  }
  return new Map([...found].flatMap(([key, code]) => (code === null ? [] : [[key, code]])))
}

function namesOf(language: string): [code: string, name: string][] {
  const all = Object.entries(library.getNames(language, { select: 'all' }))
  const named = all.flatMap(([code, names]) => names.map((name): [string, string] => [code, name]))
  if (!otherNamesIn.includes(language)) return named
  const more = ['long', 'short'].flatMap((style) => {
    const names = new Intl.DisplayNames(language, {
      type: 'region',
      style: style as 'long',
      fallback: 'none',
    })
    return all.map(([code]): [string, string] => [code, names.of(code) ?? ''])
  })
  return [...named, ...more]
}
