import { z } from 'zod'
import { type DataOf, defineEvent } from './event.ts'
import { instant, money } from './values.ts'

const paid = {
  paymentId: z.string(),
  bookingId: z.string(),
  roomId: z.string(),
  guestId: z.string(),
  hostId: z.string(),
  /** What was paid. */
  amount: money,
}

/** The provider took the guest's money. Aggregate: the payment, version 1. */
export const PaymentApproved = defineEvent(
  'payment',
  'PaymentApproved',
  z.object({ ...paid, approvedAt: instant }),
)

/** The payment of a cancelled booking is settled; `refunded` was given back (0 where the policy gives nothing). */
export const PaymentCanceled = defineEvent(
  'payment',
  'PaymentCanceled',
  z.object({
    ...paid,
    refunded: money,
    status: z.enum(['CANCELED', 'PARTIALLY_REFUNDED']),
    canceledAt: instant,
  }),
)

export type PaymentApproved = DataOf<typeof PaymentApproved>
export type PaymentCanceled = DataOf<typeof PaymentCanceled>
