import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SortValue } from '../application/ports.ts'
import type { RoomFilter, RoomSort } from '../domain/room-filter.ts'
import { changedRoom, deletedRoom } from '../testing/rooms.ts'
import { prismaPopularities } from './prisma-taken-nights.ts'
import { type OpenListings, openListings } from './testing-listings.ts'

let listings: OpenListings
beforeAll(async () => {
  listings = await openListings()
})
afterAll(() => listings.close())
beforeEach(() => listings.empty())

describe('a filter', () => {
  beforeEach(async () => {
    await listings.offer(
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
    await listings.offer('Tiny flat', {
      city: 'Cascais',
      country: 'PT',
      latitude: 38.7,
      longitude: -9.42,
      pricePerNight: { amount: 5_000, currency: 'EUR' },
      capacity: 1,
      amenities: ['wifi'],
    })
    await listings.offer('서울 한옥', {
      city: '서울',
      country: 'South Korea',
      latitude: 37.57,
      longitude: 126.98,
      pricePerNight: { amount: 90_000, currency: 'KRW' },
      capacity: 2,
    })
    await listings.offer('Nowhere on the map', { city: 'Lisbon', country: 'pt', capacity: 9 })
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
    expect(await listings.find(filter)).toEqual(names)
    expect(
      await listings.find(filter, 'NEWEST', 1),
      'where rooms in a circle are too many to be gathered',
    ).toEqual(names)
  })

  it('says how far the rooms are', async () => {
    const found = await listings.page(
      { near: { latitude: 38.71, longitude: -9.14, radiusKm: 50 } },
      'DISTANCE',
      10,
      null,
    )
    expect(found.map(({ distanceKm }) => Math.round(distanceKm ?? -1))).toEqual([0, 24])
    const [anywhere] = await listings.page({}, 'NEWEST', 1, null)
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
      made.set(name, (await listings.offer(name, { pricePerNight: { amount, currency }, ...place })).id)
    }
    await prismaPopularities(listings.database).set([{ roomId: made.get('c')!, popularity: 7 }])
    const filter = { near: { latitude: 10, longitude: 10, radiusKm: 100 } }
    expect(await listings.find(filter, sort)).toEqual(names)

    const paged: string[] = []
    let after: readonly SortValue[] | null = null
    do {
      const found = await listings.page(filter, sort, 1, after)
      paged.push(...found.slice(0, 1).map(({ room }) => room.offer.name))
      after = found.length > 1 ? found[0]!.sortValues : null
    } while (after)
    expect(paged).toEqual(names)
  })
})

it('orders, filters and pages by prices up to the largest, of which neighbours differ', async () => {
  const largest = 2 ** 53 - 1
  const amounts = [largest, largest - 1, largest - 2, 2 ** 31, 450_000_000, 1]
  for (const amount of amounts) {
    await listings.offer(String(amount), { pricePerNight: { amount, currency: 'IDR' } })
  }
  const names: string[] = []
  let after: readonly SortValue[] | null = null
  do {
    const found = await listings.page({}, 'PRICE_DESC', 1, after)
    names.push(...found.slice(0, 1).map(({ room }) => room.offer.name))
    // As a cursor carries them.
    after = found.length > 1 ? JSON.parse(JSON.stringify(found[0]!.sortValues)) : null
  } while (after)
  expect(names).toEqual(amounts.map(String))

  const idr = (amount: number) => ({ amount, currency: 'IDR' })
  const between = { minPrice: idr(2 ** 31), maxPrice: idr(largest - 2) }
  expect(await listings.find(between, 'PRICE_ASC')).toEqual([2 ** 31, largest - 2].map(String))
  expect(await listings.find({ minPrice: idr(largest) })).toEqual([String(largest)])
})

describe('nights that have passed', () => {
  // In Pago Pago it is 9 March, in Seoul 10 March, in Kiritimati 11 March already.
  const at = Date.parse('2027-03-10T10:15:00Z')
  const from = (startDate: string, endDate: string) =>
    listings.find({ startDate, endDate }, 'NEWEST', undefined, at)

  it('are offered nowhere; what is today at one room is past at another', async () => {
    for (const timeZone of ['Pacific/Kiritimati', 'Asia/Seoul', 'Pacific/Pago_Pago'])
      await listings.offer(timeZone, { timeZone })
    // As an earlier version stored it.
    await listings.offer('older', { timeZone: 'Asia/Seoul' })
    await listings.database.$executeRaw`
      UPDATE room_listing SET time_zone = 'asia/SEOUL' FROM room WHERE id = room_id AND name = 'older'`
    expect(await from('2027-03-08', '2027-03-20')).toEqual([])
    expect(await from('2027-03-09', '2027-03-20')).toEqual(['Pacific/Pago_Pago'])
    expect(await from('2027-03-10', '2027-03-11')).toEqual(['older', 'Pacific/Pago_Pago', 'Asia/Seoul'])
    expect(await from('2027-03-11', '2027-03-12')).toHaveLength(4)
    expect(await from('1000-01-01', '1000-01-02')).toEqual([])
    expect(await listings.find({})).toHaveLength(4)
  })
})

it('fills its pages, whatever the filter leaves out', async () => {
  for (let index = 0; index < 30; index += 1) {
    const room = await listings.offer(`room ${index}`)
    if (index % 3 > 0) await listings.take(room.id, '2027-06-01', '2027-07-01')
  }
  const stay = { startDate: '2027-06-10', endDate: '2027-06-12' }
  const first = await listings.page(stay, 'NEWEST', 6, null)
  expect(first).toHaveLength(7)
  const second = await listings.page(stay, 'NEWEST', 6, first[5]!.sortValues)
  expect(second.map(({ room }) => room.offer.name)).toEqual(['room 9', 'room 6', 'room 3', 'room 0'])
})

it('shows changes at once, keeps nights and popularity, and never shows a deleted room', async () => {
  const room = await listings.offer('before')
  await listings.take(room.id, '2027-06-10', '2027-06-12')
  await prismaPopularities(listings.database).set([{ roomId: room.id, popularity: 3 }])
  const changed = changedRoom(room, { name: 'after', city: 'Porto' })
  await listings.rooms.save(changed.room, changed.event)
  expect(await listings.find({ city: 'Porto' })).toEqual(['after'])
  expect(await listings.find({ city: 'Lisbon' })).toEqual([])
  expect(await listings.find({ startDate: '2027-06-10', endDate: '2027-06-12' })).toEqual([])
  expect((await listings.page({}, 'POPULARITY', 1, null))[0]?.sortValues).toEqual([3, room.id])

  const deleted = deletedRoom(changed.room)
  await listings.rooms.save(deleted.room, deleted.event)
  expect(await listings.find({})).toEqual([])
  await prismaPopularities(listings.database).set([{ roomId: room.id, popularity: 4 }])
  await listings.take(room.id, '2027-08-10', '2027-08-12')
  expect(await listings.find({}, 'POPULARITY')).toEqual([])
  expect(await listings.database.freeSpan.count()).toBe(0)
})

it('plans each search for what it looks for', async () => {
  const planned = await listings.database.$queryRaw`SHOW plan_cache_mode`
  expect(planned).toEqual([{ plan_cache_mode: 'force_custom_plan' }])
})
