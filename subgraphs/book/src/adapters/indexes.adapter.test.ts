import { largeTables, numberedId, numberedIds, publishedOutbox, rows } from '@myhotel/kit/testing/plans'
import { workSql } from '@myhotel/kit/work'
import { expect, it } from 'vitest'
import { bookRoom } from '../application/book-room.ts'
import { aBooking, aRequest } from '../testing/examples.ts'
import { createWorld } from '../testing/world.ts'
import { prismaCatalogue } from './prisma-bookings.ts'
import { unsettledWork } from './unsettled.ts'

/** Rooms with a booking each; the attempts at the last hundred are left to be taken over. */
const tables = [
  `INSERT INTO room_listing (room_id, version, host_id, offer)
   SELECT ${numberedIds('n')}, 1, 'host', '{}' FROM generate_series(1, ${rows}) n`,
  `INSERT INTO stay_claim (id, room_id, stay, kind, state)
   SELECT ${numberedIds('n')}, ${numberedIds('n')}, daterange('2027-03-01', '2027-03-04'), 'BOOKING', 'BOOKED'
   FROM generate_series(1, ${rows}) n`,
  `INSERT INTO booking_attempt (id, guest_id, idempotency_key, request_fingerprint, state, lease_until, hold_expires_at,
     claim_id, room_id, host_id, start_date, end_date, guests, total_amount, currency, terms, correlation_id, traceparent)
   SELECT id, 'guest' || n % 1000, n, '', CASE WHEN n > ${rows - 100} THEN 'PAYING' ELSE 'CONFIRMED' END, now(), now(), id, id,
     'host', '2027-03-01', '2027-03-04', 1, 1, 'EUR', '{}', '', ''
   FROM generate_series(1, ${rows}) n, LATERAL (SELECT ${numberedIds('n')} AS id) numbered`,
  `INSERT INTO booking (id, attempt_id, payment_id, claim_id, room_id, guest_id, host_id, start_date, end_date, guests,
     total_amount, currency, terms, booked_at)
   SELECT id, id, id, claim_id, room_id, guest_id, host_id, start_date, end_date, guests, total_amount, currency, terms,
     now()
   FROM booking_attempt`,
  publishedOutbox,
]

const { opened, ways } = largeTables(createWorld, tables)
const roomId = numberedId(7)
const march = { startDate: '2027-03-01', endDate: '2027-04-01' }

it('booking', async () => {
  const room = await opened().room()
  const book = async () => {
    expect(await bookRoom(opened().ports, aRequest({ roomId: room.roomId }))).toMatchObject({
      type: 'RoomBooked',
    })
  }
  expect(await ways(book)).toEqual([
    'booking_attempt_key',
    'booking_attempt_pkey',
    'room_listing_pkey',
    'stay_claim_pkey',
  ])
})

it('bookings: one, a page of them, and those of a room that are to come', async () => {
  const { bookings } = opened().ports
  expect(await ways(() => bookings.find(numberedId(7)))).toEqual(['booking_pkey'])
  const page = Array.from({ length: 100 }, (_, index) => numberedId(1 + index * 7))
  expect(await ways(() => bookings.findAll(page))).toEqual(['booking_pkey'])
  expect(await ways(() => bookings.countUpcoming(roomId, '2027-01-01'))).toEqual(['booking_upcoming'])
  const catalogue = prismaCatalogue(opened().database)
  expect(await ways(() => catalogue.upcoming(roomId, '2027-01-01'))).toEqual(['booking_upcoming'])
})

it('cancelling a booking', async () => {
  const refund = { amount: 1, currency: 'EUR' }
  const cancellation = {
    canceledAt: Date.parse('2027-01-01'),
    canceledBy: 'GUEST',
    reason: null,
    refund,
  } as const
  const canceled = {
    ...aBooking({ id: numberedId(7) }),
    status: 'CANCELED',
    version: 2,
    cancellation,
  } as const
  const cancel = async () => expect(await opened().ports.bookings.saveCanceled(canceled)).toBe(true)
  expect(await ways(cancel)).toEqual(['booking_pkey', 'stay_claim_pkey'])
})

it('attempts: one, and those whose owners are gone', async () => {
  const { attempts } = opened().ports
  expect(await ways(() => attempts.find(numberedId(7)))).toEqual(['booking_attempt_pkey'])
  const takeOver = async () => expect(await attempts.takeOver(20)).toHaveLength(20)
  expect(await ways(takeOver)).toEqual(['booking_attempt_pkey', 'booking_attempt_unsettled'])
})

it('the nights of a room: free, blocked, to be blocked', async () => {
  const { blocks } = opened().ports
  for (const ask of [
    () => blocks.freeDates(roomId, march),
    () => blocks.list(roomId, '2027-03-01'),
    () => blocks.isFree(roomId, march),
  ]) {
    expect(await ways(ask)).toEqual(['stay_claim_no_overlap'])
  }
  const listing = await opened().room()
  const change = async () => {
    expect(await blocks.block(listing, march)).toBe(true)
    await blocks.unblock(listing, march)
  }
  expect(await ways(change)).toEqual(['room_listing_pkey', 'stay_claim_no_overlap'])
})

it('what waits to be done, as figures tell it', async () => {
  const ask = () => opened().database.$queryRawUnsafe(workSql(unsettledWork))
  expect(await ways(ask)).toEqual(['all of dead_letter', 'booking_attempt_unsettled', 'outbox_unpublished'])
})
