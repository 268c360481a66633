import { expect, it } from 'vitest'
import { places } from '../adapters/places.ts'
import type { RoomFilter, RoomSort } from './room-filter.ts'
import { readSearch } from './search.ts'

const eur = (amount: number) => ({ amount, currency: 'EUR' })

it('makes sense of nothing at all', () => {
  expect(readSearch({}, 'POPULARITY', places)).toEqual({
    sort: 'POPULARITY',
    text: null,
    cityKey: null,
    countryKey: null,
    near: null,
    stay: null,
    guests: null,
    price: null,
    amenities: [],
    hostId: null,
  })
})

it('compares as rooms are compared', () => {
  const near = { latitude: 1, longitude: 2 }
  const filter = { text: ' sea ', city: 'MÁLAGA ', country: 'spain', near, amenities: ['WiFi', 'wifi'] }
  expect(readSearch(filter, 'DISTANCE', places)).toMatchObject({
    text: 'sea',
    cityKey: 'malaga',
    countryKey: 'ES',
    near: { ...near, radiusKm: 10 },
    amenities: ['wifi'],
  })
  expect(readSearch({ text: ' ', city: '', country: ' ' }, 'NEWEST', places)).toMatchObject({
    text: null,
    cityKey: null,
  })
})

it('counts nights, also over a change of clocks', () => {
  const stay = { startDate: '2027-03-27', endDate: '2027-03-29' }
  expect(readSearch(stay, 'NEWEST', places)).toMatchObject({ stay: { ...stay, nights: 2 } })
})

it('takes one price for a bound', () => {
  expect(readSearch({ minPrice: eur(5) }, 'NEWEST', places)).toMatchObject({
    price: { currency: 'EUR', least: 5, most: 2 ** 53 - 1 },
  })
  expect(readSearch({ maxPrice: eur(5) }, 'NEWEST', places)).toMatchObject({ price: { least: 0, most: 5 } })
})

const here = { latitude: 0, longitude: 0, radiusKm: 1 }
it.each<[field: string, RoomFilter, RoomSort?]>([
  ['text', { text: 'x'.repeat(201) }],
  ['hostId', { hostId: 'x'.repeat(201) }],
  ['amenities', { amenities: ['x'.repeat(201)] }],
  ['near', { near: { ...here, latitude: 91 } }],
  ['near', { near: { ...here, longitude: Number.NaN } }],
  ['near', { near: { ...here, radiusKm: 0 } }],
  ['near', { near: { ...here, radiusKm: 20_001 } }],
  ['sort', {}, 'DISTANCE'],
  ['startDate', { startDate: '2027-01-01' }],
  ['startDate', { endDate: '2027-01-01' }],
  ['endDate', { startDate: '2027-01-02', endDate: '2027-01-02' }],
  ['guests', { guests: 0 }],
  ['minPrice', { minPrice: eur(-1) }],
  ['maxPrice', { maxPrice: eur(-1) }],
  ['maxPrice', { minPrice: eur(1), maxPrice: { amount: 2, currency: 'USD' } }],
  ['maxPrice', { minPrice: eur(2), maxPrice: eur(1) }],
])('refuses what makes no sense in %s: %j', (field, filter, sort = 'POPULARITY') => {
  expect(readSearch(filter, sort, places)).toMatchObject({ code: 'INVALID_INPUT', field })
})
