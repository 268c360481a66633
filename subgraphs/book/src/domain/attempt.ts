import type { BookedStay, Terms } from './booking.ts'
import type { RefusalOf, Stay } from './stay.ts'

/** What a guest asks for, as far as a retry must repeat it. */
export type BookingRequest = {
  readonly guestId: string
  readonly idempotencyKey: string
  readonly roomId: string
  readonly stay: Stay
  readonly guests: number
  /** Token of the payment provider. */
  readonly paymentMethod: string
  readonly expectedTotal: { readonly amount: number; readonly currency: string } | null
}

/**
 * A guest's attempt to book. PAYING holds the nights while payment is asked; CONFIRMED has become a booking;
 * DECLINED was refused by the provider; ABORTING is given up, its payment yet to be undone; ABORTED left nothing.
 */
export type AttemptState = 'PAYING' | 'CONFIRMED' | 'DECLINED' | 'ABORTING' | 'ABORTED'

export type Attempt = {
  /** Also the key of its payment, and the id of the booking that it becomes. */
  readonly id: string
  readonly state: AttemptState
  /** Counts the owners: whoever holds an older epoch has lost the attempt to another worker. */
  readonly epoch: number
  readonly guestId: string
  readonly idempotencyKey: string
  readonly fingerprint: string
  readonly claimId: string
  readonly roomId: string
  readonly hostId: string
  readonly stay: Stay
  readonly guests: number
  readonly terms: Terms
  /** Why it was declined. */
  readonly refusal: RefusalOf<'PAYMENT_DECLINED'> | null
}

/** What an attempt came to, as told to its guest. */
export type AttemptAnswer = RoomBooked | InProgress | BookingRefusal

/** Why a booking did not come about. */
export type BookingRefusal = RefusalOf<
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'ROOM_NOT_AVAILABLE'
  | 'PRICE_CHANGED'
  | 'PAYMENT_DECLINED'
  | 'PAYMENT_BUSY'
  | 'IDEMPOTENCY_KEY_REUSED'
>

/** `booking` is at hand where it was made just now; a retry reads it as it is by then. */
export type RoomBooked = {
  readonly type: 'RoomBooked'
  readonly bookingId: string
  readonly booking: BookedStay | null
}

export type InProgress = { readonly type: 'BookingInProgress'; readonly retryAfterSeconds: number }

export const inProgress: InProgress = { type: 'BookingInProgress', retryAfterSeconds: 2 }

/** "Pay again shortly": nothing is or stays charged. */
export const paymentBusy = (retryAfterSeconds: number): RefusalOf<'PAYMENT_BUSY'> => ({
  code: 'PAYMENT_BUSY',
  message: 'Payments are busy now. Nothing was charged; try again shortly.',
  retryAfterSeconds,
})

/** Two requests are the same intent when they ask for the same. */
export function fingerprintOf(request: BookingRequest): string {
  const { roomId, stay, guests, paymentMethod, expectedTotal } = request
  const total = expectedTotal ? `${expectedTotal.amount} ${expectedTotal.currency}` : ''
  return [roomId, stay.startDate, stay.endDate, guests, paymentMethod, total].join('|')
}

/**
 * The answer to a request whose key has been used: the first result, or that it is still being worked on.
 * An aborted attempt gives no answer: it left nothing behind, the request starts afresh.
 */
export function answerOf(attempt: Attempt, fingerprint: string): AttemptAnswer | 'afresh' {
  if (attempt.state === 'ABORTED') return 'afresh'
  if (attempt.fingerprint !== fingerprint) return refuseReusedKey(attempt)
  switch (attempt.state) {
    case 'PAYING':
      return inProgress
    case 'CONFIRMED':
      return { type: 'RoomBooked', bookingId: attempt.id, booking: null }
    case 'DECLINED':
      return attempt.refusal ?? inProgress
    case 'ABORTING':
      return paymentBusy(5)
  }
}

/** Refuses a key that stands for another request. Whoever was declined and tries another card learns what to change. */
function refuseReusedKey({ state }: Attempt): RefusalOf<'IDEMPOTENCY_KEY_REUSED'> {
  const message =
    state === 'DECLINED'
      ? 'The payment under this idempotency key was declined. To pay in another way, send the request with a new key.'
      : 'This idempotency key was used for another request. Send a new request with a new key.'
  return { code: 'IDEMPOTENCY_KEY_REUSED', message }
}

/** The booking that an attempt becomes when its payment is approved. */
export function toBooking(attempt: Attempt, paymentId: string, bookedAt: number): BookedStay {
  const { id, roomId, hostId, guestId, stay, guests, terms } = attempt
  return {
    id,
    version: 1,
    roomId,
    hostId,
    guestId,
    paymentId,
    stay,
    guests,
    terms,
    bookedAt,
    status: 'BOOKED',
  }
}
