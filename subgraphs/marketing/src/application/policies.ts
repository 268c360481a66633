import type { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import type { OfferedRoom, RoomDeleted } from '@myhotel/contracts/room'
import { type Finding, learn, recount } from '../domain/popularity.ts'
import { bookCounted } from './announce.ts'
import type { Clock, Consequence, Counts, Happened, Rooms } from './ports.ts'

/** Whenever PaymentApproved, count the booking. */
export function countWheneverPaymentApproved(
  counts: Counts,
  clock: Clock,
  paid: readonly Happened<PaymentApproved>[],
) {
  const findings = paid.map(({ data: { paymentId, bookingId, roomId, approvedAt }, envelope }) => ({
    finding: { paymentId, bookingId, roomId, paidAt: approvedAt, canceledAt: null },
    under: envelope,
  }))
  return count(counts, clock, findings)
}

/** Whenever PaymentCanceled, uncount the booking. */
export function uncountWheneverPaymentCanceled(
  counts: Counts,
  clock: Clock,
  canceled: readonly Happened<PaymentCanceled>[],
) {
  const findings = canceled.map(({ data: { paymentId, bookingId, roomId, canceledAt }, envelope }) => ({
    finding: { paymentId, bookingId, roomId, paidAt: null, canceledAt },
    under: envelope,
  }))
  return count(counts, clock, findings)
}

/** Whenever RoomRegistered or RoomChanged, store the room. */
export function storeWheneverRoomOffered(rooms: Rooms, room: OfferedRoom, version: number): Promise<void> {
  return rooms.store(room, version)
}

/** Whenever RoomDeleted, note it. Its bookings count on: those to come are cancelled, and uncounted by that. */
export function noteWheneverRoomDeleted(rooms: Rooms, room: RoomDeleted, version: number): Promise<void> {
  return rooms.storeDeletion(room, version)
}

type Found = { readonly finding: Finding; readonly under: Consequence['under'] }

/** Each finding is counted after the one before it, so that every change of a popularity is told. */
async function count(counts: Counts, clock: Clock, found: readonly Found[]): Promise<void> {
  const findings = found.map(({ finding }) => finding)
  const popularities = await counts.popularitiesToChange(findings.map(({ roomId }) => roomId))
  const bookings = await counts.bookings(findings.map(({ paymentId }) => paymentId))
  const consequences: Consequence[] = []
  for (const { finding, under } of found) {
    const known = bookings.get(finding.paymentId) ?? null
    const popularity = popularities.get(finding.roomId) ?? unknown(finding.roomId)
    const booking = learn(known, finding)
    const counted = recount(popularity, known, booking)
    bookings.set(finding.paymentId, booking)
    popularities.set(finding.roomId, counted)
    if (counted !== popularity) consequences.push({ ...bookCounted(counted, clock()), under })
  }
  await counts.save([...bookings.values()], [...popularities.values()], consequences)
}

function unknown(roomId: string): never {
  throw new Error(`no popularity of room ${roomId}`)
}
