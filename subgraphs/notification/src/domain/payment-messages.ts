import type { Message } from './notification.ts'
import { formatMoney, type Money } from './wording.ts'

/** What a message about a payment can name. */
export type PaymentNews = {
  readonly paymentId: string
  readonly bookingId: string
  readonly roomId: string
  readonly guestId: string
  readonly amount: Money
}

/** The guest's receipt. */
export function paymentApprovedMessage(payment: PaymentNews): Message {
  return toGuest(payment, 'PAYMENT_APPROVED', `Paid: ${formatMoney(payment.amount)}`, [
    `We received your payment of ${formatMoney(payment.amount)}.`,
  ])
}

/** Tells the guest what came back of a cancelled booking's payment. */
export function paymentCanceledMessage(payment: PaymentNews & { readonly refunded: Money }): Message {
  const { refunded, amount } = payment
  if (refunded.amount === 0) {
    return toGuest(payment, 'PAYMENT_CANCELED', 'Your cancelled booking: nothing to refund', [
      `Nothing of the ${formatMoney(amount)} that you paid is refunded, as the cancellation policy says.`,
    ])
  }
  return toGuest(payment, 'PAYMENT_CANCELED', `Refunded: ${formatMoney(refunded)}`, [
    `We gave ${formatMoney(refunded)} of the ${formatMoney(amount)} that you paid back to your payment method.`,
    'Your bank may need a few days to show it.',
  ])
}

function toGuest(
  { guestId, bookingId, roomId, paymentId }: PaymentNews,
  kind: Message['kind'],
  title: string,
  lines: readonly string[],
): Message {
  const body = [...lines, `Booking: ${bookingId}`, `Payment: ${paymentId}`].join('\n')
  return { recipientId: guestId, kind, title, body, bookingId, roomId }
}
