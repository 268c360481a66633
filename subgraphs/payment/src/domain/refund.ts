/** Money that goes back. */
export type Refund = {
  readonly key: string
  readonly amount: number
  /** Null while it is on its way. */
  readonly refundedAt: number | null
  /** How often the provider has refused it. */
  readonly refusals: number
  /** Why the provider will not give it back, until a person has it tried again; else null. */
  readonly refusal: string | null
}

/** A refund that is on its way. */
export const newRefund = (key: string, amount: number): Refund => ({
  key,
  amount,
  refundedAt: null,
  refusals: 0,
  refusal: null,
})

/** Idempotency key, towards the provider, of the refund that a booking's cancellation asks for. */
export const refundKey = (bookingId: string) => `refund:${bookingId}`

/** Idempotency key, towards the provider, of the refund that an attempt given up asks for. */
export const voidKey = (attemptId: string) => `void:${attemptId}`

/** What no refund has asked back yet of what was paid, in minor units. */
export function left(paid: number, refunds: readonly Refund[]): number {
  return paid - sum(refunds)
}

/** What was given back so far, in minor units. */
export function refunded(refunds: readonly Refund[]): number {
  return sum(refunds.filter(({ refundedAt }) => refundedAt !== null))
}

/** The refund to ask the provider for next; one that it refuses waits for a person. */
export function nextRefund(refunds: readonly Refund[]): Refund | undefined {
  return refunds.find(({ refundedAt, refusal }) => refundedAt === null && refusal === null)
}

/** CANCELED when all was given back; PARTIALLY_REFUNDED when it is less, also when it is nothing. */
export function statusAfterRefund(
  paid: number,
  refunds: readonly Refund[],
): 'REFUND_PENDING' | 'CANCELED' | 'PARTIALLY_REFUNDED' {
  if (refunds.some(({ refundedAt }) => refundedAt === null)) return 'REFUND_PENDING'
  return refunded(refunds) === paid ? 'CANCELED' : 'PARTIALLY_REFUNDED'
}

const sum = (refunds: readonly Refund[]) => refunds.reduce((total, { amount }) => total + amount, 0)
