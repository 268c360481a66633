import { chargingOf, paymentProviders } from '@myhotel/kit/charging'
import { isCurrency } from '@myhotel/kit/currency'
import { expect, test } from 'vitest'
import { demoBookings } from './bookings.ts'
import { cities } from './cities.ts'
import { demoRooms } from './rooms.ts'

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

test.each(cities)('$name has a country, a place, a time zone and a currency', (city) => {
  expect(countries.of(city.country)).toBeTruthy()
  expect(() => new Intl.DateTimeFormat('en', { timeZone: city.timeZone })).not.toThrow()
  expect(isCurrency(city.currency)).toBe(true)
  expect(Math.abs(city.latitude)).toBeLessThan(66)
  expect(new Set(city.neighbourhoods).size).toBe(3)
})

/** Hours that a zone's standard time is ahead of UTC, on a winter's day of either hemisphere. */
function standardOffset(timeZone: string): number {
  const hours = ['2027-01-15T12:00Z', '2027-07-15T12:00Z'].map((instant) => {
    const text = new Date(instant).toLocaleString('sv', { timeZone })
    return (Date.parse(`${text.replace(' ', 'T')}Z`) - Date.parse(instant)) / 3_600_000
  })
  return Math.min(...hours)
}

test.each(cities)('$name lies where its time zone is', ({ longitude, timeZone }) => {
  expect(Math.abs(longitude / 15 - standardOffset(timeZone))).toBeLessThan(2.5)
})

test('there are at least 200 rooms in at least 40 cities, of several hosts, the same each time', () => {
  const rooms = demoRooms()
  expect(rooms.length).toBeGreaterThanOrEqual(200)
  expect(new Set(rooms.map(({ input }) => input.city)).size).toBeGreaterThanOrEqual(40)
  expect(new Set(rooms.map(({ host }) => host)).size).toBe(12)
  expect(demoRooms()).toEqual(rooms)
})

test('prices are in minor units and have two significant digits', () => {
  const priceIn = (city: string) => demoRooms().find(({ input }) => input.city === city)?.input.pricePerNight
  expect(priceIn('Tokyo')).toMatchObject({ currency: 'JPY' })
  expect(priceIn('Tokyo')?.amount).toBeGreaterThan(15_000)
  expect(priceIn('Tokyo')?.amount).toBeLessThan(35_000)
  expect(priceIn('Budapest')).toMatchObject({ currency: 'HUF' })
  expect(priceIn('Budapest')?.amount).toBeGreaterThan(1_000_000)
  expect(priceIn('Kuwait City')?.amount).toBeGreaterThan(30_000)
  expect((priceIn('Kuwait City')?.amount ?? 0) % 1_000).toBe(0)
})

test('each guest has bookings to come, guest1 with host1, and no two want the same room at the same time', () => {
  const rooms = demoRooms()
  const bookings = demoBookings(rooms.length)
  const own = bookings.filter(({ guest }) => guest === 'guest1')
  expect(own.filter(({ canceled }) => !canceled).length).toBeGreaterThanOrEqual(2)
  expect(rooms[own[0]?.room ?? -1]?.host).toBe('host1')
  for (const one of bookings) {
    expect(one.guests).toBeLessThanOrEqual(rooms[one.room]?.input.capacity ?? 0)
    expect(one.nights).toBeGreaterThanOrEqual(rooms[one.room]?.input.minNights ?? 0)
    for (const other of bookings) {
      if (one === other || one.room !== other.room) continue
      const apart =
        one.startsIn + one.nights <= other.startsIn || other.startsIn + other.nights <= one.startsIn
      expect(apart).toBe(true)
    }
  }
})

test.each(paymentProviders)('each price can be charged by the provider %s', (provider) => {
  for (const { input } of demoRooms()) {
    for (const { amount, currency } of [input.pricePerNight, input.cleaningFee]) {
      const { step, largest } = chargingOf(provider)(currency) ?? { step: 0, largest: 0 }
      expect(amount % step, `${amount} ${currency}`).toBe(0)
      expect(amount).toBeLessThanOrEqual(largest)
    }
  }
})
