import { createServiceClient } from '@myhotel/kit/graphql-client'
import { createGuard, NotTakenIn } from '@myhotel/kit/guard'
import type { Signer } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { z } from 'zod'
import type { Bookings } from '../application/ports.ts'
import { CountUpcomingBookingsDocument } from './book-operations.generated.ts'

const timeoutMs = 2_000
const retryAfterMs = 2_000

const counted = z.object({ upcomingBookings: z.int().min(0) })

/** Book over its own GraphQL, behind a breaker and a bulkhead: while it does not answer, hosts are told so at once. */
export function bookClient(options: { url: string; sign: Signer; log: Logger }): Bookings & { part: Part } {
  const { url, sign, log } = options
  const client = createServiceClient({ audience: 'book', url, sign, log, timeoutMs, connections: 16 })
  const guard = createGuard({
    ...{ callee: 'book', calls: 'upcoming bookings' },
    concurrent: 16,
    retryAfterMs,
    isFailure: (error) => !(error instanceof NotTakenIn),
  })
  return {
    part: { name: 'book client', stop: () => client.close() },
    async countUpcoming(roomId) {
      try {
        const answer = await guard.run(() => client.send(CountUpcomingBookingsDocument, { roomId }, counted))
        return answer.upcomingBookings
      } catch (error) {
        log.warn({ err: error, roomId }, 'book does not say how many bookings are to come')
        return {
          code: 'SERVICE_UNAVAILABLE',
          message: 'whether there are bookings to come cannot be told now: try again shortly',
          retryAfterSeconds: error instanceof NotTakenIn ? error.retryAfterSeconds : retryAfterMs / 1000,
        }
      }
    },
  }
}
