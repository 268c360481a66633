import { chargingOf } from '@myhotel/kit/charging'
import { v7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bookRoom } from '../application/book-room.ts'
import { cancelBooking } from '../application/cancel-booking.ts'
import { cancelUpcomingBookingsWheneverRoomDeleted } from '../application/policies.ts'
import { quote } from '../application/quote.ts'
import { recoverAttempts } from '../application/recover.ts'
import type { AttemptAnswer } from '../domain/attempt.ts'
import { aListing, anAttempt, anOffer, aRequest } from '../testing/examples.ts'
import { createWorld } from '../testing/world.ts'
import { prismaCatalogue } from './prisma-bookings.ts'

let world: Awaited<ReturnType<typeof createWorld>>
beforeAll(async () => {
  world = await createWorld({ lease: 0 })
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.database.$executeRawUnsafe('TRUNCATE booking, booking_attempt, stay_claim, outbox')
  Object.assign(world.script, {
    busyFor: null,
    approve: () => ({ type: 'approved', paymentId: v7() }),
    resolve: () => ({ type: 'dead' }),
    undo: () => true,
    undone: [],
    approvals: 0,
  })
})

const recover = () => recoverAttempts(world.ports, 20, (_, work) => work())
const kindOf = (answer: AttemptAnswer) => ('type' in answer ? answer.type : answer.code)

