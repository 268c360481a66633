import { createTestDatabase } from '@myhotel/kit/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Listings, SortValue } from '../application/ports.ts'
import type { Details } from '../domain/details.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { RoomFilter, RoomSort } from '../domain/room-filter.ts'
import { readSearch } from '../domain/search.ts'
import { changedRoom, deletedRoom, newRoom } from '../testing/rooms.ts'
import { openDatabase } from './database.ts'
import { prismaListings } from './prisma-listings.ts'
import { prismaRooms } from './prisma-rooms.ts'
import { prismaPopularities, prismaTakenNights } from './prisma-taken-nights.ts'

let opened: ReturnType<typeof openDatabase>
let dropDatabase: () => Promise<void>
let listings: Listings

beforeAll(async () => {
  const { url, drop } = await createTestDatabase('room')
  opened = openDatabase(url)
  listings = prismaListings(opened.database)
  dropDatabase = drop
})
afterAll(async () => {
  await opened.part.stop?.()
  await dropDatabase()
})
beforeEach(async () => {
  await opened.database.$executeRaw`TRUNCATE room, room_listing, taken_stay, outbox`
})

const rooms = () => prismaRooms(opened.database, () => {})

/** Offers a room named so. */
async function offer(name: string, details: Partial<Details> = {}, hostId?: string) {
  const { room, event } = newRoom({ name, ...details }, hostId)
  await rooms().save(room, event)
  return room
}

async function take(roomId: string, startDate: string, endDate: string, sourceId = `${startDate} ${roomId}`) {
  await prismaTakenNights(opened.database).take({ sourceId, roomId, startDate, endDate })
  return sourceId
}

async function page(filter: RoomFilter, sort: RoomSort, first: number, after: readonly SortValue[] | null) {
  const search = readSearch(filter, sort)
  if (isRefusal(search)) throw new Error(search.message)
  return await listings.search(search, { first, after })
}

/** Names of the rooms that a search finds, in its order. */
async function find(filter: RoomFilter, sort: RoomSort = 'NEWEST') {
  return (await page(filter, sort, 100, null)).map(({ room }) => room.offer.name)
}

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
    const room = await offer('room')
    await take(room.id, startDate, endDate)
    expect(await find(june)).toEqual(free ? ['room'] : [])
    expect(await find({})).toEqual(['room'])
  })

  it('are free again, but only as far as no other stay has them', async () => {
    const room = await offer('room')
    const [first, second] = [
      await take(room.id, '2027-06-01', '2027-06-11'),
      await take(room.id, '2027-06-05', '2027-06-13'),
    ]
    await prismaTakenNights(opened.database).free(first)
    expect(await find(june)).toEqual([])
    await prismaTakenNights(opened.database).free(second)
    expect(await find(june)).toEqual(['room'])
  })

  it('allow for the fewest and most nights and how far ahead a room can be booked', async () => {
    await offer('long stays', { minNights: 5 })
    await offer('short stays', { maxNights: 3 })
    await offer('any', { maxNights: 4, minNights: 4 })
    await offer('soon', { bookingWindowDays: 1 })
    const far = new Date(Date.now() + 700 * 86_400_000).toISOString().slice(0, 10)
    const further = new Date(Date.now() + 704 * 86_400_000).toISOString().slice(0, 10)
    expect(await find({ startDate: far, endDate: further })).toEqual(['any'])
  })

  it('are added up one at a time, however many stays come at once', async () => {
    const room = await offer('room')
    const days = Array.from(
      { length: 12 },
      (_, day) => [`2027-06-${10 + day}`, `2027-06-${11 + day}`] as const,
    )
    const { database } = opened
    await Promise.all(
      days.map(([startDate, endDate]) =>
        database.$transaction((tx) =>
          prismaTakenNights(tx).take({ sourceId: startDate, roomId: room.id, startDate, endDate }),
        ),
      ),
    )
    for (const [startDate, endDate] of days) expect(await find({ startDate, endDate })).toEqual([])
    expect(await find({ startDate: '2027-06-22', endDate: '2027-06-23' })).toEqual(['room'])
  })
})

