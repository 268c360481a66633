import type { OfferedRoom, RoomDeleted } from '@myhotel/contracts/room'
import { newCorrelation } from '@myhotel/kit/context'
import { databaseOf, largeTables, rows } from '@myhotel/kit/testing/plans'
import { expect, it } from 'vitest'
import { countWheneverPaymentApproved } from '../application/policies.ts'
import { openDatabase } from './database.ts'
import { prismaCounts, prismaPopularityOf } from './prisma-counts.ts'
import { prismaRooms } from './prisma-rooms.ts'

const at = '2027-01-01T00:00:00.000Z'
const tables = [
  `INSERT INTO room (room_id, version, host_id, name)
   SELECT 'room' || n, 1, 'host' || n, 'A room' FROM generate_series(1, ${rows}) n`,
  `INSERT INTO room_popularity (room_id, popularity, version)
   SELECT 'room' || n, 1, 1 FROM generate_series(1, ${rows}) n`,
  `INSERT INTO paid_booking (payment_id, booking_id, room_id, paid_at)
   SELECT 'payment' || n, 'booking' || n, 'room' || n, '${at}' FROM generate_series(1, ${rows}) n`,
]

const { opened, ways } = largeTables(databaseOf('marketing', openDatabase), tables)

it('the popularity of a page of rooms', async () => {
  const rooms = Array.from({ length: 100 }, (_, index) => `room${index * 7}`)
  expect(await ways(() => prismaPopularityOf(opened().database)(rooms))).toEqual(['room_popularity_pkey'])
})

it('counting bookings whose payments came together', async () => {
  const amount = { amount: 10_000, currency: 'EUR' }
  const happened = Array.from({ length: 50 }, (_, index) => {
    const ids = { paymentId: `payment${index}`, bookingId: `booking${index}`, roomId: `room${index}` }
    const data = { ...ids, guestId: 'guest', hostId: 'host', amount, approvedAt: at }
    return { data, envelope: newCorrelation() }
  })
  const count = () =>
    opened().database.$transaction((tx) =>
      countWheneverPaymentApproved(prismaCounts(tx), () => new Date(at), happened),
    )
  expect(await ways(count)).toEqual(['paid_booking_pkey', 'room_popularity_pkey'])
})

it('storing what a host offers, and that a room is gone', async () => {
  const rooms = prismaRooms(opened().database)
  const room = { roomId: 'room7', hostId: 'host7', name: 'A room' }
  /** As far as it is stored. */
  const offered = { ...room, city: 'Lisbon', country: 'PT', registeredAt: at } as OfferedRoom
  const gone: RoomDeleted = {
    ...room,
    deletedBy: 'HOST',
    reason: null,
    deletedOn: '2027-01-01',
    deletedAt: at,
  }
  const store = async () => {
    await rooms.store(offered, 2)
    await rooms.storeDeletion(gone, 3)
  }
  expect(await ways(store)).toEqual(['room_pkey'])
})