describe('bookRoom', () => {
  it('books, announces, and answers a retry with the first result without paying again', async () => {
    const { roomId } = await world.room()
    const first = await bookRoom(world.ports, aRequest({ roomId }))
    const again = await bookRoom(world.ports, aRequest({ roomId }))
    expect(first).toMatchObject({ type: 'RoomBooked', booking: { guestId: 'guest1', version: 1 } })
    expect(again).toMatchObject({ type: 'RoomBooked', bookingId: 'bookingId' in first && first.bookingId })
    expect(world.script.approvals).toBe(1)
    expect(await world.count('outbox')).toBe(1)
    expect(await bookRoom(world.ports, aRequest({ roomId, guests: 1 }))).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
  })

  it('gives one night to one of two hundred who want it at once', async () => {
    const { roomId } = await world.room()
    const asked = Array.from({ length: 200 }, (_, guest) =>
      bookRoom(world.ports, aRequest({ roomId, guestId: `guest${guest}` })),
    )
    const kinds = (await Promise.all(asked)).map(kindOf)
    expect(kinds.filter((kind) => kind === 'RoomBooked')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'ROOM_NOT_AVAILABLE')).toHaveLength(199)
    expect(await world.count('stay_claim')).toBe(1)
  })

  it('lets one of many requests with the same key book; the others are told to wait or the result', async () => {
    const { roomId } = await world.room()
    const asked = Array.from({ length: 20 }, () => bookRoom(world.ports, aRequest({ roomId })))
    const kinds = (await Promise.all(asked)).map(kindOf)
    expect(
      new Set(kinds).difference(new Set(['RoomBooked', 'BookingInProgress', 'ROOM_NOT_AVAILABLE'])).size,
    ).toBe(0)
    expect(world.script.approvals).toBe(1)
    expect(await world.count('booking')).toBe(1)
  })

  it.each([
    ['the day of departure', '2027-03-13', '2027-03-15', 'RoomBooked'],
    ['until the day of arrival', '2027-03-08', '2027-03-10', 'RoomBooked'],
    ['the same nights', '2027-03-10', '2027-03-13', 'ROOM_NOT_AVAILABLE'],
    ['an enclosing stay', '2027-03-01', '2027-03-20', 'ROOM_NOT_AVAILABLE'],
    ['an enclosed night', '2027-03-11', '2027-03-12', 'ROOM_NOT_AVAILABLE'],
    ['an overlap at the start', '2027-03-09', '2027-03-11', 'ROOM_NOT_AVAILABLE'],
    ['an overlap at the end', '2027-03-12', '2027-03-14', 'ROOM_NOT_AVAILABLE'],
  ])('beside a stay of 10 to 13 March: %s', async (_, startDate, endDate, kind) => {
    const { roomId } = await world.room()
    await bookRoom(world.ports, aRequest({ roomId }))
    const second = aRequest({ roomId, guestId: 'guest2', stay: { startDate, endDate } })
    expect(kindOf(await bookRoom(world.ports, second))).toBe(kind)
  })

  it('writes nothing when payment is not asked or has not taken it in; the key can be used again', async () => {
    const { roomId } = await world.room()
    world.script.busyFor = 3
    expect(await bookRoom(world.ports, aRequest({ roomId }))).toMatchObject({ code: 'PAYMENT_BUSY' })
    world.script.busyFor = null
    world.script.approve = () => ({ type: 'not accepted', retryAfterSeconds: 2 })
    expect(await bookRoom(world.ports, aRequest({ roomId }))).toMatchObject({ retryAfterSeconds: 2 })
    expect(await world.count('booking_attempt')).toBe(0)
    expect(await world.count('stay_claim')).toBe(0)
    world.script.approve = () => ({ type: 'approved', paymentId: v7() })
    expect(kindOf(await bookRoom(world.ports, aRequest({ roomId })))).toBe('RoomBooked')
  })

  it('refuses, before anything is written or paid, a total beyond what can be charged at once', async () => {
    const { roomId } = await world.room(aListing(v7(), anOffer({ pricePerNight: 33_333_334 })))
    const ports = { ...world.ports, charging: chargingOf('stripe') }
    const refused = {
      code: 'INVALID_INPUT',
      field: 'endDate',
      message: expect.stringContaining('largest amount that can be charged at once'),
    }
    const { stay, guests } = aRequest({ roomId })
    expect(await quote(ports, { roomId, stay, guests })).toMatchObject(refused)
    expect(await bookRoom(ports, aRequest({ roomId }))).toMatchObject(refused)
    expect(world.script.approvals).toBe(0)
    expect([await world.count('booking_attempt'), await world.count('stay_claim')]).toEqual([0, 0])
    expect(await bookRoom(world.ports, aRequest({ roomId }))).toMatchObject({ type: 'RoomBooked' })
  })

  it('frees the nights of a declined payment and remembers the decline', async () => {
    const { roomId } = await world.room()
    world.script.approve = () => ({
      type: 'declined',
      declineCode: 'insufficient_funds',
      message: 'no funds',
    })
    const declined = { code: 'PAYMENT_DECLINED', declineCode: 'insufficient_funds' }
    expect(await bookRoom(world.ports, aRequest({ roomId }))).toMatchObject(declined)
    expect(await bookRoom(world.ports, aRequest({ roomId }))).toMatchObject(declined)
    expect(world.script.approvals).toBe(1)
    world.script.approve = () => ({ type: 'approved', paymentId: v7() })
    const otherCard = { roomId, paymentMethod: 'pm_card_mastercard' }
    expect(await bookRoom(world.ports, aRequest(otherCard))).toEqual({
      code: 'IDEMPOTENCY_KEY_REUSED',
      message: expect.stringMatching(/declined.*new key/),
    })
    expect(kindOf(await bookRoom(world.ports, aRequest({ ...otherCard, idempotencyKey: 'key-2' })))).toBe(
      'RoomBooked',
    )
  })

  it('a payment method that does not exist is wrong input: the nights and the key stay free', async () => {
    const { roomId } = await world.room()
    world.script.approve = () => ({ type: 'no such method' })
    const refused = { code: 'INVALID_INPUT', field: 'paymentMethod' }
    expect(await bookRoom(world.ports, aRequest({ roomId }))).toMatchObject(refused)
    expect(await bookRoom(world.ports, aRequest({ roomId }))).toMatchObject(refused)
    expect(await world.count('stay_claim')).toBe(0)
    expect(await world.count('booking_attempt')).toBe(0)
    world.script.approve = () => ({ type: 'approved', paymentId: v7() })
    const corrected = aRequest({ roomId, paymentMethod: 'pm_card_mastercard' })
    expect(kindOf(await bookRoom(world.ports, corrected))).toBe('RoomBooked')
  })

  it('refuses a host who books the own room; nothing is written and payment is not asked', async () => {
    const { roomId } = await world.room()
    expect(await bookRoom(world.ports, aRequest({ roomId, guestId: 'host1' }))).toMatchObject({
      code: 'FORBIDDEN',
    })
    expect(world.script.approvals).toBe(0)
    expect(await world.count('booking_attempt')).toBe(0)
  })
})

