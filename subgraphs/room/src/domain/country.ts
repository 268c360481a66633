import { folded } from './text.ts'

/** What people also call a country. */
const alsoCalled: Record<string, string> = {
  usa: 'US',
  'united states of america': 'US',
  'great britain': 'GB',
  korea: 'KR',
  'republic of korea': 'KR',
  'czech republic': 'CZ',
  turkey: 'TR',
  holland: 'NL',
}

const english = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** Codes by English name: what the language itself knows of regions, so that there is no list to keep. */
const codes = new Map(Object.entries(alsoCalled))
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
  const name = english.of(code)
  if (name) codes.set(folded(name), canonical(code))
}

/** ISO 3166 code of a country given as code or English name; undefined where it is neither. */
export function countryCode(country: string): string | undefined {
  const given = country.trim().toUpperCase()
  if (/^[A-Z]{2}$/.test(given) && english.of(given)) return canonical(given)
  return codes.get(folded(country))
}

/** English name of a country given as code or name; undefined where it is not known. */
export function countryName(country: string): string | undefined {
  const code = countryCode(country)
  return code && english.of(code)
}

/** A country as searches compare it, so that `KR`, `kr` and `South Korea` are the same. */
export function countryKey(country: string): string {
  return countryCode(country) ?? folded(country)
}

/**
 * The time zone of a place, where it is plain: that of a country with one, or the one named after the city. UTC
 * where it cannot be told.
 */
export function likelyTimeZone(city: string, country: string): string {
  const code = countryCode(country)
  const zones = code ? zonesOf(code) : []
  const namedAfterCity = zones.find((zone) => folded(zone.slice(zone.lastIndexOf('/') + 1)) === folded(city))
  return namedAfterCity ?? (zones.length === 1 && zones[0] ? zones[0] : 'UTC')
}

/** Whether it is the name of a time zone, and not an offset. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The language has this method (Node 24), the compiler's library does not know it yet. */
type LocaleWithTimeZones = Intl.Locale & { getTimeZones(): string[] | undefined }

function zonesOf(code: string): readonly string[] {
  return (new Intl.Locale(`und-${code}`) as LocaleWithTimeZones).getTimeZones() ?? []
}

/** The code that is in use now, GB for UK. */
function canonical(code: string): string {
  return new Intl.Locale(`und-${code}`).region ?? code
}
