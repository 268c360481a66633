import { describe, expect, it } from 'vitest'
import { places } from '../adapters/places.ts'
import { changeOffer, type Details, type DetailsChange, makeOffer } from './details.ts'
import type { Offer } from './offer.ts'
import { isRefusal } from './refusal.ts'

const least: Details = {
  name: '  A room  ',
  pricePerNight: { amount: 10_000, currency: 'EUR' },
  city: ' Lisbon',
  country: 'Portugal ',
  timeZone: 'Europe/Lisbon',
}

function offerOf(details: Partial<Details> = {}): Offer {
  const offer = makeOffer({ ...least, ...details }, places)
  if (isRefusal(offer)) throw new Error(offer.message)
  return offer
}

describe('an offer', () => {
  it('is made of a name, a price and a place, with sensible defaults for all else', () => {
    expect(offerOf()).toEqual({
      name: 'A room',
      description: '',
      pricePerNight: { amount: 10_000, currency: 'EUR' },
      cleaningFee: { amount: 0, currency: 'EUR' },
      taxPartsPerMillion: 0,
      capacity: 2,
      address: null,
      city: 'Lisbon',
      country: 'PT',
      latitude: null,
      longitude: null,
      timeZone: 'Europe/Lisbon',
      amenities: [],
      photos: [],
      cancellationPolicy: 'FLEXIBLE',
      minNights: 1,
      maxNights: 365,
      bookingWindowDays: 730,
      checkInTime: '15:00',
      checkOutTime: '11:00',
    })
  })

  it('has each amenity once, in lower case', () => {
    expect(offerOf({ amenities: ['WiFi', ' wifi ', 'Pool'] }).amenities).toEqual(['wifi', 'pool'])
  })

  it.each([
    [7.1, 71_000],
    [0.29, 2_900],
    [19.99, 199_900],
    [8.875, 88_750],
    [0.0001, 1],
    [99.9999, 999_999],
    [100, 1_000_000],
    [-0, 0],
  ])('is taxed exactly: %d %%', (taxPercent, taxPartsPerMillion) => {
    expect(offerOf({ taxPercent }).taxPartsPerMillion).toBe(taxPartsPerMillion)
  })

  it.each<Partial<Details>>([
    { name: '민박 🏡 "Ocean & Sky"' },
    { name: '👨‍👩‍👧‍👦'.repeat(20) },
    { name: 'בית קטן' },
    { description: 'Two\n\tlines' },
    { pricePerNight: { amount: 2 ** 53 - 1, currency: 'KRW' } },
    { latitude: -90, longitude: 180 },
    { latitude: 0, longitude: 0 },
    { timeZone: 'America/Argentina/Buenos_Aires' },
    { minNights: 3, maxNights: 3 },
    { photos: ['https://example.com/a b.jpg', 'http://localhost/x'] },
    { checkInTime: '00:00', checkOutTime: '23:59' },
  ])('may say %j', (details) => {
    expect(makeOffer({ ...least, ...details }, places)).not.toHaveProperty('code')
  })

  it.each<[string, Partial<Details>]>([
    ['name', { name: '' }],
    ['name', { name: ' \u00a0\u200b\u2060' }],
    ['name', { name: 'x'.repeat(201) }],
    ['name', { name: `a${'\u0301'.repeat(10_000)}` }],
    ['name', { name: 'a\0b' }],
    ['name', { name: 'two\r\nlines' }],
    ['name', { name: 'turned \u202e around' }],
    ['description', { description: 'x'.repeat(10_001) }],
    ['pricePerNight', { pricePerNight: { amount: 0, currency: 'EUR' } }],
    ['pricePerNight', { pricePerNight: { amount: -1, currency: 'EUR' } }],
    ['pricePerNight', { pricePerNight: { amount: 2 ** 53, currency: 'EUR' } }],
    ['pricePerNight', { pricePerNight: { amount: 1.5, currency: 'EUR' } }],
    ['cleaningFee', { cleaningFee: { amount: -1, currency: 'EUR' } }],
    ['cleaningFee', { cleaningFee: { amount: 0, currency: 'USD' } }],
    ['taxPercent', { taxPercent: -0.01 }],
    ['taxPercent', { taxPercent: 100.01 }],
    ['taxPercent', { taxPercent: 100.0001 }],
    ['taxPercent', { taxPercent: 8.87501 }],
    ['taxPercent', { taxPercent: 0.1 + 0.2 }],
    ['taxPercent', { taxPercent: 1e-7 }],
    ['taxPercent', { taxPercent: 1e21 }],
    ['taxPercent', { taxPercent: Number.NaN }],
    ['taxPercent', { taxPercent: Number.POSITIVE_INFINITY }],
    ['capacity', { capacity: 0 }],
    ['capacity', { capacity: 51 }],
    ['address', { address: 'x'.repeat(301) }],
    ['city', { city: ' ' }],
    ['country', { country: 'P' }],
    ['country', { country: 'P\0' }],
    ['country', { country: 'Korea of nowhere' }],
    ['country', { country: '' }],
    ['latitude', { latitude: 90.1, longitude: 0 }],
    ['longitude', { latitude: 0, longitude: -180.1 }],
    ['longitude', { latitude: 0 }],
    ['longitude', { longitude: 0 }],
    ['timeZone', { timeZone: 'Mars/Olympus' }],
    ['timeZone', { timeZone: '+02:00' }],
    ['amenities', { amenities: [''] }],
    ['amenities', { amenities: ['x'.repeat(51)] }],
    ['amenities', { amenities: Array.from({ length: 101 }, (_, index) => `a${index}`) }],
    ['photos', { photos: ['javascript:alert(1)'] }],
    ['photos', { photos: ['photo.jpg'] }],
    ['photos', { photos: Array.from({ length: 51 }, () => 'https://example.com/') }],
    ['minNights', { minNights: 0 }],
    ['maxNights', { minNights: 5, maxNights: 4 }],
    ['maxNights', { maxNights: 3_651 }],
    ['bookingWindowDays', { bookingWindowDays: 0 }],
    ['bookingWindowDays', { bookingWindowDays: 3_651 }],
    ['checkInTime', { checkInTime: '24:00' }],
    ['checkOutTime', { checkOutTime: '9:00' }],
  ])('has no such %s: %j', (field, details) => {
    expect(makeOffer({ ...least, ...details }, places)).toMatchObject({ code: 'INVALID_INPUT', field })
  })
})