describe('recovery', () => {
  async function unknownOutcome() {
    const { roomId } = await world.room()
    world.script.approve = () => ({ type: 'unknown' })
    expect(kindOf(await bookRoom(world.ports, aRequest({ roomId })))).toBe('BookingInProgress')
    return roomId
  }

  it('books when payment turns out to have been approved', async () => {
    const roomId = await unknownOutcome()
    world.script.resolve = () => ({ type: 'approved', paymentId: v7() })
    await recover()
    expect(kindOf(await bookRoom(world.ports, aRequest({ roomId })))).toBe('RoomBooked')
  })

  it('frees nights and key when the payment method turns out not to exist', async () => {
    await unknownOutcome()
    world.script.resolve = () => ({ type: 'no such method' })
    await recover()
    expect(await world.count('stay_claim')).toBe(0)
    expect(await world.count('booking_attempt')).toBe(0)
  })

  it('frees nights and key when payment has never seen the attempt', async () => {
    const roomId = await unknownOutcome()
    await recover()
    world.script.approve = () => ({ type: 'approved', paymentId: v7() })
    expect(kindOf(await bookRoom(world.ports, aRequest({ roomId })))).toBe('RoomBooked')
  })

  it('goes on asking until the deadline, then gives up and undoes the payment however long it takes', async () => {
    const roomId = await unknownOutcome()
    world.script.resolve = () => ({ type: 'unknown' })
    await recover()
    expect(kindOf(await bookRoom(world.ports, aRequest({ roomId })))).toBe('BookingInProgress')
    const pass = (column: string) =>
      world.database.$executeRawUnsafe(
        `UPDATE booking_attempt SET lease_until = now() - interval '1 s', ${column}`,
      )
    await pass(`hold_expires_at = now() - interval '1 s'`)
    world.script.undo = () => false
    await recover()
    expect(kindOf(await bookRoom(world.ports, aRequest({ roomId })))).toBe('PAYMENT_BUSY')
    world.script.undo = () => true
    await pass('hold_expires_at = hold_expires_at')
    await recover()
    expect(world.script.undone).toHaveLength(1)
    world.script.approve = () => ({ type: 'approved', paymentId: v7() })
    expect(kindOf(await bookRoom(world.ports, aRequest({ roomId })))).toBe('RoomBooked')
    expect(await world.count('booking')).toBe(1)
  })

  it('leaves no word to an owner that has lost the attempt', async () => {
    const { roomId } = await world.room()
    const attempt = anAttempt({ id: v7(), claimId: v7(), roomId })
    expect(await world.ports.attempts.begin(attempt)).toBe('begun')
    const [taken] = await world.ports.attempts.takeOver(1)
    expect(taken?.attempt.epoch).toBe(2)
    const refusal = { code: 'PAYMENT_DECLINED', message: '', declineCode: '' } as const
    expect(await world.ports.attempts.decline(attempt, refusal)).toBe(false)
    expect(await world.ports.attempts.forget(attempt)).toBe(false)
    expect(await world.ports.attempts.abort(attempt)).toBe(false)
  })
})

