import type { Bookings } from '../application/ports.ts'
import { isRefusal } from '../domain/refusal.ts'
import { CancelBookingDocument } from './book-operations.generated.ts'
import { heard } from './refusals.ts'
import type { Service } from './service-call.ts'

/** Bookings, as book keeps them. */
export function bookClient(book: Service): Bookings {
  return {
    async cancel({ bookingId, agentId, reason }) {
      const result = await book.ask(CancelBookingDocument, { bookingId, agentId, reason })
      if (isRefusal(result)) return result
      const answer = result.cancelBookingForServiceCenter
      return answer.__typename === 'BookingCanceled' ? { bookingId: answer.booking.id } : heard(answer)
    },
  }
}
