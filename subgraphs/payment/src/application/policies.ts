import type { BookCanceled } from '@myhotel/contracts/book'
import type { Instant } from '../domain/payment.ts'
import { insist } from './change.ts'
import type { Payments, Stored } from './ports.ts'

/**
 * Whenever a booking is cancelled, its payment is cancelled: exactly that one, by as much as the booking's policy
 * gives back. The refund is noted here and given by the worker.
 * @param stored the payment that the event names, as it was read in this transaction
 * @throws where the payment is not known here, or not approved: the event is tried again, it may not get lost.
 */
export async function refundWheneverBookCanceled(
  payments: Payments,
  stored: Stored | null,
  event: BookCanceled,
  now: Instant,
): Promise<void> {
  const { paymentId, bookingId, refund } = event
  if (stored?.payment.intent?.bookingId !== bookingId) {
    throw new Error(`booking ${bookingId} was cancelled, but payment ${paymentId} of it is not known`)
  }
  const after = await insist(payments, stored, { type: 'cancelBooking', refund, at: now })
  if ('code' in after) throw new Error(`booking ${bookingId}: ${after.code}: ${after.message}`)
}