describe('a filter', () => {
  beforeEach(async () => {
    await offer(
      'Palácio',
      {
        description: 'Quiet garden. Sea view from the top floor!',
        city: 'Lisboa',
        country: 'Portugal',
        latitude: 38.71,
        longitude: -9.14,
        pricePerNight: { amount: 20_000, currency: 'EUR' },
        capacity: 4,
        amenities: ['WiFi', 'pool'],
      },
      'host2',
    )
    await offer('Tiny flat', {
      city: 'Cascais',
      country: 'PT',
      latitude: 38.7,
      longitude: -9.42,
      pricePerNight: { amount: 5_000, currency: 'EUR' },
      capacity: 1,
      amenities: ['wifi'],
    })
    await offer('서울 한옥', {
      city: '서울',
      country: 'South Korea',
      latitude: 37.57,
      longitude: 126.98,
      pricePerNight: { amount: 90_000, currency: 'KRW' },
      capacity: 2,
    })
    await offer('Nowhere on the map', { city: 'Lisbon', country: 'pt', capacity: 9 })
  })

  it.each<[RoomFilter, string[]]>([
    [{ city: ' LISBOA ' }, ['Palácio']],
    [{ country: 'portugal' }, ['Nowhere on the map', 'Tiny flat', 'Palácio']],
    [{ country: 'KR' }, ['서울 한옥']],
    [{ guests: 4 }, ['Nowhere on the map', 'Palácio']],
    [{ amenities: ['Wifi'] }, ['Tiny flat', 'Palácio']],
    [{ amenities: ['pool', 'wifi'] }, ['Palácio']],
    [
      { minPrice: { amount: 5_000, currency: 'EUR' }, maxPrice: { amount: 10_000, currency: 'EUR' } },
      ['Nowhere on the map', 'Tiny flat'],
    ],
    [{ maxPrice: { amount: 90_000, currency: 'KRW' } }, ['서울 한옥']],
    [{ minPrice: { amount: 20_001, currency: 'EUR' } }, []],
    [{ hostId: 'host2' }, ['Palácio']],
    [{ text: 'palacio' }, ['Palácio']],
    [{ text: 'SEA-VIEW' }, ['Palácio']],
    [{ text: '"view sea"' }, []],
    [{ text: 'gard' }, ['Palácio']],
    [{ text: 'portugal -pool' }, ['Nowhere on the map', 'Tiny flat']],
    [{ text: '한옥 or tiny' }, ['서울 한옥', 'Tiny flat']],
    [{ text: '서' }, ['서울 한옥']],
    [{ text: '!!! & | <-> :* (' }, []],
    [{ near: { latitude: 38.7, longitude: -9.14, radiusKm: 10 } }, ['Palácio']],
    [{ near: { latitude: 38.7, longitude: -9.14, radiusKm: 50 } }, ['Tiny flat', 'Palácio']],
    [{ near: { latitude: 38.7, longitude: -9.14, radiusKm: 20_000 } }, ['서울 한옥', 'Tiny flat', 'Palácio']],
    [{ near: { latitude: 0, longitude: 180, radiusKm: 20_000 }, text: 'flat', guests: 1 }, ['Tiny flat']],
    [{ city: 'Lisbon', country: 'KR' }, []],
  ])('%j', async (filter, names) => {
    expect(await find(filter)).toEqual(names)
  })

  it('says how far the rooms are', async () => {
    const found = await page(
      { near: { latitude: 38.71, longitude: -9.14, radiusKm: 50 } },
      'DISTANCE',
      10,
      null,
    )
    expect(found.map(({ distanceKm }) => Math.round(distanceKm ?? -1))).toEqual([0, 24])
    const [anywhere] = await page({}, 'NEWEST', 1, null)
    expect(anywhere?.distanceKm).toBeNull()
  })
})

describe('an order', () => {
  it.each<[RoomSort, string[]]>([
    ['POPULARITY', ['c', 'd', 'b', 'a']],
    ['PRICE_ASC', ['b', 'd', 'a', 'c']],
    ['PRICE_DESC', ['c', 'a', 'd', 'b']],
    ['DISTANCE', ['a', 'b', 'c', 'd']],
    ['NEWEST', ['d', 'c', 'b', 'a']],
  ])('%s, on one page or on many', async (sort, names) => {
    const amounts = { a: 300, b: 100, c: 5, d: 200 }
    const made = new Map<string, string>()
    for (const [index, [name, amount]] of Object.entries(amounts).entries()) {
      const currency = name === 'c' ? 'KWD' : 'EUR'
      const place = { latitude: 10, longitude: 10 + index / 100 }
      made.set(name, (await offer(name, { pricePerNight: { amount, currency }, ...place })).id)
    }
    await prismaPopularities(opened.database).set(made.get('c')!, 7)
    const filter = { near: { latitude: 10, longitude: 10, radiusKm: 100 } }
    expect(await find(filter, sort)).toEqual(names)

    const paged: string[] = []
    let after: readonly SortValue[] | null = null
    do {
      const found = await page(filter, sort, 1, after)
      paged.push(...found.slice(0, 1).map(({ room }) => room.offer.name))
      after = found.length > 1 ? found[0]!.sortValues : null
    } while (after)
    expect(paged).toEqual(names)
  })
})

it('fills its pages, whatever the filter leaves out', async () => {
  for (let index = 0; index < 30; index += 1) {
    const room = await offer(`room ${index}`)
    if (index % 3 > 0) await take(room.id, '2027-06-01', '2027-07-01')
  }
  const stay = { startDate: '2027-06-10', endDate: '2027-06-12' }
  const first = await page(stay, 'NEWEST', 6, null)
  expect(first).toHaveLength(7)
  const second = await page(stay, 'NEWEST', 6, first[5]!.sortValues)
  expect(second.map(({ room }) => room.offer.name)).toEqual(['room 9', 'room 6', 'room 3', 'room 0'])
})

it('shows changes at once, keeps nights and popularity, and never shows a deleted room', async () => {
  const room = await offer('before')
  await take(room.id, '2027-06-10', '2027-06-12')
  await prismaPopularities(opened.database).set(room.id, 3)
  const changed = changedRoom(room, { name: 'after', city: 'Porto' })
  await rooms().save(changed.room, changed.event)
  expect(await find({ city: 'Porto' })).toEqual(['after'])
  expect(await find({ city: 'Lisbon' })).toEqual([])
  expect(await find({ startDate: '2027-06-10', endDate: '2027-06-12' })).toEqual([])
  expect((await page({}, 'POPULARITY', 1, null))[0]?.sortValues).toEqual([3, room.id])

  const deleted = deletedRoom(changed.room)
  await rooms().save(deleted.room, deleted.event)
  expect(await find({})).toEqual([])
  await prismaPopularities(opened.database).set(room.id, 4)
  await take(room.id, '2027-08-10', '2027-08-12')
  expect(await find({}, 'POPULARITY')).toEqual([])
})
