import { describe, expect, it } from 'vitest'
import { changeOffer, type Details, makeOffer } from './details.ts'
import type { Offer } from './offer.ts'
import { isRefusal } from './refusal.ts'

const least: Details = {
  name: '  A room  ',
  pricePerNight: { amount: 10_000, currency: 'EUR' },
  city: ' Lisbon',
  country: 'Portugal ',
}

function offerOf(details: Partial<Details> = {}): Offer {
  const offer = makeOffer({ ...least, ...details })
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
      taxBasisPoints: 0,
      capacity: 2,
      address: null,
      city: 'Lisbon',
      country: 'Portugal',
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
    [7.1, 710],
    [0.29, 29],
    [19.99, 1999],
    [100, 10_000],
  ])('is taxed exactly: %d %%', (taxPercent, taxBasisPoints) => {
    expect(offerOf({ taxPercent }).taxBasisPoints).toBe(taxBasisPoints)
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
    { country: 'X1' },
  ])('may say %j', (details) => {
    expect(makeOffer({ ...least, ...details })).not.toHaveProperty('code')
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
    ['taxPercent', { taxPercent: 7.125 }],
    ['taxPercent', { taxPercent: Number.NaN }],
    ['capacity', { capacity: 0 }],
    ['capacity', { capacity: 51 }],
    ['address', { address: 'x'.repeat(301) }],
    ['city', { city: ' ' }],
    ['country', { country: 'P' }],
    ['country', { country: 'P\0' }],
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
    expect(makeOffer({ ...least, ...details })).toMatchObject({ code: 'INVALID_INPUT', field })
  })
})

describe('a change', () => {
  const offer = offerOf({ taxPercent: 7.25, latitude: 1, longitude: 2, timeZone: 'Asia/Tokyo', minNights: 2 })

  it('leaves what it does not name', () => {
    expect(changeOffer(offer, {})).toEqual(offer)
    expect(changeOffer(offer, { city: 'Porto', name: undefined })).toEqual({ ...offer, city: 'Porto' })
  })

  it('puts back to its default what it empties', () => {
    const emptied = changeOffer(offer, { taxPercent: null, latitude: null, longitude: null, timeZone: null })
    expect(emptied).toEqual(offerOf({ minNights: 2 }))
  })

  it('is checked as a whole', () => {
    expect(changeOffer(offer, { maxNights: 1 })).toMatchObject({ code: 'INVALID_INPUT', field: 'maxNights' })
    expect(changeOffer(offer, { latitude: null })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'longitude',
    })
    expect(changeOffer(offer, { name: null })).toMatchObject({ code: 'INVALID_INPUT', field: 'name' })
  })

  it('of the currency takes a fee of nothing with it, but no other', () => {
    const price = { pricePerNight: { amount: 1, currency: 'JPY' } }
    expect(changeOffer(offer, price)).toMatchObject({ cleaningFee: { amount: 0, currency: 'JPY' } })
    const withFee = offerOf({ cleaningFee: { amount: 5, currency: 'EUR' } })
    expect(changeOffer(withFee, price)).toMatchObject({ code: 'INVALID_INPUT', field: 'cleaningFee' })
  })
})
