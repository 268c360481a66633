import type { Attempt, BookingRequest } from '../domain/attempt.ts'
import type { BookedStay, Booking, CanceledStay } from '../domain/booking.ts'
import type { Charging } from '../domain/price.ts'
import type { Listing, Money, RefusalOf, Stay } from '../domain/stay.ts'

/** What the application needs of the world, in the domain's words. The adapters implement it; see compose.ts. */
export type Ports = {
  readonly listings: Listings
  readonly attempts: Attempts
  readonly bookings: Bookings
  readonly blocks: Blocks
  readonly payments: Payments
  readonly calendar: Calendar
  /** What the payment provider can charge, known without asking payment. */
  readonly charging: Charging
  readonly newId: () => string
}

/** Clock and time zones. */
export type Calendar = {
  /** Milliseconds since the epoch. */
  now(): number
  /** Whether a zone is one that clocks keep: rooms of earlier versions can have another text. */
  knows(timeZone: string): boolean
  /** The date that it is now in a time zone. */
  today(timeZone: string): string
  /** The instant, in milliseconds since the epoch, of a wall-clock time in a time zone. */
  instantAt(date: string, time: string, timeZone: string): number
}

/** The catalogue of rooms. */
export type Listings = {
  /** The room by its newest known offer; room itself is asked for one that is not known yet. */
  find(roomId: string): Promise<Listing | null>
}

/** The catalogue as a policy changes it, inside the transaction in which the event is received. */
export type CatalogueChange = {
  /** Puts a room's newer offer in the place of the older; an older one changes nothing. */
  put(listing: Listing): Promise<void>
  /** Closes the room: from the commit on, no attempt on it is confirmed. */
  close(roomId: string, version: number): Promise<void>
  /** The room's bookings that are neither cancelled nor over, locked. */
  upcoming(roomId: string, today: string): Promise<readonly BookedStay[]>
  /** Saves cancellations, frees their nights and announces them. */
  saveAllCanceled(canceled: readonly CanceledStay[]): Promise<void>
}

/** Attempts to book, and the nights they hold. */
export type Attempts = {
  /** The room's listing and the attempt that has used the guest's idempotency key, in one round trip. */
  look(request: BookingRequest): Promise<{ listing: Listing | null; attempt: Attempt | null }>
  /**
   * Holds the nights and enters the attempt as PAYING, in one transaction. 'key used' where another request with
   * the key came first.
   */
  begin(attempt: Attempt): Promise<'begun' | 'nights taken' | 'key used'>
  find(attemptId: string): Promise<Attempt | null>
  /**
   * PAYING → CONFIRMED, the claim BOOKED, the booking inserted and announced, in one transaction. It answers
   * 'lost' where the attempt is not PAYING at this epoch any more, 'room deleted' where the room is gone.
   */
  confirm(attempt: Attempt, booking: BookedStay): Promise<'confirmed' | 'room deleted' | 'lost'>
  /** PAYING → DECLINED; the nights are free again. False where the attempt is lost to another owner. */
  decline(attempt: Attempt, refusal: RefusalOf<'PAYMENT_DECLINED'>): Promise<boolean>
  /** Provably nothing is charged under the attempt: it and its claim are removed, as if it had never been. */
  forget(attempt: Attempt): Promise<boolean>
  /** PAYING → ABORTING; the nights are free again, the payment is yet to be undone. */
  giveUp(attempt: Attempt): Promise<boolean>
  /** PAYING or ABORTING → ABORTED: no money is kept, the nights are free, and so is the key. */
  abort(attempt: Attempt): Promise<boolean>
  /** Leaves the attempt to the recovery worker, to be looked at after `ms`. */
  leaveToRecovery(attempt: Attempt, ms: number): Promise<void>
  /** Takes over attempts whose owner's lease ran out: epoch + 1, a new lease. `expired` is past its deadline. */
  takeOver(most: number): Promise<readonly { attempt: Attempt; expired: boolean; correlation: Correlation }[]>
}

export type Correlation = { readonly correlationId: string; readonly traceparent: string }

/** Bookings. */
export type Bookings = {
  find(bookingId: string): Promise<Booking | null>
  /** Those of these bookings that there are, by id. */
  findAll(bookingIds: readonly string[]): Promise<ReadonlyMap<string, Booking>>
  /** Ids of bookings whose attempts were begun in a time, in their order, from the one after `after` on. */
  idsBetween(from: number, before: number, after: string | null, most: number): Promise<readonly string[]>
  /** Saves a cancellation if the booking is still at the version before it, frees its nights and announces it. */
  saveCanceled(canceled: CanceledStay): Promise<boolean>
  /** How many bookings of the room are neither cancelled nor over. */
  countUpcoming(roomId: string, today: string): Promise<number>
}

/** Nights that hosts have taken off the market. */
export type Blocks = {
  /** Blocks what is not blocked yet of a range; false where a booking has claimed a night of it. */
  block(listing: Listing, range: Stay): Promise<boolean>
  unblock(listing: Listing, range: Stay): Promise<void>
  /** Blocked ranges from a date on. */
  list(roomId: string, from: string): Promise<readonly Stay[]>
  /** The nights of a range that nobody has claimed. */
  freeDates(roomId: string, range: Stay): Promise<readonly Stay[]>
  /** Whether all nights of a stay are unclaimed. */
  isFree(roomId: string, stay: Stay): Promise<boolean>
}

/** What payment says of an attempt. */
export type PaymentOutcome =
  | { readonly type: 'approved'; readonly paymentId: string }
  | { readonly type: 'declined'; readonly declineCode: string; readonly message: string }
  /** The payment method names nothing that the provider knows; nothing was charged. */
  | { readonly type: 'no such method' }
  /** Nothing was or will be charged: payment has not taken it in. */
  | { readonly type: 'not accepted'; readonly retryAfterSeconds: number }
  /** No money is kept, and none can be taken any more. */
  | { readonly type: 'dead' }
  | { readonly type: 'unknown' }

/** The payment context. No call throws for what happened there: an outcome that cannot be known is 'unknown'. */
export type Payments = {
  /** Seconds to wait where payment would not be asked at all now, else null. */
  busyFor(): number | null
  approve(attempt: Attempt, amount: Money, method: string): Promise<PaymentOutcome>
  /** What became of an attempt; one that payment has never seen is dead from then on. */
  resolve(attempt: Attempt): Promise<PaymentOutcome>
  /** Sees to it that no money is kept; true once that is certain. */
  undo(attempt: Attempt): Promise<boolean>
}
