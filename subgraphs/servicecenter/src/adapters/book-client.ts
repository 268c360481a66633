import { z } from 'zod'
import type { Bookings } from '../application/ports.ts'
import { isRefusal } from '../domain/refusal.ts'
import { CancelBookingDocument } from './book-operations.generated.ts'
import { heard } from './refusals.ts'
import type { Service } from './service-call.ts'

const message = z.string()
const answered = z.object({
  cancelBookingForServiceCenter: z.discriminatedUnion('__typename', [
    z.object({ __typename: z.literal('BookingCanceled'), booking: z.object({ id: z.string() }) }),
    z.object({ __typename: z.literal('InvalidInput'), message, field: z.string() }),
    z.object({ __typename: z.literal('NotFound'), message }),
    z.object({ __typename: z.literal('Forbidden'), message }),
    z.object({ __typename: z.literal('NotCancelable'), message }),
    z.object({ __typename: z.literal('ServiceUnavailable'), message, retryAfterSeconds: z.int() }),
  ]),
})

/** Bookings, as book keeps them. */
export function bookClient(book: Service): Bookings {
  return {
    async cancel({ bookingId, agentId, reason }) {
      const result = await book.ask(CancelBookingDocument, { bookingId, agentId, reason }, answered)
      if (isRefusal(result)) return result
      const answer = result.cancelBookingForServiceCenter
      return answer.__typename === 'BookingCanceled' ? { bookingId: answer.booking.id } : heard(answer)
    },
  }
}
