import {
  type Approved,
  type Instant,
  isApproved,
  type Money,
  type Payment,
  type PaymentEvent,
  type Pending,
  type Refusal,
} from './payment.ts'
import { left, refundKey, voidKey } from './refund.ts'

/** What the provider tells of a charge. A closed key was never charged, and never will be. */
export type Outcome =
  | { readonly outcome: 'captured'; readonly providerPaymentId: string }
  | { readonly outcome: 'declined'; readonly code: string; readonly message: string }
  | { readonly outcome: 'closed' }

/** The decline's code where the method names nothing that the provider knows: not the card is refused, but the input. */
export const noSuchPaymentMethod = 'no_such_payment_method'

export type Command =
  /** The outcome is known. `dead`: nobody wants the payment any more. */
  | { readonly type: 'settle'; readonly outcome: Outcome; readonly dead: boolean; readonly at: Instant }
  /** Book has given the attempt up. */
  | { readonly type: 'void' }
  /** The booking was cancelled; its frozen policy gives `refund` back, perhaps nothing. */
  | { readonly type: 'cancelBooking'; readonly refund: Money; readonly at: Instant }
  /** The provider has given a refund back. */
  | { readonly type: 'completeRefund'; readonly key: string; readonly at: Instant }
  /** The provider will not give a refund back, however often it is asked. */
  | { readonly type: 'refuseRefund'; readonly key: string; readonly reason: string }

/** What a command does to a payment; nothing where it was done before. */
export function decide(command: Command, payment: Payment): readonly PaymentEvent[] | Refusal {
  switch (command.type) {
    case 'settle':
      return payment.state === 'PENDING' ? settle(payment, command) : []
    case 'void':
      return voidAttempt(payment)
    case 'cancelBooking':
      return isApproved(payment) ? refundBooking(payment, command.refund, command.at) : notApproved(payment)
    case 'completeRefund':
      return isUnderWay(payment, command.key) ? [{ type: 'Refunded', key: command.key, at: command.at }] : []
    case 'refuseRefund':
      return isUnderWay(payment, command.key)
        ? [{ type: 'RefundRefused', key: command.key, reason: command.reason }]
        : []
  }
}

function settle(payment: Pending, command: Command & { type: 'settle' }): readonly PaymentEvent[] {
  const { outcome, dead, at } = command
  if (outcome.outcome === 'closed') return [{ type: 'PaymentTombstoned' }]
  if (outcome.outcome === 'declined') {
    return [{ type: 'PaymentDeclined', decline: { code: outcome.code, message: outcome.message } }]
  }
  const { providerPaymentId } = outcome
  if (!dead && !payment.voided) return [{ type: 'PaymentApproved', providerPaymentId, at }]
  const { amount } = payment.intent.amount
  return [
    { type: 'CaptureVoided', providerPaymentId },
    { type: 'RefundRequested', key: voidKey(payment.attemptId), amount },
  ]
}

function voidAttempt(payment: Payment): readonly PaymentEvent[] {
  if (payment.voided) return []
  if (payment.state === 'PENDING') return [{ type: 'VoidRequested' }]
  if (!isApproved(payment)) return []
  const amount = left(payment.intent.amount.amount, payment.refunds)
  if (amount === 0) return [{ type: 'VoidRequested' }]
  return [{ type: 'VoidRequested' }, { type: 'RefundRequested', key: voidKey(payment.attemptId), amount }]
}

function refundBooking(payment: Approved, refund: Money, at: Instant): readonly PaymentEvent[] | Refusal {
  const { amount: paid, bookingId } = payment.intent
  if (refund.currency !== paid.currency || refund.amount < 0 || refund.amount > paid.amount) {
    return { code: 'REFUND_DOES_NOT_FIT', message: `${refund.amount} ${refund.currency} of ${paid.amount}` }
  }
  const key = refundKey(bookingId)
  if (payment.refunds.some((known) => known.key === key)) return []
  const amount = Math.min(refund.amount, left(paid.amount, payment.refunds))
  const requested = { type: 'RefundRequested', key, amount } as const
  // Nothing to give back: no need to ask the provider.
  return amount === 0 ? [requested, { type: 'Refunded', key, at }] : [requested]
}

function isUnderWay(payment: Payment, key: string): boolean {
  const refunds = 'refunds' in payment ? payment.refunds : []
  return refunds.some((refund) => refund.key === key && refund.refundedAt === null)
}

const notApproved = ({ id, state }: Payment): Refusal => ({
  code: 'PAYMENT_NOT_APPROVED',
  message: `payment ${id} is ${state}`,
})
