import type { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import type { OfferedRoom, RoomDeleted } from '@myhotel/contracts/room'
import { type Finding, learn, recount } from '../domain/popularity.ts'
import { bookCounted } from './announce.ts'
import type { Clock, Counts, Rooms } from './ports.ts'

/** Whenever PaymentApproved, count the booking. */
export function countWheneverPaymentApproved(counts: Counts, clock: Clock, paid: PaymentApproved) {
  const { paymentId, bookingId, roomId, approvedAt } = paid
  return count(counts, clock, { paymentId, bookingId, roomId, paidAt: approvedAt, canceledAt: null })
}

/** Whenever PaymentCanceled, uncount the booking. */
export function uncountWheneverPaymentCanceled(counts: Counts, clock: Clock, canceled: PaymentCanceled) {
  const { paymentId, bookingId, roomId, canceledAt } = canceled
  return count(counts, clock, { paymentId, bookingId, roomId, paidAt: null, canceledAt })
}

/** Whenever RoomRegistered or RoomChanged, store the room. */
export function storeWheneverRoomOffered(rooms: Rooms, room: OfferedRoom, version: number): Promise<void> {
  return rooms.store(room, version)
}

/** Whenever RoomDeleted, note it. Its bookings count on: those to come are cancelled, and uncounted by that. */
export function noteWheneverRoomDeleted(rooms: Rooms, room: RoomDeleted, version: number): Promise<void> {
  return rooms.storeDeletion(room, version)
}

async function count(counts: Counts, clock: Clock, finding: Finding): Promise<void> {
  const popularity = await counts.popularityToChange(finding.roomId)
  const known = await counts.booking(finding.paymentId)
  const booking = learn(known, finding)
  const counted = recount(popularity, known, booking)
  await counts.save(booking, counted, counted === popularity ? [] : [bookCounted(counted, clock())])
}
