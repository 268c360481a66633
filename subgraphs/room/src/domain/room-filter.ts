import type { Money } from './offer.ts'
import { isAtMost } from './text.ts'

export type RoomSort = 'POPULARITY' | 'PRICE_ASC' | 'PRICE_DESC' | 'DISTANCE' | 'NEWEST'

/** What a guest looks for, as it was said; what is missing or null does not narrow the search. */
export type RoomFilter = Readonly<{
  text?: string | null
  city?: string | null
  country?: string | null
  near?: (Omit<Near, 'radiusKm'> & Partial<Pick<Near, 'radiusKm'>>) | null
  startDate?: string | null
  endDate?: string | null
  guests?: number | null
  minPrice?: Money | null
  maxPrice?: Money | null
  amenities?: readonly string[] | null
  hostId?: string | null
}>

export type Near = Readonly<{ latitude: number; longitude: number; radiusKm: number }>

/** A rule of searches that make sense; `field` and `message` tell the client what to mend. */
type Rule = Readonly<{ field: string; message: string; holds(filter: RoomFilter, sort: RoomSort): boolean }>

const textLimit = 200
const isFit = (text: string | null | undefined) => !text || isAtMost(text, textLimit)
const isWithin = (value: number | undefined, most: number) => value === undefined || Math.abs(value) <= most
const isPrice = (price: RoomFilter['minPrice']) => !price || price.amount >= 0

const textRule = (field: 'text' | 'city' | 'country' | 'hostId'): Rule => ({
  field,
  message: `must be text of at most ${textLimit} characters`,
  holds: (filter) => isFit(filter[field]),
})

const rules: readonly Rule[] = [
  textRule('text'),
  textRule('city'),
  textRule('country'),
  textRule('hostId'),
  {
    field: 'amenities',
    message: `must be at most 100, each text of at most ${textLimit} characters`,
    holds: ({ amenities }) => !amenities || (amenities.length <= 100 && amenities.every(isFit)),
  },
  {
    field: 'near',
    message: 'must have a latitude between -90 and 90',
    holds: ({ near }) => isWithin(near?.latitude, 90),
  },
  {
    field: 'near',
    message: 'must have a longitude between -180 and 180',
    holds: ({ near }) => isWithin(near?.longitude, 180),
  },
  {
    field: 'near',
    message: 'must have a radius of more than 0 and at most 20000 km',
    holds: ({ near }) => near?.radiusKm === undefined || (near.radiusKm > 0 && near.radiusKm <= 20_000),
  },
  {
    field: 'sort',
    message: 'DISTANCE needs the filter near',
    holds: ({ near }, sort) => sort !== 'DISTANCE' || Boolean(near),
  },
  {
    field: 'startDate',
    message: 'and endDate must be given together',
    holds: ({ startDate, endDate }) => Boolean(startDate) === Boolean(endDate),
  },
  {
    field: 'endDate',
    message: 'must be after startDate',
    holds: ({ startDate, endDate }) => !startDate || !endDate || startDate < endDate,
  },
  {
    field: 'guests',
    message: 'must be at least 1',
    holds: ({ guests }) => typeof guests !== 'number' || guests >= 1,
  },
  { field: 'minPrice', message: 'must not be negative', holds: ({ minPrice }) => isPrice(minPrice) },
  { field: 'maxPrice', message: 'must not be negative', holds: ({ maxPrice }) => isPrice(maxPrice) },
  {
    field: 'maxPrice',
    message: 'must be in the currency of minPrice',
    holds: ({ minPrice, maxPrice }) => !minPrice || !maxPrice || minPrice.currency === maxPrice.currency,
  },
  {
    field: 'maxPrice',
    message: 'must not be below minPrice',
    holds: ({ minPrice, maxPrice }) => !minPrice || !maxPrice || minPrice.amount <= maxPrice.amount,
  },
]

/** The first rule that a search does not keep, if any. */
export function nonsenseIn(filter: RoomFilter, sort: RoomSort): Rule | undefined {
  return rules.find((rule) => !rule.holds(filter, sort))
}
