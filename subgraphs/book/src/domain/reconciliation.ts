import type { Booking } from './booking.ts'
import type { Money } from './stay.ts'

/** An approved payment as payment tells of it. */
export type PaymentRecord = {
  readonly id: string
  readonly bookingId: string
  readonly amount: Money
  /** Minor units that were given back so far. */
  readonly refunded: number
  /** A refund is on its way. */
  readonly refunding: boolean
}

/** What book and payment can differ in. */
export const differences = [
  'booking without payment',
  'payment without booking',
  'another payment',
  'another amount',
  'refund missing',
  'refund without cancellation',
] as const

export type Difference = (typeof differences)[number]

/** In what a booking and the payment of its id differ, of which one may be missing; null where they agree. */
export function differenceOf(
  booking: Booking | undefined,
  payment: PaymentRecord | undefined,
): Difference | null {
  if (!payment) return booking ? 'booking without payment' : null
  const { amount, refunded, refunding } = payment
  if (!booking) return refunding || refunded === amount.amount ? null : 'payment without booking'
  if (booking.paymentId !== payment.id) return 'another payment'
  const { total } = booking.terms.price
  if (total.amount !== amount.amount || total.currency !== amount.currency) return 'another amount'
  if (booking.status === 'BOOKED') return refunding || refunded > 0 ? 'refund without cancellation' : null
  return refunding || refunded === booking.cancellation.refund.amount ? null : 'refund missing'
}
