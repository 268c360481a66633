import { z } from 'zod'
import { type DataOf, defineEvent } from './event.ts'
import { instant } from './values.ts'

/** A room's popularity changed: paid bookings not cancelled since. Aggregate: the room. */
export const BookCounted = defineEvent(
  'marketing',
  'BookCounted',
  z.object({ roomId: z.string(), popularity: z.int().nonnegative(), countedAt: instant }),
)

export type BookCounted = DataOf<typeof BookCounted>