describe('a change', () => {
  const offer = offerOf({ taxPercent: 7.25, latitude: 1, longitude: 2, timeZone: 'Asia/Tokyo', minNights: 2 })

  it('leaves what it does not name', () => {
    expect(changeOffer(offer, {}, places)).toEqual(offer)
    expect(changeOffer(offer, { city: 'Porto', name: undefined }, places)).toEqual({
      ...offer,
      city: 'Porto',
    })
  })

  it('puts back to its default what it empties', () => {
    const emptied = changeOffer(offer, { taxPercent: null, latitude: null, longitude: null }, places)
    expect(emptied).toEqual(offerOf({ minNights: 2, timeZone: 'Asia/Tokyo' }))
  })

  it('is checked as a whole', () => {
    expect(changeOffer(offer, { maxNights: 1 }, places)).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'maxNights',
    })
    expect(changeOffer(offer, { latitude: null }, places)).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'longitude',
    })
    expect(changeOffer(offer, { name: null }, places)).toMatchObject({ code: 'INVALID_INPUT', field: 'name' })
  })

  it('of the currency takes a fee of nothing with it, but no other', () => {
    const price = { pricePerNight: { amount: 1, currency: 'JPY' } }
    expect(changeOffer(offer, price, places)).toMatchObject({ cleaningFee: { amount: 0, currency: 'JPY' } })
    const withFee = offerOf({ cleaningFee: { amount: 5, currency: 'EUR' } })
    expect(changeOffer(withFee, price, places)).toMatchObject({ code: 'INVALID_INPUT', field: 'cleaningFee' })
  })
})

