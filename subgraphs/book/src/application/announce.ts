import { BookCanceled, Booked, DatesBlocked, DatesUnblocked } from '@myhotel/contracts/book'
import type { BookedStay, Booking, CanceledStay } from '../domain/booking.ts'
import type { Stay } from '../domain/stay.ts'

/** An event as the outbox takes it: contract, aggregate, version, data. */
export type Announced = Readonly<{
  contract: typeof Booked | typeof BookCanceled | typeof DatesBlocked | typeof DatesUnblocked
  aggregateId: string
  version: number
  data: unknown
}>

/** The only crossing from book's own words to what it promises to others. */
export function announceBooked(booking: BookedStay): Announced {
  const { city, country, timeZone, cancellationPolicy, checkInTime, checkOutTime, price } = booking.terms
  const data: Booked = {
    ...stayOf(booking),
    city,
    country,
    timeZone,
    cancellationPolicy,
    checkInTime,
    checkOutTime,
    lines: [...price.lines],
    bookedAt: new Date(booking.bookedAt).toISOString(),
  }
  return { contract: Booked, aggregateId: booking.id, version: booking.version, data }
}

export function announceCanceled(booking: CanceledStay): Announced {
  const { canceledAt, canceledBy, refund } = booking.cancellation
  const data: BookCanceled = {
    ...stayOf(booking),
    canceledBy,
    reason: null,
    refund,
    canceledAt: new Date(canceledAt).toISOString(),
  }
  return { contract: BookCanceled, aggregateId: booking.id, version: booking.version, data }
}

/** A block is an aggregate of two events: blocked, then unblocked. */
export function announceBlock(
  what: 'blocked' | 'unblocked',
  block: { id: string; roomId: string; hostId: string; range: Stay },
): Announced {
  const { id, roomId, hostId, range } = block
  const data: DatesBlocked = { blockId: id, roomId, hostId, ...range }
  return what === 'blocked'
    ? { contract: DatesBlocked, aggregateId: id, version: 1, data }
    : { contract: DatesUnblocked, aggregateId: id, version: 2, data }
}

function stayOf(booking: Booking) {
  const { id, roomId, hostId, guestId, stay, guests, paymentId, terms } = booking
  return {
    bookingId: id,
    roomId,
    roomName: terms.roomName,
    hostId,
    guestId,
    startDate: stay.startDate,
    endDate: stay.endDate,
    guests,
    total: terms.price.total,
    paymentId,
  }
}
