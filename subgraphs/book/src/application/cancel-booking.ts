import { type Booking, decide, evolve, type Moment, roleIn } from '../domain/booking.ts'
import type { CanceledBy } from '../domain/cancellation-policy.ts'
import { isRefusal, nightsOf, type RefusalOf } from '../domain/stay.ts'
import type { Calendar, Ports } from './ports.ts'

/** Why a cancellation did not come about. */
export type CancelRefusal = RefusalOf<'NOT_FOUND' | 'FORBIDDEN' | 'NOT_CANCELABLE'>

const unknownBooking: CancelRefusal = { code: 'NOT_FOUND', message: 'There is no such booking.' }
const notYours: CancelRefusal = {
  code: 'FORBIDDEN',
  message: 'Only its guest and its host may cancel this booking.',
}

/** Cancels a booking for its guest, under its cancellation policy, or for the host of its room, with all given back. */
export async function cancelBooking(
  ports: Ports,
  command: { bookingId: string; userId: string; reason: string | null },
): Promise<Booking | CancelRefusal> {
  const booking = await ports.bookings.find(command.bookingId)
  if (!booking) return unknownBooking
  const role = roleIn(booking, command.userId)
  return role ? cancel(ports, booking, role, command.reason) : notYours
}

/** Cancels any booking for the service centre, with all given back. */
export async function cancelBookingForServiceCenter(
  ports: Ports,
  command: { bookingId: string; reason: string },
): Promise<Booking | CancelRefusal> {
  const booking = await ports.bookings.find(command.bookingId)
  return booking ? cancel(ports, booking, 'SERVICE_CENTER', command.reason) : unknownBooking
}

async function cancel(
  ports: Ports,
  booking: Booking,
  canceledBy: CanceledBy,
  reason: string | null,
): Promise<Booking | CancelRefusal> {
  const decided = decide({ canceledBy, reason, ...momentOf(ports.calendar, booking) }, booking)
  if (decided === 'already') return booking
  if (isRefusal(decided)) return decided
  const canceled = evolve(booking, decided)
  if (await ports.bookings.saveCanceled(canceled)) return canceled
  // Somebody cancelled it in between: theirs is the answer.
  return (await ports.bookings.find(booking.id)) ?? unknownBooking
}

/** Where a booking stands in time, now. */
export function momentOf(calendar: Calendar, { stay, terms }: Booking): Moment {
  const { timeZone, checkInTime } = terms
  const now = calendar.now()
  const today = calendar.today(timeZone)
  // A night begins at the check-in time of its day: those of earlier days have, today's perhaps.
  const earlier = Math.max(0, nightsOf({ startDate: stay.startDate, endDate: today }))
  const begunToday = today >= stay.startDate && calendar.instantAt(today, checkInTime, timeZone) <= now
  return {
    now,
    today,
    checkInAt: calendar.instantAt(stay.startDate, checkInTime, timeZone),
    nightsBegun: Math.min(nightsOf(stay), earlier + (begunToday ? 1 : 0)),
  }
}