describe('the time zone', () => {
  const ny = { latitude: 40.71, longitude: -74.01 }
  const us = { city: 'Springfield', country: 'US', timeZone: null }
  const zone = (given: Partial<Details>) => {
    const offer = makeOffer({ ...least, timeZone: null, ...given }, places)
    return isRefusal(offer) ? offer.problems.map(({ field, code }) => `${field} ${code}`) : offer.timeZone
  }

  it.each<[Partial<Details>, string]>([
    [{ timeZone: 'asia/calcutta' }, 'Asia/Kolkata'],
    [{ timeZone: ' Asia/Seoul ' }, 'Asia/Seoul'],
    [{ timeZone: 'UTC' }, 'UTC'],
    [{ timeZone: 'Asia/Tokyo', ...ny }, 'Asia/Tokyo'],
    [{ ...us, ...ny }, 'America/New_York'],
    [{ country: 'Korea' }, 'Asia/Seoul'],
    [{ country: 'Germany' }, 'Europe/Berlin'],
    [{ country: 'Argentina', city: 'Buenos Aires' }, 'America/Argentina/Buenos_Aires'],
    [{ country: 'India' }, 'Asia/Kolkata'],
    [{ country: 'PT', latitude: 37.74, longitude: -25.67 }, 'Atlantic/Azores'],
    // In the sea before Rome.
    [{ country: 'IT', latitude: 41.5, longitude: 11.5 }, 'Europe/Rome'],
    // A house at the border, on its other side as the lookup sees it.
    [{ country: 'IT', latitude: 45.95, longitude: 13.64 }, 'Europe/Rome'],
    [{ country: 'XK', latitude: 42.66, longitude: 21.16 }, 'Europe/Belgrade'],
  ])('of %j is %s', (given, expected) => {
    expect(zone(given)).toBe(expected)
  })

  it.each<[Partial<Details>, string[]]>([
    [us, ['timeZone REQUIRED']],
    [{ city: 'New York', country: 'USA' }, ['timeZone REQUIRED']],
    [{ country: 'PT' }, ['timeZone REQUIRED']],
    [{ country: 'PT', latitude: 38, longitude: -15 }, ['timeZone REQUIRED']],
    [{ country: 'PT', ...ny }, ['timeZone REQUIRED']],
    [{ country: 'Atlantis' }, ['country UNKNOWN_COUNTRY']],
    [{ country: 'Korea of nowhere' }, ['country UNKNOWN_COUNTRY']],
    [{ country: '', ...ny }, ['country UNKNOWN_COUNTRY']],
    [{ country: 'Atlantis', timeZone: 'JST' }, ['country UNKNOWN_COUNTRY', 'timeZone UNKNOWN_TIME_ZONE']],
    [{ country: 'PT', capacity: 0 }, ['capacity OUT_OF_RANGE', 'timeZone REQUIRED']],
    ...['JST', 'PST', '+09:00', 'UTC+9', 'localtime', 'posixrules', 'Factory', '', ' ', 'Asia'].map(
      (timeZone): [Partial<Details>, string[]] => [{ timeZone }, ['timeZone UNKNOWN_TIME_ZONE']],
    ),
  ])('of %j is asked for', (given, expected) => {
    expect(zone(given)).toEqual(expected)
  })

  const inNewYork = offerOf({ ...us, ...ny })
  const moved = (from: Offer, change: DetailsChange) => {
    const offer = changeOffer(from, change, places)
    return isRefusal(offer) ? offer.field : offer.timeZone
  }

  it.each<[string, Partial<Details>, string]>([
    ['stays where nothing moves', { name: 'Loft', city: 'Brooklyn' }, 'America/New_York'],
    ['stays within its zone', { latitude: 40.8 }, 'America/New_York'],
    ['is that of the new coordinates', { latitude: 34.05, longitude: -118.24 }, 'America/Los_Angeles'],
    ['stays without coordinates', { latitude: null, longitude: null }, 'America/New_York'],
    ['is that of another country', { country: 'KR', latitude: null, longitude: null }, 'Asia/Seoul'],
    [
      'is asked for in a country of several',
      { country: 'Canada', latitude: null, longitude: null },
      'timeZone',
    ],
    ['is given', { country: 'CA', timeZone: 'america/toronto' }, 'America/Toronto'],
    [
      'is asked for where it is emptied in vain',
      { latitude: null, longitude: null, timeZone: null },
      'timeZone',
    ],
  ])('of a room that changes %s', (_, change, expected) => {
    expect(moved(inNewYork, change)).toBe(expected)
  })

  it('that a host chose stays while the room stays in the zone of its coordinates', () => {
    expect(moved({ ...inNewYork, timeZone: 'America/Detroit' }, { latitude: 40.72 })).toBe('America/Detroit')
  })

  it('of an earlier version that no clock keeps is found from the place with the next change, or asked for', () => {
    expect(moved({ ...inNewYork, timeZone: 'JST' }, { name: 'Loft' })).toBe('America/New_York')
    expect(moved({ ...offerOf(), timeZone: 'JST' }, { name: 'Loft' })).toBe('timeZone')
    expect(changeOffer({ ...offerOf(), country: 'Italia' }, {}, places)).toMatchObject({ country: 'IT' })
  })
})

describe('an offer with several problems', () => {
  it('is told all of them, in the words of its host', () => {
    const refused = makeOffer({ ...least, name: '', country: 'Atlantis', taxPercent: 1e-7 }, places)
    expect(refused).toMatchObject({
      field: 'name',
      problems: [{ field: 'name' }, { field: 'taxPercent' }, { field: 'country', code: 'UNKNOWN_COUNTRY' }],
    })
    const emptied = changeOffer(offerOf(), { name: null, city: null }, places)
    expect(emptied).toMatchObject({ message: 'A room needs a name. A room needs a city.' })
  })
})
