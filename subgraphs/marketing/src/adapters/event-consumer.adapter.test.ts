import type { Announcement } from '@myhotel/contracts/event'
import { announcement } from '@myhotel/contracts/event'
import { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import { type OfferedRoom, RoomChanged, RoomDeleted, RoomRegistered } from '@myhotel/contracts/room'
import { createLogger } from '@myhotel/kit/logger'
import { asEvent, createPostman, createTestDatabase } from '@myhotel/kit/testing'
import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { eventConsumer } from './event-consumer.ts'

const log = createLogger('marketing', 'silent')
const at = '2027-01-01T10:00:00.000Z'
const { bus, deliver } = createPostman()
let opened: ReturnType<typeof openDatabase>
let dropDatabase: () => Promise<void>

beforeAll(async () => {
  const { url, drop } = await createTestDatabase('marketing')
  dropDatabase = drop
  opened = openDatabase(url)
  eventConsumer({ bus, database: opened.database, clock: () => new Date(at), log, afterCommit() {} })
})

afterAll(async () => {
  await opened.part.stop?.()
  await dropDatabase()
})

function payment(paymentId: string, roomId: string) {
  const amount = { amount: 10_000, currency: 'EUR' }
  const paid = { paymentId, bookingId: `booking-${paymentId}`, roomId, guestId: 'g', hostId: 'h', amount }
  return {
    approved: announcement(PaymentApproved, paymentId, 1, { ...paid, approvedAt: at }),
    canceled: announcement(PaymentCanceled, paymentId, 2, {
      ...paid,
      refunded: amount,
      status: 'CANCELED',
      canceledAt: at,
    }),
  }
}

/** As JetStream does: what is too early is delivered again, after what came meanwhile. */
async function deliverUntilDone(announcements: readonly Announcement[]): Promise<void> {
  let waiting = announcements
  while (waiting.length > 0) {
    const early: Announcement[] = []
    await Promise.all(
      waiting.map(async (one) => {
        const [verdict] = await deliver(asEvent(one))
        if (verdict !== 'done') early.push(one)
      }),
    )
    waiting = early
  }
}

async function counted(roomId: string) {
  const { database } = opened
  const row = await database.roomPopularity.findUnique({ where: { roomId } })
  const recount = await database.paidBooking.count({
    where: { roomId, paidAt: { not: null }, canceledAt: null },
  })
  const told = await database.outbox.findMany({ where: { aggregateId: roomId }, orderBy: { version: 'asc' } })
  return { popularity: row?.popularity ?? 0, recount, told }
}

it('counts a paid booking once and uncounts it when its payment is cancelled', async () => {
  const { approved, canceled } = payment('p1', 'room-a')
  await deliverUntilDone([approved, approved])
  expect(await counted('room-a')).toMatchObject({ popularity: 1, recount: 1, told: [{ version: 1 }] })
  await deliverUntilDone([canceled, canceled])
  const { popularity, recount, told } = await counted('room-a')
  expect({ popularity, recount }).toEqual({ popularity: 0, recount: 0 })
  expect(told.map(({ type, data }) => [type, data])).toEqual([
    ['BookCounted', { roomId: 'room-a', popularity: 1, countedAt: at }],
    ['BookCounted', { roomId: 'room-a', popularity: 0, countedAt: at }],
  ])
})

let run = 0

it('always equals a recount: at once, twice and out of order', async () => {
  const bookings = array(record({ room: constantFrom('x', 'y'), canceled: boolean() }), { maxLength: 8 })
  const order = array(integer(), { minLength: 32, maxLength: 32 })
  await assert(
    asyncProperty(bookings, order, async (made, ranks) => {
      run += 1
      const events = made.flatMap(({ room, canceled }, index) => {
        const one = payment(`p-${run}-${index}`, `room-${run}-${room}`)
        return canceled ? [one.approved, one.canceled] : [one.approved]
      })
      const rank = (index: number) => ranks[index] ?? 0
      const twice = [...events, ...events].map((event, index) => ({ event, at: rank(index) }))
      await deliverUntilDone(twice.sort((a, b) => a.at - b.at).map(({ event }) => event))
      for (const room of ['x', 'y']) {
        const { popularity, recount, told } = await counted(`room-${run}-${room}`)
        expect(popularity).toBe(made.filter((booking) => booking.room === room && !booking.canceled).length)
        expect(recount).toBe(popularity)
        expect(told.map(({ version }) => version)).toEqual(told.map((_, index) => index + 1))
      }
    }),
    { numRuns: 30 },
  )
})

it('stores rooms as they are now, and that they were deleted', async () => {
  const price = { amount: 10_000, currency: 'KRW' }
  const room: OfferedRoom = {
    roomId: 'room-b',
    hostId: 'host1',
    name: '한옥 stay',
    city: 'Seoul',
    country: 'KR',
    timeZone: 'Asia/Seoul',
    pricePerNight: price,
    cleaningFee: price,
    taxBasisPoints: 1000,
    capacity: 2,
    minNights: 1,
    maxNights: 30,
    bookingWindowDays: 365,
    checkInTime: '15:00',
    checkOutTime: '11:00',
    cancellationPolicy: 'FLEXIBLE',
    registeredAt: at,
  }
  const { roomId, hostId, name } = room
  const deletion = { deletedBy: 'HOST' as const, reason: null, deletedOn: '2027-01-01', deletedAt: at }
  const announced = [
    announcement(RoomRegistered, roomId, 1, room),
    announcement(RoomChanged, roomId, 2, { ...room, name: '한옥' }),
    announcement(RoomDeleted, roomId, 3, { roomId, hostId, name, ...deletion }),
  ]
  await deliverUntilDone(announced.toReversed())
  const stored = await opened.database.room.findUniqueOrThrow({ where: { roomId } })
  expect(stored).toMatchObject({ name: '한옥', city: 'Seoul', version: 3, deletedAt: new Date(at) })
})
