import { newRefund, type Refund, refunded, statusAfterRefund } from './refund.ts'

/** Minor units of the currency. */
export type Money = { readonly amount: number; readonly currency: string }

/** Milliseconds since the epoch, as all instants of the domain. */
export type Instant = number

/** A business "no". */
export type Refusal = { readonly code: string; readonly message: string }

/** What book wants to be paid. */
export type Intent = {
  readonly bookingId: string
  readonly guestId: string
  readonly hostId: string
  readonly roomId: string
  readonly amount: Money
  /** Token of the payment provider. */
  readonly method: string
  /** Past it nobody waits for the payment any more: nothing may be charged, and what was charged goes back. */
  readonly deadline: Instant
}

type Attempt = {
  readonly id: string
  /** Book's attempt to book, and the idempotency key towards the provider. */
  readonly attemptId: string
  readonly startedAt: Instant
  /** Events announced so far. */
  readonly version: number
  /** Book has asked that no money of the attempt be kept. */
  readonly voided: boolean
}

/** The provider may or may not have been asked, and has not told the outcome. */
export type Pending = Attempt & { readonly state: 'PENDING'; readonly intent: Intent }

/** The provider said no: nothing was charged. */
export type Declined = Attempt & {
  readonly state: 'DECLINED'
  readonly intent: Intent
  readonly decline: Refusal
}

/** Nothing was charged, nor ever will be. An attempt that was never seen has no intent. */
export type Tombstone = Attempt & { readonly state: 'TOMBSTONED'; readonly intent: Intent | null }

type Captured = Attempt & {
  readonly intent: Intent
  readonly providerPaymentId: string
  readonly refunds: readonly Refund[]
}

/** Charged after nobody wanted it any more: never approved, the money goes back (VOIDING) or is back (VOIDED). */
export type Voided = Captured & { readonly state: 'VOIDING' | 'VOIDED' }

/** Charged, and told to book: from here on the world knows of it. */
export type Approved = Captured & {
  readonly state: 'APPROVED' | 'REFUND_PENDING' | 'CANCELED' | 'PARTIALLY_REFUNDED'
  readonly approvedAt: Instant
}

export type Payment = Pending | Declined | Tombstone | Voided | Approved

/** What happened to a payment. */
export type PaymentEvent =
  | { readonly type: 'PaymentApproved'; readonly providerPaymentId: string; readonly at: Instant }
  | { readonly type: 'PaymentDeclined'; readonly decline: Refusal }
  | { readonly type: 'PaymentTombstoned' }
  | { readonly type: 'CaptureVoided'; readonly providerPaymentId: string }
  | { readonly type: 'VoidRequested' }
  | { readonly type: 'RefundRequested'; readonly key: string; readonly amount: number }
  | { readonly type: 'Refunded'; readonly key: string; readonly at: Instant }
  | { readonly type: 'RefundRefused'; readonly key: string; readonly reason: string }

/** The payment after an event. Throws for an event that the payment cannot have had: that is a bug. */
export function evolve(payment: Payment, event: PaymentEvent): Payment {
  switch (event.type) {
    case 'PaymentApproved': {
      const { providerPaymentId, at } = event
      return {
        ...pending(payment),
        state: 'APPROVED',
        providerPaymentId,
        approvedAt: at,
        refunds: [],
        version: 1,
      }
    }
    case 'PaymentDeclined':
      return { ...pending(payment), state: 'DECLINED', decline: event.decline }
    case 'PaymentTombstoned':
      return { ...pending(payment), state: 'TOMBSTONED' }
    case 'CaptureVoided': {
      const { providerPaymentId } = event
      return { ...pending(payment), state: 'VOIDING', voided: true, providerPaymentId, refunds: [] }
    }
    case 'VoidRequested':
      return { ...payment, voided: true }
    case 'RefundRequested': {
      const captured = charged(payment)
      const refunds = [...captured.refunds, newRefund(event.key, event.amount)]
      return isApproved(captured)
        ? { ...captured, refunds, state: 'REFUND_PENDING' }
        : { ...captured, refunds }
    }
    case 'RefundRefused': {
      const captured = charged(payment)
      const refunds = captured.refunds.map((refund) =>
        refund.key === event.key
          ? { ...refund, refusals: refund.refusals + 1, refusal: event.reason }
          : refund,
      )
      return { ...captured, refunds }
    }
    case 'Refunded': {
      const captured = charged(payment)
      const refunds = captured.refunds.map((refund) =>
        refund.key === event.key ? { ...refund, refundedAt: event.at } : refund,
      )
      if (!isApproved(captured)) return { ...captured, refunds, state: 'VOIDED' }
      const state = statusAfterRefund(captured.intent.amount.amount, refunds)
      return { ...captured, refunds, state, version: captured.version + 1 }
    }
  }
}

function pending(payment: Payment): Pending {
  if (payment.state === 'PENDING') return payment
  throw new Error(`payment ${payment.id} is ${payment.state}, not PENDING`)
}

function charged(payment: Payment): Voided | Approved {
  if ('refunds' in payment) return payment
  throw new Error(`payment ${payment.id} is ${payment.state}: nothing was charged`)
}

/** Whether the payment was approved, whatever was given back since. */
export function isApproved(payment: Payment): payment is Approved {
  return 'approvedAt' in payment
}

/** What of a payment was given back so far. */
export function refundedOf({ intent, refunds }: Approved): Money {
  return { amount: refunded(refunds), currency: intent.amount.currency }
}
