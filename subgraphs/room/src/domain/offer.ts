import { isTimeZone } from './country.ts'
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
  /** Hundredths of a percent: 1000 is 10 %. */
  taxBasisPoints: number
  capacity: number
  address: string | null
  city: string
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

/** A rule that every offer keeps; `field` and `message` tell the host what to mend. */
export type Rule = Readonly<{ field: string; message: string; holds(offer: Offer): boolean }>

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

const rules: readonly Rule[] = [
  {
    field: 'name',
    message: 'must be one line of 1 to 200 visible characters',
    holds: ({ name }) => isLine(name, 200),
  },
  {
    field: 'description',
    message: 'must be text of at most 10000 characters',
    holds: ({ description }) => isAtMost(description, 10_000),
  },
  {
    field: 'pricePerNight',
    message: `must be between 1 and ${mostMoney}`,
    holds: ({ pricePerNight }) => isIn(pricePerNight.amount, 1, mostMoney),
  },
  {
    field: 'cleaningFee',
    message: `must be between 0 and ${mostMoney}`,
    holds: ({ cleaningFee }) => isIn(cleaningFee.amount, 0, mostMoney),
  },
  {
    field: 'cleaningFee',
    message: 'must be in the currency of the nightly price',
    holds: ({ cleaningFee, pricePerNight }) => cleaningFee.currency === pricePerNight.currency,
  },
  {
    field: 'taxPercent',
    message: 'must be between 0 and 100, with at most two decimals',
    holds: ({ taxBasisPoints }) => isIn(taxBasisPoints, 0, 10_000),
  },
  { field: 'capacity', message: 'must be between 1 and 50', holds: ({ capacity }) => isIn(capacity, 1, 50) },
  {
    field: 'address',
    message: 'must be one line of at most 300 characters',
    holds: ({ address }) => address === null || isLine(address, 300),
  },
  {
    field: 'city',
    message: 'must be one line of 1 to 100 characters',
    holds: ({ city }) => isLine(city, 100),
  },
  {
    field: 'country',
    message: 'must be one line of 2 to 100 characters',
    holds: ({ country }) => isLine(country, 100) && country.length >= 2,
  },
  {
    field: 'latitude',
    message: 'must be between -90 and 90',
    holds: ({ latitude }) => isDegree(latitude, 90),
  },
  {
    field: 'longitude',
    message: 'must be between -180 and 180',
    holds: ({ longitude }) => isDegree(longitude, 180),
  },
  {
    field: 'longitude',
    message: 'and latitude must be given together',
    holds: ({ latitude, longitude }) => (latitude === null) === (longitude === null),
  },
  {
    field: 'timeZone',
    message: 'must be the IANA name of a time zone, such as Asia/Seoul',
    holds: ({ timeZone }) => isTimeZone(timeZone),
  },
  {
    field: 'amenities',
    message: 'must be at most 100, each one line of 1 to 50 characters',
    holds: ({ amenities }) => amenities.length <= 100 && amenities.every((amenity) => isLine(amenity, 50)),
  },
  {
    field: 'photos',
    message: 'must be at most 50 links that begin with http:// or https://',
    holds: ({ photos }) => photos.length <= 50 && photos.every(isWebAddress),
  },
  { field: 'minNights', message: 'must be at least 1', holds: ({ minNights }) => isIn(minNights, 1, 3650) },
  {
    field: 'maxNights',
    message: 'must be at least minNights and at most 3650',
    holds: ({ minNights, maxNights }) => isIn(maxNights, minNights, 3650),
  },
  {
    field: 'bookingWindowDays',
    message: 'must be between 1 and 3650',
    holds: ({ bookingWindowDays }) => isIn(bookingWindowDays, 1, 3650),
  },
  {
    field: 'checkInTime',
    message: 'must be a time of day, such as 15:00',
    holds: ({ checkInTime }) => isTime(checkInTime),
  },
  {
    field: 'checkOutTime',
    message: 'must be a time of day, such as 11:00',
    holds: ({ checkOutTime }) => isTime(checkOutTime),
  },
]

/** The first rule that an offer does not keep, if any. */
export function brokenRule(offer: Offer): Rule | undefined {
  return rules.find((rule) => !rule.holds(offer))
}
