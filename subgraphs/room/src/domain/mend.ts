import { changeOffer, type DetailsChange } from './details.ts'
import type { Offer } from './offer.ts'
import type { Places } from './place.ts'
import { type InvalidInput, isRefusal } from './refusal.ts'
import { isSame } from './room.ts'

/**
 * What becomes of an offer of an earlier version, which took any text for a country and more names for time zones: the
 * offer as it would be made today, 'sound' where that is the same, or what a person has to say first.
 */
export function mend(
  offer: Offer,
  given: Pick<DetailsChange, 'country' | 'timeZone'>,
  places: Places,
): Offer | 'sound' | InvalidInput {
  const mended = changeOffer(isByDefault(offer, places) ? { ...offer, timeZone: '' } : offer, given, places)
  return !isRefusal(mended) && isSame(mended, offer) ? 'sound' : mended
}

/** UTC was what a room got whose zone was not known. It is meant where clocks of the country show it. */
function isByDefault({ timeZone, country }: Offer, places: Places): boolean {
  const zones = places.timeZonesOf(places.countryCode(country) ?? '')
  return timeZone === 'UTC' && zones.length > 0 && !zones.some((zone) => places.showSameTime(zone, 'UTC'))
}
