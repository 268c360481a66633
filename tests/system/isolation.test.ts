import { withClient } from '@myhotel/kit/postgres'
import { eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askForRoom, bookRoom, cancelBooking, type Hotel, inDays, openHotel, registerRoom } from './hotel.ts'

const supporting = ['notification', 'marketing', 'mypage']

let hotel: Hotel
beforeAll(async () => {
  hotel = await openHotel()
})
afterAll(() => hotel?.close())

const rows = async <Row extends object>(database: string, sql: string): Promise<Row[]> =>
  (await withClient(hotel.system.databaseUrl(database), (client) => client.query<Row>(sql))).rows
const count = async (database: string, sql: string) =>
  (await rows<{ n: number }>(database, `SELECT count(*)::int AS n FROM ${sql}`))[0]?.n

const bookings = async (guest: string) => {
  const page = await hotel.one(
    guest,
    '{ myPage { guest { unreadNotifications bookings(first: 100) { edges { node { bookingId status paymentStatus } } } } } }',
  )
  return page.guest
}

describe('while notification, marketing and My Page are down', () => {
  it('rooms are registered, booked and cancelled, and all three catch up', async () => {
    await Promise.all(supporting.map((name) => hotel.system.stop(name)))
    const room = await registerRoom(hotel, 'host1')
    for (let day = 0; day < 10; day++) {
      const stay = { startDate: inDays(10 + day), endDate: inDays(11 + day) }
      const booked = await bookRoom(hotel, 'guest1', room, stay)
      expect(booked.__typename).toBe('RoomBooked')
      if (day % 2)
        expect((await cancelBooking(hotel, 'guest1', booked.booking.id)).__typename).toBe('BookingCanceled')
    }
    await Promise.all(supporting.map((name) => hotel.system.start(name)))
    await Promise.all(supporting.map((name) => hotel.system.waitReady(name)))
    await eventually(
      async () => {
        const { edges } = (await bookings('guest1')).bookings
        const of = (status: string) =>
          edges.filter((edge: { node: { status: string } }) => edge.node.status === status)
        expect([of('BOOKED').length, of('CANCELED').length]).toEqual([5, 5])
        const { popularity } = await hotel.one(null, `query ($id: ID!) { room(id: $id) { popularity } }`, {
          id: room,
        })
        expect(popularity).toBe(5)
        const { edges: told } = await hotel.one(
          'guest1',
          '{ myNotifications(first: 100) { edges { node { kind } } } }',
        )
        // Booked and paid ten times, cancelled and refunded five times.
        expect(told).toHaveLength(30)
        return true
      },
      { everyMs: 250 },
    )
  })
})

describe('a second replica of each consumer', () => {
  it('gives no event a second effect', async () => {
    const replicas = await Promise.all(supporting.map((name) => hotel.system.addReplica(name)))
    await Promise.all(replicas.map((name) => hotel.system.waitReady(name)))
    const room = await registerRoom(hotel, 'host2')
    const guests = Array.from({ length: 30 }, (_, index) => `guest${100 + index}`)
    await Promise.all(
      guests.map(async (guest, day) => {
        const booked = await bookRoom(hotel, guest, room, {
          startDate: inDays(40 + day),
          endDate: inDays(41 + day),
        })
        expect(booked.__typename).toBe('RoomBooked')
      }),
    )
    for (const guest of guests) {
      await eventually(async () => (await bookings(guest)).unreadNotifications === 2)
      expect((await bookings(guest)).bookings.edges).toHaveLength(1)
    }
    const { popularity } = await hotel.one(null, `query ($id: ID!) { room(id: $id) { popularity } }`, {
      id: room,
    })
    expect(popularity).toBe(30)
    const mails = await count(
      'notification',
      `(SELECT 1 FROM inbox GROUP BY consumer, aggregate HAVING max(version) <> count(*)) AS gaps`,
    )
    expect(mails).toBe(0)
  })
})

describe('popularity', () => {
  it('equals a recount of paid bookings that are not cancelled', async () => {
    const paid = await rows<{ room: string; n: number }>(
      'payment',
      `SELECT room_id::text AS room, count(*)::int AS n FROM payment WHERE state = 'APPROVED' GROUP BY 1`,
    )
    expect(paid.length).toBeGreaterThan(0)
    for (const { room, n } of paid) {
      const { popularity } = await hotel.one(null, `query ($id: ID!) { room(id: $id) { popularity } }`, {
        id: room,
      })
      expect(popularity).toBe(n)
    }
  })
})

