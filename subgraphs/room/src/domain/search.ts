import { mostMoney } from './offer.ts'
import type { Places } from './place.ts'
import { type InvalidInput, refuseInput } from './refusal.ts'
import { type Near, nonsenseIn, type RoomFilter, type RoomSort } from './room-filter.ts'
import { amenityKey, folded } from './text.ts'

/** A search that makes sense, in the terms in which rooms are compared. */
export type Search = Readonly<{
  sort: RoomSort
  text: string | null
  cityKey: string | null
  countryKey: string | null
  near: Near | null
  /** Half-open, `[startDate, endDate)`. */
  stay: Readonly<{ startDate: string; endDate: string; nights: number }> | null
  guests: number | null
  price: Readonly<{ currency: string; least: number; most: number }> | null
  amenities: readonly string[]
  hostId: string | null
}>

const dayMs = 24 * 60 * 60 * 1000

/** Makes sense of a filter and an order, or says why there is none in them. */
export function readSearch(filter: RoomFilter, sort: RoomSort, places: Places): Search | InvalidInput {
  const nonsense = nonsenseIn(filter, sort)
  if (nonsense) {
    const { field, message } = nonsense
    return refuseInput([{ field, message: `${field} ${message}`, code: 'INVALID' }])
  }
  return {
    sort,
    text: filter.text?.trim() || null,
    cityKey: filter.city?.trim() ? folded(filter.city) : null,
    // What is no country finds rooms of none; rooms of an earlier version are listed under what their hosts wrote.
    countryKey: filter.country?.trim()
      ? (places.countryCode(filter.country) ?? folded(filter.country))
      : null,
    near: filter.near ? { radiusKm: 10, ...filter.near } : null,
    stay: stayOf(filter),
    guests: filter.guests ?? null,
    price: priceOf(filter),
    amenities: [...new Set(filter.amenities?.map(amenityKey))],
    hostId: filter.hostId ?? null,
  }
}

function stayOf({ startDate, endDate }: RoomFilter): Search['stay'] {
  if (!startDate || !endDate) return null
  return { startDate, endDate, nights: (Date.parse(endDate) - Date.parse(startDate)) / dayMs }
}

function priceOf({ minPrice, maxPrice }: RoomFilter): Search['price'] {
  const currency = minPrice?.currency ?? maxPrice?.currency
  return currency ? { currency, least: minPrice?.amount ?? 0, most: maxPrice?.amount ?? mostMoney } : null
}
