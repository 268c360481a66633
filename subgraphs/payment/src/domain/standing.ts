import { type Instant, isApproved, type Payment } from './payment.ts'
import { nextRefund, type Refund } from './refund.ts'

/** How an attempt stands, as book is told. */
export type Standing =
  | { readonly is: 'approved'; readonly paymentId: string; readonly approvedAt: Instant }
  | { readonly is: 'declined'; readonly code: string; readonly message: string }
  | { readonly is: 'pending' }
  | { readonly is: 'tombstoned' }

/**
 * A voided attempt counts as tombstoned from the moment that book gave it up, although its money may still be on
 * its way back: it will never again be more than that.
 */
export function standingOf(payment: Payment): Standing {
  if (payment.state === 'DECLINED') return { is: 'declined', ...payment.decline }
  if (payment.voided || !(isApproved(payment) || payment.state === 'PENDING')) return { is: 'tombstoned' }
  if (payment.state === 'PENDING') return { is: 'pending' }
  return { is: 'approved', paymentId: payment.id, approvedAt: payment.approvedAt }
}

/** What is left to do about a payment, without anybody asking. */
export type Step =
  /** Find out what became of the charge. `dead`: nobody wants it any more. */
  { readonly do: 'settle'; readonly dead: boolean } | { readonly do: 'refund'; readonly refund: Refund }

/** The next step of a payment's own recovery; null where it is finished. */
export function nextStep(payment: Payment, now: Instant): Step | null {
  if (payment.state === 'PENDING') {
    return { do: 'settle', dead: payment.voided || payment.intent.deadline <= now }
  }
  const refund = 'refunds' in payment ? nextRefund(payment.refunds) : undefined
  return refund ? { do: 'refund', refund } : null
}

/** Whether no money of the attempt is with us, and none can come. */
export function keepsNothing(payment: Payment): boolean {
  return (
    payment.state === 'TOMBSTONED' ||
    payment.state === 'DECLINED' ||
    payment.state === 'VOIDED' ||
    payment.state === 'CANCELED'
  )
}
