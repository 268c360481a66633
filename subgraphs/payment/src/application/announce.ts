import { type Announcement, announcement } from '@myhotel/contracts/event'
import { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import { type Approved, isApproved, type Payment, type PaymentEvent, refundedOf } from '../domain/payment.ts'

/**
 * What the world is told of an event, given the payment after it. An attempt that was never approved was never
 * announced, so nobody is told of its end either.
 */
export function announce(event: PaymentEvent, payment: Payment): readonly Announcement[] {
  if (!isApproved(payment)) return []
  if (event.type === 'PaymentApproved') {
    const approvedAt = new Date(event.at).toISOString()
    return [announcement(PaymentApproved, payment.id, payment.version, { ...paid(payment), approvedAt })]
  }
  if (event.type === 'Refunded') {
    const { id, version, state } = payment
    return [
      announcement(PaymentCanceled, id, version, {
        ...paid(payment),
        refunded: refundedOf(payment),
        status: state === 'CANCELED' ? 'CANCELED' : 'PARTIALLY_REFUNDED',
        canceledAt: new Date(event.at).toISOString(),
      }),
    ]
  }
  return []
}

function paid({ id, intent }: Approved) {
  const { bookingId, roomId, guestId, hostId, amount } = intent
  return { paymentId: id, bookingId, roomId, guestId, hostId, amount }
}
