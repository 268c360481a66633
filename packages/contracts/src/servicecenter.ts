import { z } from 'zod'
import { type DataOf, defineEvent } from './event.ts'
import { instant, withheldText } from './values.ts'

const complaint = {
  complaintId: z.string(),
  guestId: z.string(),
  bookingId: z.string().nullable(),
  roomId: z.string().nullable(),
  text: withheldText,
}

/** A guest complains. Aggregate: the complaint, version 1. */
export const ComplaintFiled = defineEvent(
  'servicecenter',
  'ComplaintFiled',
  z.object({ ...complaint, filedAt: instant }),
)

/** An agent settled a complaint. Version 2. */
export const ComplaintClosed = defineEvent(
  'servicecenter',
  'ComplaintClosed',
  z.object({ ...complaint, resolution: withheldText, closedBy: z.string(), closedAt: instant }),
)

export type ComplaintFiled = DataOf<typeof ComplaintFiled>
export type ComplaintClosed = DataOf<typeof ComplaintClosed>
