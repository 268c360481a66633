import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { prismaTakenNights } from './prisma-taken-nights.ts'
import { type OpenListings, openListings } from './testing-listings.ts'

let listings: OpenListings
beforeAll(async () => {
  listings = await openListings()
})
afterAll(() => listings.close())
beforeEach(() => listings.empty())

describe('free dates', () => {
  const june = { startDate: '2027-06-10', endDate: '2027-06-14' }

  it.each([
    ['enclosing', '2027-06-01', '2027-06-30', false],
    ['enclosed', '2027-06-11', '2027-06-12', false],
    ['the same', '2027-06-10', '2027-06-14', false],
    ['over the arrival', '2027-06-08', '2027-06-11', false],
    ['over the departure', '2027-06-13', '2027-06-15', false],
    ['leaving on the day of arrival', '2027-06-08', '2027-06-10', true],
    ['arriving on the day of departure', '2027-06-14', '2027-06-20', true],
  ])('another stay %s', async (_, startDate, endDate, free) => {
    const room = await listings.offer('room')
    await listings.take(room.id, startDate, endDate)
    expect(await listings.find(june)).toEqual(free ? ['room'] : [])
    expect(await listings.find({})).toEqual(['room'])
  })

  it('are free again, but only as far as no other stay has them', async () => {
    const room = await listings.offer('room')
    const [first, second] = [
      await listings.take(room.id, '2027-06-01', '2027-06-11'),
      await listings.take(room.id, '2027-06-05', '2027-06-13'),
    ]
    await prismaTakenNights(listings.database).free([first])
    expect(await listings.find(june)).toEqual([])
    await prismaTakenNights(listings.database).free([second])
    expect(await listings.find(june)).toEqual(['room'])
  })

  it('allow for the fewest and most nights and how far ahead a room can be booked', async () => {
    await listings.offer('long stays', { minNights: 5 })
    await listings.offer('short stays', { maxNights: 3 })
    await listings.offer('any', { maxNights: 4, minNights: 4 })
    await listings.offer('soon', { bookingWindowDays: 1 })
    const far = new Date(Date.now() + 700 * 86_400_000).toISOString().slice(0, 10)
    const further = new Date(Date.now() + 704 * 86_400_000).toISOString().slice(0, 10)
    expect(await listings.find({ startDate: far, endDate: further })).toEqual(['any'])
  })

  it.each([
    ['gathered', undefined],
    ['met in order', 1],
  ])('for weeks: rooms are %s', async (_, crowd) => {
    const weeks = { startDate: '2027-06-10', endDate: '2027-07-10' }
    const found = () => listings.find(weeks, 'NEWEST', crowd)
    const nights = prismaTakenNights(listings.database)
    await listings.offer('never booked')
    const room = await listings.offer('room')
    await listings.take(room.id, '2027-06-01', '2027-06-10')
    await listings.take(room.id, '2027-07-10', '2027-07-11')
    await listings.offer('for shorter stays', { maxNights: 29 })
    expect(await found()).toEqual(['room', 'never booked'])
    const first = await listings.take(room.id, '2027-06-10', '2027-06-12')
    const second = await listings.take(room.id, '2027-06-25', '2027-07-01')
    await nights.free([first])
    expect(await found()).toEqual(['never booked'])
    await nights.free([second])
    expect(await found()).toEqual(['room', 'never booked'])
  })

  it('are added up one at a time, however many stays come at once', async () => {
    const room = await listings.offer('room')
    const days = Array.from(
      { length: 12 },
      (_, day) => [`2027-06-${10 + day}`, `2027-06-${11 + day}`] as const,
    )
    const { database } = listings
    await Promise.all(
      days.map(([startDate, endDate]) =>
        database.$transaction((tx) =>
          prismaTakenNights(tx).take([{ sourceId: startDate, roomId: room.id, startDate, endDate }]),
        ),
      ),
    )
    for (const [startDate, endDate] of days) expect(await listings.find({ startDate, endDate })).toEqual([])
    expect(await listings.find({ startDate: '2027-06-22', endDate: '2027-06-23' })).toEqual(['room'])
  })
})
