import { likelyTimeZone } from './country.ts'
import { brokenRule, type Offer } from './offer.ts'
import { type InvalidInput, invalid } from './refusal.ts'

/** What a host says about a room; what is missing or null has a default. */
export type Details = Readonly<
  Pick<Offer, 'name' | 'pricePerNight' | 'city' | 'country'> &
    Nullable<Omit<Offer, 'name' | 'pricePerNight' | 'city' | 'country' | 'taxBasisPoints'>> & {
      taxPercent?: number | null
    }
>

/** What a host wants changed: what is missing stays, null puts a detail back to its default. */
export type DetailsChange = Nullable<Details>

type Nullable<Type> = { readonly [Key in keyof Type]?: Type[Key] | null }

const withoutDefault = ['name', 'pricePerNight', 'city', 'country'] as const

/** Makes an offer of what a host says, or says what is wrong with it. */
export function makeOffer(details: Details): Offer | InvalidInput {
  const offer = completed(details)
  const broken = brokenRule(offer)
  return broken ? invalid(broken.field, broken.message) : offer
}

/** The offer after a change, or what is wrong with it then. */
export function changeOffer(offer: Offer, change: DetailsChange): Offer | InvalidInput {
  const emptied = withoutDefault.find((field) => change[field] === null)
  if (emptied) return invalid(emptied, 'cannot be removed')
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  return makeOffer({ ...detailsOf(offer), ...given })
}

function completed(details: Details): Offer {
  const city = details.city.trim()
  const country = details.country.trim()
  const { pricePerNight: price, cleaningFee: fee } = details
  return {
    name: details.name.trim(),
    description: details.description ?? '',
    pricePerNight: { amount: price.amount, currency: price.currency },
    cleaningFee: fee
      ? { amount: fee.amount, currency: fee.currency }
      : { amount: 0, currency: price.currency },
    // Kept to a hundredth of a basis point, so that a third decimal is seen and refused, and 7.1 * 100 is 710.
    taxBasisPoints: Math.round((details.taxPercent ?? 0) * 10_000) / 100,
    capacity: details.capacity ?? 2,
    address: details.address?.trim() || null,
    city,
    country,
    latitude: details.latitude ?? null,
    longitude: details.longitude ?? null,
    timeZone: details.timeZone ?? likelyTimeZone(city, country),
    amenities: [...new Set(details.amenities?.map((amenity) => amenity.trim().toLowerCase()))],
    photos: details.photos ?? [],
    cancellationPolicy: details.cancellationPolicy ?? 'FLEXIBLE',
    minNights: details.minNights ?? 1,
    maxNights: details.maxNights ?? 365,
    bookingWindowDays: details.bookingWindowDays ?? 730,
    checkInTime: details.checkInTime ?? '15:00',
    checkOutTime: details.checkOutTime ?? '11:00',
  }
}

/** An offer as its host would say it. A fee of nothing has no currency of its own to keep. */
function detailsOf({ taxBasisPoints, cleaningFee, ...rest }: Offer): Details {
  return {
    ...rest,
    taxPercent: taxBasisPoints / 100,
    cleaningFee: cleaningFee.amount === 0 ? null : cleaningFee,
  }
}
