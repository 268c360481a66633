import { canonicalTimeZone } from '@myhotel/kit/time-zones'
import { instantAt } from '@myhotel/kit/zone'
import zoneAt from '@photostructure/tz-lookup'
import type { Places } from '../domain/place.ts'
import { countryCode } from './countries.ts'

/** The language has this method (Node 24), the compiler's library does not know it yet. */
type LocaleWithTimeZones = Intl.Locale & { getTimeZones(): string[] | undefined }

/** Countries and time zones as libraries know them. */
export const places: Places = {
  countryCode,
  timeZone: canonicalTimeZone,

  timeZonesOf: remembered((country) => {
    if (!/^[A-Z]{2}$/.test(country)) return []
    const zones = (new Intl.Locale(`und-${country}`) as LocaleWithTimeZones).getTimeZones() ?? []
    return zones.flatMap((zone) => canonicalTimeZone(zone) ?? [])
  }),

  timeZoneAt(latitude, longitude) {
    if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return
    const zone = canonicalTimeZone(zoneAt(latitude, longitude))
    // At sea there are none but those of navigation, which no country keeps: a house on the shore may be taken for one there.
    return zone?.includes('/') && !zone.startsWith('Etc/') ? zone : undefined
  },

  showSameTime: (one, other) => one === other || clocksOf(one) === clocksOf(other),
}

const years = 3
const samplesOfAYear = 24

/** The offsets of a zone, twice a month from the year in which the process began. */
const clocksOf = remembered((zone) => {
  const year = new Date().getUTCFullYear()
  const samples = Array.from({ length: years * samplesOfAYear }, (_, index) => {
    const month = Math.floor(index / 2)
    const date = new Date(Date.UTC(year, month, index % 2 === 0 ? 1 : 15)).toISOString().slice(0, 10)
    return instantAt(date, '12:00', zone).getTime()
  })
  return samples.join()
})

/** Answers the same question once: there are few of them. */
function remembered<Answer>(answer: (asked: string) => Answer): (asked: string) => Answer {
  const answers = new Map<string, Answer>()
  return (asked) => {
    const known = answers.get(asked)
    if (known !== undefined) return known
    const found = answer(asked)
    answers.set(asked, found)
    return found
  }
}
