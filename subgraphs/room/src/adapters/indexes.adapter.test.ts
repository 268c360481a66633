import { largeTables, numberedId, numberedIds, rows } from '@myhotel/kit/testing/plans'
import { expect, it } from 'vitest'
import type { RoomFilter, RoomSort } from '../domain/room-filter.ts'
import { changedRoom, deletedRoom, newRoom } from '../testing/rooms.ts'
import { prismaPopularities, prismaTakenNights } from './prisma-taken-nights.ts'
import { openListings } from './testing-listings.ts'

/**
 * Rooms in 500 cities of 50 countries, two stays each. One city has a tenth of them, a rare one ten; a hundred
 * rooms are for more than six guests, as many have a sauna, and some words are rare.
 */
const tables = [
  `INSERT INTO room (id, version, host_id, name, description, city, country, time_zone, currency, price_per_night,
     cleaning_fee, tax_basis_points, capacity, amenities, photos, cancellation_policy, min_nights, max_nights,
     booking_window_days, check_in_time, check_out_time, registered_at)
   SELECT ${numberedIds('n')}, 1, 'host' || n % 5000, 'Room ' || n, '', 'City', 'PT', 'Europe/Lisbon', 'EUR', 10000, 0,
     0, 2, '{}', '{}', 'FLEXIBLE', 1, 365, 365, '15:00', '11:00', now()
   FROM generate_series(1, ${rows}) n`,
  'SELECT setseed(0.5)',
  `INSERT INTO room_listing (room_id, host_id, city_key, country_key, currency, price, capacity, min_nights, max_nights,
     booking_window_days, amenities, position, words, terms, folding, popularity, taken)
   SELECT ${numberedIds('n')}, 'host' || n % 5000,
     CASE WHEN n % 10 = 0 THEN 'largest' WHEN n % ${rows / 10} = 1 THEN 'rare' ELSE 'city ' || n % 500 END,
     CASE WHEN n % 2000 = 1 THEN 'li' ELSE 'c' || n % 50 END, CASE WHEN n % 50 = 0 THEN 'CHF' ELSE 'EUR' END,
     4000 + 30000 * random(), CASE WHEN n % ${rows / 100} = 0 THEN 12 ELSE 1 + n % 6 END, 1, 365, 365,
     CASE WHEN n % ${rows / 100} = 0 THEN '{sauna,garden}' ELSE '{kitchen,garden}' END::text[],
     ll_to_earth(-60 + n % 120 + n % 1000 / 1000.0, -170 + n % 340 + n % 777 / 777.0),
     '', ('room:1 with:2 a:3 view:4 word' || n % 2000 || ':5 東京:6 京タ:7 タワ:8 ワー:9 ー:10 海' || chr(19968 + n % 2000) || ':11'
       || CASE WHEN n % 3 = 0 THEN ' sea:12 side:13' ELSE '' END)::tsvector, 1, 1000 * random() * random(),
     datemultirange(daterange(first, first + 2 + n % 8), daterange(first + 30, first + 32 + n % 8))
   FROM generate_series(1, ${rows}) n, LATERAL (SELECT current_date + n * 7 % 30 AS first) begun`,
  `INSERT INTO taken_stay (source_id, room_id, stay)
   SELECT n || ' ' || lower(stay), ${numberedIds('n')}, stay
   FROM generate_series(1, ${rows}) n JOIN room_listing ON room_id = ${numberedIds('n')}, unnest(taken) AS stay`,
  // One room has been booked for years.
  `INSERT INTO taken_stay (source_id, room_id, stay)
   SELECT 'past ' || n, '${numberedId(7)}', daterange(current_date - 2 * n, current_date - 2 * n + 1)
   FROM generate_series(1, 2000) n`,
  'INSERT INTO free_span SELECT room_id, free_from, free_to FROM free_span_of_listing',
]

const { opened, ways } = largeTables(() => openListings(Date.now), tables)

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const stay = { startDate: inDays(11), endDate: inDays(17) }
/** Which no room has free, and which most have. */
const weeks = { startDate: inDays(11), endDate: inDays(50) }
const quietWeeks = { startDate: inDays(111), endDate: inDays(150) }
const near = { latitude: 0.5, longitude: 10.5, radiusKm: 10 }
const sample = '2000 rows by room_listing_by_popularity'
const eur = (amount: number) => ({ amount, currency: 'EUR' })