describe('cancellation', () => {
  it('frees the nights, is announced once, and answers the same again', async () => {
    const { roomId } = await world.room()
    const booked = await bookRoom(world.ports, aRequest({ roomId }))
    if (!('bookingId' in booked)) throw new Error('not booked')
    const command = { bookingId: booked.bookingId, userId: 'guest1', reason: 'ill' }
    const answers = await Promise.all([1, 2, 3].map(() => cancelBooking(world.ports, command)))
    for (const answer of answers) expect(answer).toMatchObject({ status: 'CANCELED', version: 2 })
    expect(await world.count('outbox')).toBe(2)
    expect(kindOf(await bookRoom(world.ports, aRequest({ roomId, idempotencyKey: 'key-2' })))).toBe(
      'RoomBooked',
    )
    expect(await cancelBooking(world.ports, { ...command, userId: 'guest2' })).toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  it.each([450_000_000, 3_002_399_751_580_330])(
    'gives back exactly what %d a night amounts to',
    async (amount) => {
      const offer = anOffer({ pricePerNight: amount, taxPartsPerMillion: 0 })
      const { roomId } = await world.room(aListing(v7(), offer))
      const booked = await bookRoom(world.ports, aRequest({ roomId }))
      const total = { amount: 3 * amount, currency: 'EUR' }
      expect(booked).toMatchObject({ booking: { terms: { price: { total } } } })
      const bookingId = 'bookingId' in booked ? booked.bookingId : ''
      await cancelBooking(world.ports, { bookingId, userId: 'host1', reason: null })
      expect(await world.ports.bookings.find(bookingId)).toMatchObject({ cancellation: { refund: total } })
      const stored = await world.database.booking.findUniqueOrThrow({ where: { id: bookingId } })
      expect([stored.totalAmount, stored.refundAmount]).toEqual([BigInt(3 * amount), BigInt(3 * amount)])
      const announced = await world.database.outbox.findMany({ where: { aggregateId: bookingId } })
      for (const { data } of announced) expect(data).toMatchObject({ total })
    },
  )

  it('reaches every booking to come when the room is deleted, and no attempt is confirmed after', async () => {
    const { roomId } = await world.room()
    const booked = await bookRoom(world.ports, aRequest({ roomId }))
    const later = { startDate: '2027-04-01', endDate: '2027-04-03' }
    let closing: Promise<unknown> = Promise.resolve()
    world.script.approve = async () => {
      closing = deleteRoom(roomId)
      await closing
      return { type: 'approved', paymentId: v7() }
    }
    const late = await bookRoom(world.ports, aRequest({ roomId, idempotencyKey: 'late', stay: later }))
    expect(late).toMatchObject({ code: 'NOT_FOUND' })
    await world.database.$executeRawUnsafe(`UPDATE booking_attempt SET lease_until = now() - interval '1 s'`)
    await recover()
    expect(world.script.undone).toHaveLength(1)
    const canceled = 'bookingId' in booked ? await world.ports.bookings.find(booked.bookingId) : null
    expect(canceled).toMatchObject({ status: 'CANCELED', cancellation: { canceledBy: 'ROOM_DELETED' } })
  })
})

function deleteRoom(roomId: string) {
  const room = { roomId, hostId: 'host1', name: 'Room', deletedBy: 'HOST', reason: null } as const
  const deleted = { ...room, deletedOn: '2027-01-15', deletedAt: '2027-01-15T12:00:00.000Z' }
  return world.database.$transaction((tx) =>
    cancelUpcomingBookingsWheneverRoomDeleted(prismaCatalogue(tx), world.ports.calendar, deleted, 2),
  )
}

describe('blocks', () => {
  const range = (startDate: string, endDate: string) => ({ startDate, endDate })

  it('are claims: they keep guests out, are merged, split and listed, and give way to none', async () => {
    const listing = await world.room()
    const { blocks } = world.ports
    expect(await blocks.block(listing, range('2027-03-01', '2027-03-05'))).toBe(true)
    expect(await blocks.block(listing, range('2027-03-03', '2027-03-08'))).toBe(true)
    expect(await blocks.list(listing.roomId, '2027-01-01')).toEqual([range('2027-03-01', '2027-03-08')])
    const inside = aRequest({ roomId: listing.roomId, stay: range('2027-03-07', '2027-03-09') })
    expect(kindOf(await bookRoom(world.ports, inside))).toBe('ROOM_NOT_AVAILABLE')
    await blocks.unblock(listing, range('2027-03-02', '2027-03-04'))
    expect(await blocks.list(listing.roomId, '2027-01-01')).toEqual([
      range('2027-03-01', '2027-03-02'),
      range('2027-03-04', '2027-03-08'),
    ])
    expect(await blocks.freeDates(listing.roomId, range('2027-03-01', '2027-03-10'))).toEqual([
      range('2027-03-02', '2027-03-04'),
      range('2027-03-08', '2027-03-10'),
    ])
    await bookRoom(world.ports, aRequest({ roomId: listing.roomId }))
    expect(await blocks.block(listing, range('2027-03-12', '2027-03-14'))).toBe(false)
  })
})
