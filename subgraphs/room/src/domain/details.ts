import { type Offer, problemsOf } from './offer.ts'
import { type Place, type Places, timeZoneAfter, timeZoneOf } from './place.ts'
import { type InvalidInput, type Problem, refuseInput } from './refusal.ts'

/** What a host says about a room; what is missing or null has a default. */
export type Details = Readonly<
  Pick<Offer, 'name' | 'pricePerNight' | 'city' | 'country'> &
    Nullable<Omit<Offer, 'name' | 'pricePerNight' | 'city' | 'country' | 'taxPartsPerMillion'>> & {
      taxPercent?: number | null
    }
>

/** What a host wants changed: what is missing stays, null puts a detail back to its default. */
export type DetailsChange = Nullable<Details>

type Nullable<Type> = { readonly [Key in keyof Type]?: Type[Key] | null }

/** Makes an offer of what a host says, or says everything that is wrong with it. */
export function makeOffer(details: Details, places: Places): Offer | InvalidInput {
  const offer = completed(details, places)
  return checked(offer, timeZoneFor(offer, details.timeZone, places), details.timeZone, places)
}

/** The offer after a change, or everything that is wrong with it then. A room that moves takes the zone of its place. */
export function changeOffer(offer: Offer, change: DetailsChange, places: Places): Offer | InvalidInput {
  const [emptied, ...others] = needed.filter(({ field }) => change[field] === null)
  if (emptied) return refuseInput([emptied, ...others])
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  const changed = completed({ ...detailsOf(offer), ...given }, places)
  const timeZone =
    change.timeZone === undefined
      ? timeZoneAfter(offer, changed, places)
      : timeZoneFor(changed, change.timeZone, places)
  return checked(changed, timeZone, change.timeZone, places)
}

/** The zone that the host gives, else that of the place. */
const timeZoneFor = (offer: Place, given: string | null | undefined, places: Places) =>
  given == null ? timeZoneOf(offer, places) : places.timeZone(given)

function checked(
  offer: Omit<Offer, 'timeZone'>,
  timeZone: string | undefined,
  given: string | null | undefined,
  places: Places,
): Offer | InvalidInput {
  const problems = problemsOf(offer, places)
  // Where the country is not known, its zone cannot be: the host who corrects the one may not need to give the other.
  const isAsked = !timeZone && (given != null || problems.every(({ field }) => field !== 'country'))
  const [problem, ...others] = isAsked ? [...problems, problemOfTimeZone(given)] : problems
  if (problem) return refuseInput([problem, ...others])
  if (!timeZone) throw new Error('an offer without a time zone has no problem')
  return { ...offer, timeZone }
}

function problemOfTimeZone(given: string | null | undefined): Problem {
  const field = 'timeZone'
  return given == null
    ? {
        field,
        message:
          'The time zone does not follow from the place. Give its IANA name, such as America/New_York.',
        code: 'REQUIRED',
      }
    : {
        field,
        message: 'This is not a time zone. Give its IANA name, such as Asia/Seoul.',
        code: 'UNKNOWN_TIME_ZONE',
      }
}

const needed = [
  { field: 'name', message: 'A room needs a name.', code: 'REQUIRED' },
  { field: 'pricePerNight', message: 'A room needs a price per night.', code: 'REQUIRED' },
  { field: 'city', message: 'A room needs a city.', code: 'REQUIRED' },
  { field: 'country', message: 'A room needs a country.', code: 'REQUIRED' },
] as const satisfies readonly Problem[]

function completed(details: Details, places: Places): Omit<Offer, 'timeZone'> {
  const { pricePerNight: price, cleaningFee: fee } = details
  return {
    name: details.name.trim(),
    description: details.description ?? '',
    pricePerNight: { amount: price.amount, currency: price.currency },
    cleaningFee: fee
      ? { amount: fee.amount, currency: fee.currency }
      : { amount: 0, currency: price.currency },
    taxPartsPerMillion: partsPerMillion(details.taxPercent ?? 0),
    capacity: details.capacity ?? 2,
    address: details.address?.trim() || null,
    city: details.city.trim(),
    country: places.countryCode(details.country) ?? details.country.trim(),
    latitude: details.latitude ?? null,
    longitude: details.longitude ?? null,
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

/** Exact for a percentage of at most four decimals, as it is written; NaN for any other. Adding 0 makes 0 of -0. */
function partsPerMillion(percent: number): number {
  return /^-?\d+(\.\d{1,4})?$/.test(String(percent)) ? Math.round(percent * 10_000) + 0 : Number.NaN
}

/** An offer as its host would say it. A fee of nothing has no currency of its own to keep. */
function detailsOf({ taxPartsPerMillion, cleaningFee, ...rest }: Offer): Details {
  return {
    ...rest,
    taxPercent: taxPartsPerMillion / 10_000,
    cleaningFee: cleaningFee.amount === 0 ? null : cleaningFee,
  }
}