it.each<[RoomFilter, RoomSort, string[]]>([
  [{}, 'POPULARITY', ['room_listing_by_popularity']],
  [{}, 'PRICE_ASC', ['room_listing_by_price']],
  [{}, 'PRICE_DESC', ['room_listing_by_price']],
  [{}, 'NEWEST', ['room_listing_pkey']],
  [{ near }, 'DISTANCE', ['room_listing_position']],
  [{ near }, 'POPULARITY', ['room_listing_pkey', 'room_listing_position']],
  [{ ...stay, near }, 'PRICE_ASC', ['room_listing_pkey', 'room_listing_position']],
  [stay, 'POPULARITY', ['room_listing_by_popularity']],
  [stay, 'PRICE_ASC', ['room_listing_by_price']],
  [stay, 'NEWEST', ['room_listing_pkey']],
  [weeks, 'POPULARITY', ['free_span_by_dates', 'room_listing_pkey']],
  [{ city: 'largest', ...weeks }, 'PRICE_ASC', ['free_span_by_dates', 'room_listing_pkey']],
  [quietWeeks, 'POPULARITY', ['7000 rows by free_span_by_dates', 'room_listing_by_popularity']],
  [{ city: 'largest' }, 'POPULARITY', ['room_listing_by_city_and_popularity']],
  [{ city: 'city 7' }, 'PRICE_ASC', ['room_listing_by_city_and_price']],
  [{ city: 'rare', ...stay }, 'POPULARITY', ['room_listing_by_city_and_popularity']],
  [{ country: 'c7', ...stay }, 'POPULARITY', ['room_listing_by_country_and_popularity']],
  [{ country: 'li' }, 'PRICE_ASC', ['room_listing_by_country_and_popularity']],
  [{ hostId: 'host7' }, 'NEWEST', ['room_listing_by_host']],
  [{ guests: 2 }, 'POPULARITY', ['room_listing_by_popularity']],
  [{ guests: 7 }, 'POPULARITY', ['room_listing_by_capacity']],
  [{ guests: 13 }, 'PRICE_ASC', ['room_listing_by_capacity']],
  [{ minPrice: eur(10_000), maxPrice: eur(20_000) }, 'PRICE_DESC', ['room_listing_by_price']],
  [{ minPrice: eur(33_990) }, 'POPULARITY', ['room_listing_by_price']],
  [{ amenities: ['sauna', 'garden'] }, 'POPULARITY', ['room_listing_amenities']],
  [{ amenities: ['garden'], ...stay }, 'POPULARITY', ['room_listing_by_popularity']],
  [{ text: 'word1777' }, 'POPULARITY', [sample, 'room_listing_pkey', 'room_listing_terms']],
  [{ text: '海丁' }, 'PRICE_ASC', [sample, 'room_listing_pkey', 'room_listing_terms']],
  [{ text: '"a view word1777"', ...stay }, 'NEWEST', [sample, 'room_listing_pkey', 'room_listing_terms']],
  [{ text: 'word1777', near }, 'DISTANCE', [sample, 'room_listing_pkey', 'room_listing_terms']],
  [{ text: 'view', ...stay }, 'POPULARITY', [sample, 'room_listing_by_popularity']],
  // Of these PostgreSQL expects hardly any.
  [{ text: '東京タワー 海' }, 'POPULARITY', [sample, 'room_listing_by_popularity']],
  [{ text: 'sea side wo' }, 'POPULARITY', [sample, 'room_listing_by_popularity']],
  [{ text: 'wo', city: 'city 7' }, 'PRICE_ASC', [sample, 'room_listing_by_city_and_price']],
])('a search: %j, %s', async (filter, sort, indexes) => {
  const search = () => opened().page(filter, sort, 20, null)
  expect(await ways(search)).toEqual([...indexes, 'room_pkey'])
})

it.each<RoomSort>(['POPULARITY', 'PRICE_ASC', 'PRICE_DESC', 'NEWEST'])(
  'a further page by %s',
  async (sort) => {
    const page = (await opened().page({}, sort, 20, null)).at(-1)
    const found = await ways(() => opened().page({}, sort, 20, page?.sortValues ?? null))
    expect(found).toEqual(await ways(() => opened().page({}, sort, 20, null)))
  },
)

it('rooms by their ids', async () => {
  const ids = Array.from({ length: 100 }, (_, index) => numberedId(index * 7))
  expect(await ways(() => opened().rooms.findAll(ids))).toEqual(['room_pkey'])
})

it('registering, changing and deleting a room', async () => {
  const made = newRoom()
  const changed = changedRoom(made.room, { name: 'after' })
  const deleted = deletedRoom(changed.room)
  const save = async () => {
    for (const { room, event } of [made, changed, deleted])
      expect(await opened().rooms.save(room, event)).toBe(true)
  }
  expect(await ways(save)).toEqual(['free_span_pkey', 'room_listing_pkey', 'room_pkey'])
})

it('taking and freeing nights, and adding up those of a room', async () => {
  const taken = Array.from({ length: 50 }, (_, index) => {
    return { sourceId: `new ${index}`, roomId: numberedId(1 + index), ...stay }
  })
  const nights = prismaTakenNights(opened().database)
  const byKeys = ['free_span_pkey', 'room_listing_pkey', 'taken_stay_by_room', 'taken_stay_pkey']
  expect(await ways(() => nights.take(taken))).toEqual(byKeys)
  expect(await ways(() => nights.free(taken.map(({ sourceId }) => sourceId)))).toEqual(byKeys)
})

it('setting the popularity of rooms', async () => {
  const ranked = Array.from({ length: 50 }, (_, index) => ({ roomId: numberedId(1 + index), popularity: 3 }))
  expect(await ways(() => prismaPopularities(opened().database).set(ranked))).toEqual(['room_listing_pkey'])
})
