import { type CanceledBy, type RefundableStay, refundOf } from './cancellation-policy.ts'
import type { Price } from './price.ts'
import { type CancellationPolicy, isOver, type Money, nightsOf, type RefusalOf, type Stay } from './stay.ts'

/** What a guest agreed to when booking; frozen, whatever becomes of the room. */
export type Terms = {
  readonly roomName: string
  readonly city: string
  readonly country: string
  readonly timeZone: string
  readonly checkInTime: string
  readonly checkOutTime: string
  readonly cancellationPolicy: CancellationPolicy
  readonly price: Price
}

type Agreement = {
  readonly id: string
  /** Version of the aggregate: 1 booked, 2 cancelled. */
  readonly version: number
  readonly roomId: string
  readonly hostId: string
  readonly guestId: string
  readonly paymentId: string
  readonly stay: Stay
  readonly guests: number
  readonly terms: Terms
  /** Milliseconds since the epoch, as all instants of the domain. */
  readonly bookedAt: number
}

export type BookedStay = Agreement & { readonly status: 'BOOKED' }

export type CanceledStay = Agreement & { readonly status: 'CANCELED'; readonly cancellation: Cancellation }

/** A paid stay. COMPLETED is no state: it follows from the dates. */
export type Booking = BookedStay | CanceledStay

export type Cancellation = {
  readonly canceledAt: number
  readonly canceledBy: CanceledBy
  readonly reason: string | null
  readonly refund: Money
}

/** Where a stay stands in time. */
export type Moment = {
  readonly now: number
  /** The date in the room's zone. */
  readonly today: string
  readonly checkInAt: number
  /** Nights of the stay that have begun. */
  readonly nightsBegun: number
}

/** Cancels a booking. */
export type CancelBooking = Moment & { readonly canceledBy: CanceledBy; readonly reason: string | null }

export type BookCanceled = { readonly type: 'BookCanceled'; readonly cancellation: Cancellation }

/** Decides on a cancellation: what happens, nothing where it has happened already, or a refusal. */
export function decide(
  command: CancelBooking,
  booking: Booking,
): BookCanceled | 'already' | RefusalOf<'NOT_CANCELABLE'> {
  if (booking.status === 'CANCELED') return 'already'
  if (isOver(booking.stay, command.today))
    return { code: 'NOT_CANCELABLE', message: 'This stay is over and cannot be cancelled any more.' }
  const { canceledBy, reason, now } = command
  const refund = refundOf(refundableStay(booking, command), canceledBy, now)
  return { type: 'BookCanceled', cancellation: { canceledAt: now, canceledBy, reason, refund } }
}

/** The booking after an event. */
export function evolve(booking: Booking, event: BookCanceled): CanceledStay {
  return { ...booking, version: booking.version + 1, status: 'CANCELED', cancellation: event.cancellation }
}

/** What the guest would get back now, or null where nothing can be cancelled any more. */
export function refundIfCanceledNow(booking: Booking, moment: Moment): Money | null {
  const decided = decide({ ...moment, canceledBy: 'GUEST', reason: null }, booking)
  return typeof decided === 'object' && 'cancellation' in decided ? decided.cancellation.refund : null
}

/** Status as people see it. */
export function statusOf(booking: Booking, today: string): 'BOOKED' | 'CANCELED' | 'COMPLETED' {
  if (booking.status === 'BOOKED' && isOver(booking.stay, today)) return 'COMPLETED'
  return booking.status
}

/** In which role a user may see and cancel a booking, if any. */
export function roleIn(booking: Booking, userId: string): 'GUEST' | 'HOST' | undefined {
  if (booking.guestId === userId) return 'GUEST'
  if (booking.hostId === userId) return 'HOST'
}

function refundableStay({ terms, stay }: Booking, { checkInAt, nightsBegun }: Moment): RefundableStay {
  return {
    policy: terms.cancellationPolicy,
    price: terms.price,
    nights: nightsOf(stay),
    checkInAt,
    nightsBegun,
  }
}
