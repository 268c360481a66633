import { z } from 'zod'
import { type DataOf, defineEvent } from './event.ts'
import { instant } from './values.ts'

/**
 * Somebody known asked for what is not theirs and was refused. Whichever context refuses publishes it, in a stream
 * that is of none: those who follow bookings or rooms need not read it. Aggregate: the refusal, version 1.
 */
export const AccessRefused = defineEvent(
  'audit',
  'AccessRefused',
  z.object({
    refusalId: z.string(),
    /** The context that refused. */
    refusedBy: z.string(),
    /** A user's id, or the name of a service. */
    actor: z.string(),
    roles: z.array(z.string()),
    /** What was asked for, as a schema coordinate: `Mutation.cancelBooking`, or `Booking` by its key. */
    action: z.string(),
    /** What it was about; null where the action was refused whatever it was about. */
    subject: z.object({ type: z.string(), id: z.string() }).nullable(),
    reason: z.string(),
    refusedAt: instant,
  }),
)

export type AccessRefused = DataOf<typeof AccessRefused>
