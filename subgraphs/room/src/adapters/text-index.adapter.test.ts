import { createTestLog, eventually } from '@myhotel/kit/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { changedRoom } from '../testing/rooms.ts'
import { type OpenListings, openListings } from './testing-listings.ts'
import { textIndex } from './text-index.ts'

let listings: OpenListings
let index: ReturnType<typeof textIndex>
const started = () => index.start?.({ check: async () => ({ ready: true, parts: {} }) })
const ready = () => eventually(async () => index.ready?.().then(() => true))

beforeAll(async () => {
  listings = await openListings()
})
afterAll(() => listings?.close())
beforeEach(async () => {
  await listings.empty()
  index = textIndex(listings.database, createTestLog().log)
})
afterEach(() => index.stop?.())

/** Has all listings as the version before wrote them. */
const asVersionBefore = () => listings.database.$executeRaw`
  UPDATE room_listing l
  SET terms = NULL, folding = 0, city_key = lower(r.city), amenities = r.amenities,
    words = to_tsvector('simple', lower(r.name || ' ' || r.city))
  FROM room r WHERE r.id = l.room_id`

const folding = async () =>
  (await listings.database.roomListing.findMany({ select: { folding: true } })).map(({ folding }) => folding)

it('indexes the rooms of the version before, and is ready only then', async () => {
  await listings.offer('한강공원근처', { city: 'Ħamrun', amenities: ['Ｗｉ－Ｆｉ'] })
  await asVersionBefore()
  expect(await listings.find({ text: '공원' })).toEqual([])
  await expect(index.ready?.()).rejects.toThrow('being indexed')

  await started()
  await ready()
  expect(await listings.find({ text: '공원' })).toEqual(['한강공원근처'])
  expect(await listings.find({ city: 'hamrun', amenities: ['wi-fi'] })).toEqual(['한강공원근처'])
  expect(await folding()).toEqual([1])
})

it('indexes more rooms than one batch has', async () => {
  const { id } = await listings.offer('海景房间')
  await listings.database.$executeRaw`
    WITH copied AS (
      INSERT INTO room
      SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid()))).*
      FROM room r, generate_series(1, 1200) WHERE r.id = ${id}::uuid
      RETURNING id
    )
    INSERT INTO room_listing
    SELECT (jsonb_populate_record(l, jsonb_build_object('room_id', copied.id))).*
    FROM room_listing l, copied WHERE l.room_id = ${id}::uuid`
  await asVersionBefore()
  await started()
  await ready()
  expect(new Set(await folding())).toEqual(new Set([1]))
  const found = await listings.database.$queryRaw`
    SELECT count(*)::int AS rooms FROM room_listing WHERE terms @@ '房间'`
  expect(found).toEqual([{ rooms: 1_201 }])
})

it('indexes again what a service of the version before writes meanwhile', async () => {
  const { id } = await listings.offer('Tower')
  await started()
  await ready()

  await listings.database.$executeRaw`UPDATE room SET name = '東京タワーの近く'`
  // As that version brings a listing up to date.
  await listings.database.$executeRaw`
    INSERT INTO room_listing (room_id, host_id, city_key, country_key, currency, price, capacity, min_nights, max_nights,
      booking_window_days, amenities, words)
    SELECT id, host_id, lower(city), country, currency, price_per_night, capacity, min_nights, max_nights,
      booking_window_days, amenities, to_tsvector('simple', name) FROM room WHERE id = ${id}::uuid
    ON CONFLICT (room_id) DO UPDATE SET city_key = excluded.city_key, words = excluded.words`
  expect(await folding()).toEqual([0])
  index.wake()
  await eventually(async () => expect(await listings.find({ text: 'タワー' })).toEqual(['東京タワーの近く']))
})

it('has nothing to do with what this version writes, or with nights and popularity', async () => {
  const room = await listings.offer('before')
  const changed = changedRoom(room, { name: '한강공원' })
  await listings.rooms.save(changed.room, changed.event)
  await listings.take(room.id, '2027-06-10', '2027-06-12')
  await listings.database.$executeRaw`UPDATE room_listing SET popularity = 3`
  expect(await folding()).toEqual([1])
  expect(await listings.find({ text: '공원' })).toEqual(['한강공원'])
})
