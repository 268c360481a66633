import cldr from 'cldr-bcp47/bcp47/timezone.json' with { type: 'json' }
import { dateIn, isUsableTimeZone } from './zone.ts'

/** What Unicode's CLDR lists of a time zone: all its names, and the IANA one where the first is an older name. */
type Entry = { readonly _alias?: string; readonly _iana?: string; readonly _deprecated?: boolean }

/**
 * The canonical name of each zone by all its names in lower case. Only names that the users of a zone agree about are in
 * it: Temporal, which counts with zones here, and Intl, which clients and mails use. `JST` is known to one and not to the
 * other.
 */
const canonicalNames = new Map<string, string>()
for (const entry of Object.values<Entry | string>({ ...cldr.keyword.u.tz })) {
  const names = typeof entry === 'string' ? [] : (entry._alias?.split(' ') ?? [])
  const first = typeof entry === 'string' ? undefined : (entry._iana ?? names[0])
  if (first === undefined || !isUsableTimeZone(first)) continue
  const canonical = isUtc(first) ? 'UTC' : first
  for (const name of names) if (isUsableTimeZone(name)) canonicalNames.set(name.toLowerCase(), canonical)
}

/**
 * The IANA name in use of a time zone that is given by any of its names, in any case: `Asia/Kolkata` for
 * `asia/calcutta`. Undefined for all else: abbreviations, offsets, names of no place such as `localtime`.
 */
export function canonicalTimeZone(name: string): string | undefined {
  return canonicalNames.get(name.trim().toLowerCase())
}

/** The canonical names of all time zones. */
export const timeZones: readonly string[] = [...new Set(canonicalNames.values())]

function isUtc(name: string): boolean {
  return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone === 'UTC'
}

const quarterOfAnHour = 15 * 60 * 1000

/**
 * The zones in which a date is today or to come at `now`, in milliseconds since the epoch: all their names, in lower
 * case; 'all' where it is so everywhere. Wherever a day begins, a quarter of an hour begins in UTC, so that answers hold
 * for that long.
 */
export function zonesNotPast(date: string, now: number): 'all' | readonly string[] {
  const quarter = Math.floor(now / quarterOfAnHour)
  if (quarter !== known.quarter) known = { quarter, dates: new Map() }
  const before = known.dates.get(date)
  if (before) return before
  const at = new Date(now)
  const [earliest, latest] = [dateIn('Etc/GMT+12', at), dateIn('Etc/GMT-14', at)]
  if (date >= latest) return 'all'
  if (date < earliest) return []
  const open = new Set(timeZones.filter((zone) => dateIn(zone, at) <= date))
  const zones = [...canonicalNames].flatMap(([name, canonical]) => (open.has(canonical) ? [name] : []))
  known.dates.set(date, zones)
  return zones
}

let known: { quarter: number; dates: Map<string, readonly string[]> } = { quarter: 0, dates: new Map() }
