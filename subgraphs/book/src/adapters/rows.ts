import { toMinorUnits } from '@myhotel/kit/minor-units'
import type { Attempt, AttemptState } from '../domain/attempt.ts'
import type { Booking, Terms } from '../domain/booking.ts'
import type { CanceledBy } from '../domain/cancellation-policy.ts'
import type { Listing, Offer, RefusalOf, Stay } from '../domain/stay.ts'

/** Rows as the raw statements select them: dates as text, ranges as their two ends. */
export type ListingRow = { room_id: string; version: number; deleted: boolean; offer: StoredOffer }

/**
 * An offer as the catalogue stores it: with the tax in hundredths of a percent, too, for a version of the service that
 * knows no finer one, and that leaves the finer one out of what it stores.
 */
export type StoredOffer = Omit<Offer, 'taxPartsPerMillion'> & {
  readonly taxBasisPoints: number
  readonly taxPartsPerMillion?: number
}

export function toStored(offer: Offer): StoredOffer {
  return { ...offer, taxBasisPoints: Math.round(offer.taxPartsPerMillion / 100) }
}

export function toListing(row: ListingRow): Listing {
  const { taxBasisPoints, taxPartsPerMillion = taxBasisPoints * 100, ...offer } = row.offer
  const { room_id: roomId, version, deleted } = row
  return { roomId, version, deleted, offer: { ...offer, taxPartsPerMillion } }
}

export type AttemptRow = {
  id: string
  guest_id: string
  idempotency_key: string
  request_fingerprint: string
  state: AttemptState
  epoch: number
  result: { refusal?: RefusalOf<'PAYMENT_DECLINED'> } | null
  claim_id: string
  room_id: string
  host_id: string
  start_date: string
  end_date: string
  guests: number
  terms: Terms
}

/** Columns of an attempt, of the table or alias `of`. */
export const attemptColumns = (of: string) =>
  `${of}.id, ${of}.guest_id, ${of}.idempotency_key, ${of}.request_fingerprint, ${of}.state, ${of}.epoch, ${of}.result,
   ${of}.claim_id, ${of}.room_id, ${of}.host_id, ${of}.start_date::text, ${of}.end_date::text, ${of}.guests, ${of}.terms`

export function toAttempt(row: AttemptRow): Attempt {
  return {
    id: row.id,
    state: row.state,
    epoch: row.epoch,
    guestId: row.guest_id,
    idempotencyKey: row.idempotency_key,
    fingerprint: row.request_fingerprint,
    claimId: row.claim_id,
    roomId: row.room_id,
    hostId: row.host_id,
    stay: toStay(row),
    guests: row.guests,
    terms: row.terms,
    refusal: row.result?.refusal ?? null,
  }
}

export type BookingRow = {
  id: string
  version: number
  status: 'BOOKED' | 'CANCELED'
  room_id: string
  host_id: string
  guest_id: string
  payment_id: string
  start_date: string
  end_date: string
  guests: number
  currency: string
  terms: Terms
  booked_at: Date
  canceled_at: Date | null
  canceled_by: CanceledBy | null
  cancel_reason: string | null
  refund_amount: bigint | null
}

export const bookingColumns = `id, version, status, room_id, host_id, guest_id, payment_id, start_date::text,
  end_date::text, guests, currency, terms, booked_at, canceled_at, canceled_by, cancel_reason, refund_amount`

export function toBooking(row: BookingRow): Booking {
  const agreement = {
    id: row.id,
    version: row.version,
    roomId: row.room_id,
    hostId: row.host_id,
    guestId: row.guest_id,
    paymentId: row.payment_id,
    stay: toStay(row),
    guests: row.guests,
    terms: row.terms,
    bookedAt: row.booked_at.getTime(),
  }
  if (!row.canceled_at || !row.canceled_by) return { ...agreement, status: 'BOOKED' }
  const cancellation = {
    canceledAt: row.canceled_at.getTime(),
    canceledBy: row.canceled_by,
    reason: row.cancel_reason,
    refund: { amount: toMinorUnits(row.refund_amount ?? 0), currency: row.currency },
  }
  return { ...agreement, status: 'CANCELED', cancellation }
}

export const toStay = (row: { start_date: string; end_date: string }): Stay => ({
  startDate: row.start_date,
  endDate: row.end_date,
})