describe('while payment is down', () => {
  it('guests are told to pay again shortly, nothing is written, and it works again afterwards', async () => {
    const room = await registerRoom(hotel, 'host3')
    await bookRoom(hotel, 'guest2', room)
    const written = async () => [
      await count('book', 'booking_attempt'),
      await count('book', 'stay_claim'),
      await count('book', 'outbox'),
    ]
    const before = await written()
    await hotel.system.stop('payment')
    for (let index = 0; index < 20; index++) {
      const answer = await bookRoom(hotel, 'guest3', room, { startDate: inDays(50), endDate: inDays(52) })
      expect(answer).toMatchObject({ __typename: 'PaymentBusy' })
      expect(answer.retryAfterSeconds).toBeGreaterThan(0)
    }
    expect(await written()).toEqual(before)
    await hotel.system.start('payment')
    await hotel.system.waitReady('payment')
    const intent = { startDate: inDays(50), endDate: inDays(52), idempotencyKey: 'after the pause' }
    await eventually(
      async () => (await bookRoom(hotel, 'guest3', room, intent)).__typename === 'RoomBooked',
      { everyMs: 250 },
    )
  })
})

describe('while book and payment are told to stop', () => {
  const provider = (path: string) => new URL(path, hotel.system.record.paymentProvider ?? '')
  const providerIs = (faults: object) =>
    fetch(provider('/control'), {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(faults),
    })
  const captures = async () => ((await (await fetch(provider('/v1/captures'))).json()) as unknown[]).length

  it('a booking in its middle comes to its end, and guests are paid for once', async () => {
    const room = await registerRoom(hotel, 'host5')
    const before = await captures()
    await providerIs({ hold: 'answer', operations: ['pay'] })
    const intent = { startDate: inDays(70), endDate: inDays(72), idempotencyKey: 'in the middle' }
    const asked = askForRoom(hotel, 'guest5', room, intent)
    await eventually(async () => (await captures()) === before + 1)
    const parts = ['book', 'payment']
    const stopped = Promise.all(parts.map((name) => hotel.system.stop(name)))
    await providerIs({})
    // On a machine that was busy for three seconds book does not know yet what became of the payment.
    expect(['RoomBooked', 'BookingInProgress']).toContain((await asked).__typename)
    await stopped
    await Promise.all(parts.map((name) => hotel.system.start(name)))
    await Promise.all(parts.map((name) => hotel.system.waitReady(name)))
    await eventually(
      async () => (await bookRoom(hotel, 'guest5', room, intent)).__typename === 'RoomBooked',
      { everyMs: 250 },
    )
    expect(await captures()).toBe(before + 1)
  })
})

describe('while book and room are down', () => {
  it('an agent is told so', async () => {
    const room = await registerRoom(hotel, 'host4')
    const { booking } = await bookRoom(hotel, 'guest4', room)
    await Promise.all([hotel.system.stop('book'), hotel.system.stop('room')])
    const canceled = await hotel.one(
      'agent1',
      `mutation ($id: ID!) { cancelBookingAsAgent(bookingId: $id, reason: "x") { __typename } }`,
      { id: booking.id },
    )
    const removed = await hotel.one(
      'agent1',
      `mutation ($id: ID!) { deleteRoomAsAgent(roomId: $id, reason: "x") { __typename } }`,
      { id: room },
    )
    expect([canceled.__typename, removed.__typename]).toEqual(['ServiceUnavailable', 'ServiceUnavailable'])
    await Promise.all([hotel.system.start('book'), hotel.system.start('room')])
    await Promise.all([hotel.system.waitReady('book'), hotel.system.waitReady('room')])
    const again = await eventually(
      async () => {
        const answer = await hotel.one(
          'agent1',
          `mutation ($id: ID!) { cancelBookingAsAgent(bookingId: $id, reason: "x") { __typename } }`,
          { id: booking.id },
        )
        return answer.__typename !== 'ServiceUnavailable' && answer
      },
      { everyMs: 250 },
    )
    expect(again.__typename).toBe('BookingCanceled')
  })
})
