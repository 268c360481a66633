/** What is known of the world's countries and time zones; the adapters bring it in. */
export type Places = Readonly<{
  /** ISO 3166 alpha-2 code of a country given by its code or its name; undefined where it is no country's. */
  countryCode(text: string): string | undefined
  /** The name in use of a time zone given by any of its IANA names; undefined where it is not one that all agree about. */
  timeZone(name: string): string | undefined
  /** The time zones of a country, given by its code. */
  timeZonesOf(countryCode: string): readonly string[]
  /** The time zone in which a place lies; undefined at sea. */
  timeZoneAt(latitude: number, longitude: number): string | undefined
  /** Whether the clocks of two time zones show the same time, in the years to come. */
  showSameTime(one: string, other: string): boolean
}>

/** Where a room is, as far as it is known. */
export type Place = Readonly<{
  city: string
  /** ISO 3166 alpha-2 code. */
  country: string
  latitude: number | null
  longitude: number | null
}>

/**
 * The time zone of a place, where there can be no doubt: that of its coordinates if it is one of the country's, or the
 * only one that clocks of the country go by. A lookup by coordinates is not exact at borders, so beyond one the country's
 * own zone is taken where its clocks agree.
 */
export function timeZoneOf(
  { city, country, latitude, longitude }: Place,
  places: Places,
): string | undefined {
  const ofCountry = places.timeZonesOf(country)
  const here = latitude === null || longitude === null ? undefined : places.timeZoneAt(latitude, longitude)
  if (!here) return onlyOne(ofCountry, city, places)
  if (ofCountry.length === 0 || ofCountry.includes(here)) return here
  return ofCountry.find((zone) => places.showSameTime(zone, here))
}

/** The zone of a country whose clocks all show the same time; where it has several names, the city's own. */
function onlyOne(zones: readonly string[], city: string, { showSameTime }: Places): string | undefined {
  const [first, ...others] = zones
  if (!first || !others.every((zone) => showSameTime(first, zone))) return
  const name = city.toLowerCase().replaceAll(' ', '_')
  return zones.find((zone) => zone.toLowerCase().endsWith(`/${name}`)) ?? first
}

/**
 * The time zone of a room that has moved to another place: that of the new place where it is another one than that of the
 * old, else the one that it has. Undefined where it has to be asked for.
 */
export function timeZoneAfter(
  from: Place & { readonly timeZone: string },
  to: Place,
  places: Places,
): string | undefined {
  const had = places.timeZone(from.timeZone)
  const before: Place = { ...from, country: places.countryCode(from.country) ?? from.country }
  const isThere = before.country === to.country
  const hasMoved = !isThere || from.latitude !== to.latitude || from.longitude !== to.longitude
  if (had && !hasMoved) return had
  const now = timeZoneOf(to, places)
  if (!had || (now && now !== timeZoneOf(before, places))) return now
  return now || isThere || places.timeZonesOf(to.country).includes(had) ? had : undefined
}
