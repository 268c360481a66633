import {
  type Attempt,
  type AttemptAnswer,
  answerOf,
  type BookingRequest,
  fingerprintOf,
  inProgress,
  paymentBusy,
  toBooking,
} from '../domain/attempt.ts'
import { type Price, priceOf, refuseChangedPrice } from '../domain/price.ts'
import { invalid, isRefusal, type Listing, type RefusalOf, refuseStay } from '../domain/stay.ts'
import { offeredBy, roomGone } from './offered.ts'
import type { PaymentOutcome, Ports } from './ports.ts'

/**
 * Books a room: the nights are held and the attempt written down before payment is asked, the booking is written
 * only after the approval. See docs/architecture.md, "A booking, step by step".
 */
export async function bookRoom(ports: Ports, request: BookingRequest): Promise<AttemptAnswer> {
  const { listing, attempt: earlier } = await ports.attempts.look(request)
  const fingerprint = fingerprintOf(request)
  const answered = earlier ? answerOf(earlier, fingerprint) : 'afresh'
  if (answered !== 'afresh') return answered

  const offered = offerTo(ports, request, listing ?? (await ports.listings.find(request.roomId)))
  if (isRefusal(offered)) return offered
  const busy = ports.payments.busyFor()
  if (busy !== null) return paymentBusy(busy)

  const attempt = beginningOf(ports, request, offered.listing, offered.price)
  const begun = await ports.attempts.begin(attempt)
  if (begun !== 'begun') return answerAnother(ports, request, begun)

  const outcome = await ports.payments.approve(attempt, attempt.terms.price.total, request.paymentMethod)
  return settle(ports, attempt, outcome)
}

/**
 * Writes down what payment said of an attempt and answers accordingly. Whoever has lost the attempt to another
 * worker changes nothing and answers what the other made of it.
 */
export async function settle(
  ports: Ports,
  attempt: Attempt,
  outcome: PaymentOutcome,
): Promise<AttemptAnswer> {
  const { attempts } = ports
  switch (outcome.type) {
    case 'approved': {
      const booking = toBooking(attempt, outcome.paymentId, ports.calendar.now())
      const confirmed = await attempts.confirm(attempt, booking)
      if (confirmed === 'confirmed') return { type: 'RoomBooked', bookingId: booking.id, booking }
      if (confirmed === 'room deleted' && (await attempts.giveUp(attempt))) return roomGone
      break
    }
    case 'declined': {
      const refusal: RefusalOf<'PAYMENT_DECLINED'> = {
        code: 'PAYMENT_DECLINED',
        message: outcome.message,
        declineCode: outcome.declineCode,
      }
      if (await attempts.decline(attempt, refusal)) return refusal
      break
    }
    case 'no such method':
      // Nothing was charged, and the request cannot succeed as it is: its key stays free for the corrected one.
      if (await attempts.forget(attempt)) return noSuchMethod
      break
    case 'not accepted':
      if (await attempts.forget(attempt)) return paymentBusy(outcome.retryAfterSeconds)
      break
    case 'dead':
      if (await attempts.abort(attempt)) return paymentBusy(1)
      break
    case 'unknown':
      await attempts.leaveToRecovery(attempt, 0)
      return inProgress
  }
  const now = await attempts.find(attempt.id)
  const answer = now ? answerOf(now, attempt.fingerprint) : 'afresh'
  return answer === 'afresh' ? paymentBusy(1) : answer
}

const nightsTaken: RefusalOf<'ROOM_NOT_AVAILABLE'> = {
  code: 'ROOM_NOT_AVAILABLE',
  message: 'At least one of these nights is taken. Choose other dates.',
}
const ownRoom: RefusalOf<'FORBIDDEN'> = {
  code: 'FORBIDDEN',
  message: 'This is your own room. To keep its nights for yourself, block the dates.',
}
const noSuchMethod = invalid(
  'paymentMethod',
  'The payment provider does not know this payment method. Enter the payment details again.',
)

/** The present price of what a guest asks for, or why it cannot be had. */
function offerTo(ports: Ports, request: BookingRequest, found: Listing | null) {
  const offered = offeredBy(ports.calendar, found)
  if (isRefusal(offered)) return offered
  const { listing, offer, today } = offered
  if (offer.hostId === request.guestId) return ownRoom
  const refused = refuseStay(offer, request.stay, request.guests, today)
  if (refused) return refused
  const price = priceOf(offer, request.stay, ports.charging)
  if (isRefusal(price)) return price
  return refuseChangedPrice(price, request.expectedTotal) ?? { listing, price }
}

function beginningOf(ports: Ports, request: BookingRequest, listing: Listing, price: Price): Attempt {
  const { guestId, idempotencyKey, roomId, stay, guests } = request
  const { name, city, country, timeZone, checkInTime, checkOutTime, cancellationPolicy } = listing.offer
  return {
    id: ports.newId(),
    claimId: ports.newId(),
    state: 'PAYING',
    epoch: 1,
    guestId,
    idempotencyKey,
    fingerprint: fingerprintOf(request),
    roomId,
    hostId: listing.offer.hostId,
    stay,
    guests,
    terms: { roomName: name, city, country, timeZone, checkInTime, checkOutTime, cancellationPolicy, price },
    refusal: null,
  }
}

/** Another request came first: with the same key its answer is the answer, else it has the nights. */
async function answerAnother(
  ports: Ports,
  request: BookingRequest,
  begun: 'nights taken' | 'key used',
): Promise<AttemptAnswer> {
  const { attempt } = await ports.attempts.look(request)
  const answer = attempt ? answerOf(attempt, fingerprintOf(request)) : 'afresh'
  if (answer !== 'afresh') return answer
  return begun === 'nights taken' ? nightsTaken : inProgress
}
