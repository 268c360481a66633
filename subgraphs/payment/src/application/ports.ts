import type { Announcement } from '@myhotel/contracts/event'
import type { Outcome } from '../domain/decide.ts'
import type { Approved, Instant, Money, Payment, Pending, Tombstone } from '../domain/payment.ts'
import type { Refund } from '../domain/refund.ts'

/** What the application needs of the world, in the domain's words. The adapters implement it; see compose.ts. */
export type Ports = {
  readonly payments: Payments
  readonly provider: Provider
  readonly now: () => Instant
  readonly newId: () => string
}

/** A payment as it was read: whoever saves it must have read its latest revision. */
export type Stored<Kind extends Payment = Payment> = { readonly payment: Kind; readonly revision: number }

/** Payments, one an attempt. Each method is one commit. */
export type Payments = {
  /**
   * Enters an attempt that was never seen. Where it has been, the one that is there is answered instead, and
   * nothing is written. The worker leaves it alone for `leaveAloneMs`.
   */
  begin<Kind extends Pending | Tombstone>(
    payment: Kind,
    leaveAloneMs: number,
  ): Promise<{ readonly begun: Stored<Kind> } | { readonly known: Stored }>
  /** Takes a payment away of which nobody else knows anything yet; false where somebody has written it meanwhile. */
  forget(begun: Stored<Pending>): Promise<boolean>
  byAttempt(attemptId: string): Promise<Stored | null>
  byId(id: string): Promise<Stored | null>
  /** Those of these payments that there are, by id. */
  byIds(ids: readonly string[]): Promise<ReadonlyMap<string, Stored>>
  /** The approved payments that bookings stand on, by the booking's id. */
  byBookings(bookingIds: readonly string[]): Promise<ReadonlyMap<string, Approved>>
  /** Approved payments that were begun in a time, in their order, from the one after `after` on. */
  approvedBetween(
    from: Instant,
    before: Instant,
    after: string | null,
    most: number,
  ): Promise<readonly Approved[]>
  /**
   * Saves what became of a payment with its announcements, if nobody has written it since it was read; else null.
   * What is left to do about it is due at once; a refund that was refused is a dead letter from then on.
   */
  save(before: Stored, after: Payment, announcements: readonly Announcement[]): Promise<Stored | null>
  /**
   * Takes up to `most` payments that are due, no two workers the same one, and hands each to `work`, in the
   * correlation of the request that caused it. Each is due again after `pauseMs` of its tries, or up to half as long
   * again, unless it is saved before. Answers how many there were.
   */
  workOnDue(
    most: number,
    pauseMs: (tries: number) => number,
    work: (due: Stored, tries: number) => Promise<void>,
  ): Promise<number>
  /** Takes up one refused refund that a person has asked to try again: it is due at once. False where there is none. */
  retryRefused(): Promise<boolean>
}

/** A charge that may be asked for again and again: the key makes it one. */
export type Charge = {
  /** Idempotency key. */
  readonly key: string
  readonly amount: Money
  readonly method: string
  /** Kept by the provider with the charge. */
  readonly reference: { readonly paymentId: string; readonly bookingId: string }
  readonly startedAt: Instant
}

/** The outcome is not known: time-out, lost answer, an answer that is none. */
export type Unknown = { readonly outcome: 'unknown'; readonly reason: string }
/** The provider was provably not reached, or took nothing in: this call has charged nothing. */
export type NotTakenIn = { readonly outcome: 'not taken in'; readonly retryAfterSeconds: number }

/**
 * 'refused': the provider will not give it back however often it is asked, say because the charge is disputed or
 * somebody gave it back by hand. A person must look at it.
 */
export type RefundOutcome =
  | { readonly outcome: 'refunded' }
  | { readonly outcome: 'refused'; readonly reason: string }

/** The payment provider, a third party. What goes wrong with it is an answer, not an exception. */
export type Provider = {
  /** Seconds for which it takes nothing in, as far as is known without asking; else null. */
  refusesFor(): number | null
  /** Charges, once a key however often it is asked. It has `withinMs` to answer. */
  charge(charge: Charge, withinMs: number): Promise<Outcome | Unknown | NotTakenIn>
  /** What became of a charge. 'none': it was never seen, which does not say that it never will be. */
  find(charge: Charge): Promise<Outcome | { readonly outcome: 'none' } | Unknown | NotTakenIn>
  /** Makes sure that nothing is ever charged under the key, or tells what has been. */
  close(charge: Charge): Promise<Outcome | Unknown | NotTakenIn>
  /** Gives back a part of a charge, once a key however often it is asked. */
  refund(
    providerPaymentId: string,
    refund: Refund,
    currency: string,
  ): Promise<RefundOutcome | Unknown | NotTakenIn>
}
