import type { Places } from './place.ts'
import type { Problem } from './refusal.ts'
import { isAtMost, isLine } from './text.ts'

/** Minor units of a currency: 1250 EUR is 12.50 euro. */
export type Money = Readonly<{ amount: number; currency: string }>

export type CancellationPolicy = 'FLEXIBLE' | 'MODERATE' | 'STRICT'

/** What a host offers: all details, all of them set. */
export type Offer = Readonly<{
  name: string
  description: string
  pricePerNight: Money
  /** Once per stay; of the same currency. */
  cleaningFee: Money
  /** 88,750 is 8.875 %. */
  taxPartsPerMillion: number
  capacity: number
  address: string | null
  city: string
  /** ISO 3166 alpha-2 code, `IT`. */
  country: string
  latitude: number | null
  longitude: number | null
  /** IANA name, `Asia/Seoul`. */
  timeZone: string
  /** In lower case, each once. */
  amenities: readonly string[]
  /** Links. */
  photos: readonly string[]
  cancellationPolicy: CancellationPolicy
  minNights: number
  maxNights: number
  /** How many days ahead of today a stay may start. */
  bookingWindowDays: number
  /** Wall-clock time at the room, `15:00`. */
  checkInTime: string
  checkOutTime: string
}>

/** A rule that every offer keeps, and what a host who broke it is told. */
type Rule = Problem & Readonly<{ holds(offer: Omit<Offer, 'timeZone'>, places: Places): boolean }>

/** The largest amount that clients of the API can be told: larger ones are not exact as JSON numbers. */
export const mostMoney = Number.MAX_SAFE_INTEGER

const isIn = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most

const isDegree = (value: number | null, most: number) =>
  value === null || (Number.isFinite(value) && Math.abs(value) <= most)

const isTime = (value: string) => /^([01]\d|2[0-3]):[0-5]\d$/.test(value)

function isWebAddress(link: string): boolean {
  if (!isLine(link, 2_000) || !URL.canParse(link)) return false
  return ['http:', 'https:'].includes(new URL(link).protocol)
}

const longestWindow = 3650
const longestStay = 3650

const rules: readonly Rule[] = [
  {
    field: 'name',
    message: 'The name must be one line of 1 to 200 visible characters.',
    code: 'MALFORMED',
    holds: ({ name }) => isLine(name, 200),
  },
  {
    field: 'description',
    message: 'The description must have at most 10000 characters.',
    code: 'TOO_LONG',
    holds: ({ description }) => isAtMost(description, 10_000),
  },
  {
    field: 'pricePerNight',
    message: `The price per night must be between 1 and ${mostMoney}.`,
    code: 'OUT_OF_RANGE',
    holds: ({ pricePerNight }) => isIn(pricePerNight.amount, 1, mostMoney),
  },
  {
    field: 'cleaningFee',
    message: `The cleaning fee must be between 0 and ${mostMoney}.`,
    code: 'OUT_OF_RANGE',
    holds: ({ cleaningFee }) => isIn(cleaningFee.amount, 0, mostMoney),
  },
  {
    field: 'cleaningFee',
    message: 'The cleaning fee must be in the currency of the price per night.',
    code: 'OTHER_CURRENCY',
    holds: ({ cleaningFee, pricePerNight }) => cleaningFee.currency === pricePerNight.currency,
  },
  {
    field: 'taxPercent',
    message: 'The tax must be between 0 and 100 percent, with at most four decimals.',
    code: 'OUT_OF_RANGE',
    holds: ({ taxPartsPerMillion }) => isIn(taxPartsPerMillion, 0, 1_000_000),
  },
  {
    field: 'capacity',
    message: 'The room must be for 1 to 50 guests.',
    code: 'OUT_OF_RANGE',
    holds: ({ capacity }) => isIn(capacity, 1, 50),
  },
  {
    field: 'address',
    message: 'The address must be one line of at most 300 characters.',
    code: 'MALFORMED',
    holds: ({ address }) => address === null || isLine(address, 300),
  },
  {
    field: 'city',
    message: 'The city must be one line of 1 to 100 characters.',
    code: 'MALFORMED',
    holds: ({ city }) => isLine(city, 100),
  },
  {
    field: 'country',
    message: 'This is not a country. Give its name or its ISO 3166 code, such as IT.',
    code: 'UNKNOWN_COUNTRY',
    holds: ({ country }, places) => places.countryCode(country) === country,
  },
  {
    field: 'latitude',
    message: 'The latitude must be between -90 and 90.',
    code: 'OUT_OF_RANGE',
    holds: ({ latitude }) => isDegree(latitude, 90),
  },
  {
    field: 'longitude',
    message: 'The longitude must be between -180 and 180.',
    code: 'OUT_OF_RANGE',
    holds: ({ longitude }) => isDegree(longitude, 180),
  },
  {
    field: 'longitude',
    message: 'Give latitude and longitude together, or neither.',
    code: 'INCOMPLETE',
    holds: ({ latitude, longitude }) => (latitude === null) === (longitude === null),
  },
  {
    field: 'amenities',
    message: 'Give at most 100 amenities, each one line of 1 to 50 characters.',
    code: 'MALFORMED',
    holds: ({ amenities }) => amenities.length <= 100 && amenities.every((amenity) => isLine(amenity, 50)),
  },
  {
    field: 'photos',
    message: 'Give at most 50 photos, as links that begin with http:// or https://.',
    code: 'MALFORMED',
    holds: ({ photos }) => photos.length <= 50 && photos.every(isWebAddress),
  },
  {
    field: 'minNights',
    message: `The shortest stay must be between 1 and ${longestStay} nights.`,
    code: 'OUT_OF_RANGE',
    holds: ({ minNights }) => isIn(minNights, 1, longestStay),
  },
  {
    field: 'maxNights',
    message: `The longest stay must have at least as many nights as the shortest, and at most ${longestStay}.`,
    code: 'OUT_OF_RANGE',
    holds: ({ minNights, maxNights }) => isIn(maxNights, Math.max(1, minNights), longestStay),
  },
  {
    field: 'bookingWindowDays',
    message: `The room must be bookable 1 to ${longestWindow} days ahead.`,
    code: 'OUT_OF_RANGE',
    holds: ({ bookingWindowDays }) => isIn(bookingWindowDays, 1, longestWindow),
  },
  {
    field: 'checkInTime',
    message: 'The check-in time must be a time of day, such as 15:00.',
    code: 'MALFORMED',
    holds: ({ checkInTime }) => isTime(checkInTime),
  },
  {
    field: 'checkOutTime',
    message: 'The check-out time must be a time of day, such as 11:00.',
    code: 'MALFORMED',
    holds: ({ checkOutTime }) => isTime(checkOutTime),
  },
]

/** What is wrong with an offer, but for its time zone, which details.ts finds or asks for. */
export function problemsOf(offer: Omit<Offer, 'timeZone'>, places: Places): Problem[] {
  return rules
    .filter((rule) => !rule.holds(offer, places))
    .map(({ field, message, code }) => ({ field, message, code }))
}
