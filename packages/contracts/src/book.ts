import { z } from 'zod'
import { type DataOf, defineEvent } from './event.ts'
import {
  calendarDate,
  cancellationPolicy,
  instant,
  money,
  priceLine,
  withheldOptionalText,
} from './values.ts'

const stay = {
  bookingId: z.string(),
  roomId: z.string(),
  roomName: z.string(),
  hostId: z.string(),
  guestId: z.string(),
  /** The stay is half-open: the night of `endDate` is not part of it. */
  startDate: calendarDate,
  endDate: calendarDate,
  guests: z.int(),
  total: money,
  paymentId: z.string(),
}

/** A guest's paid booking stands. Aggregate: the booking, version 1. */
export const Booked = defineEvent(
  'book',
  'Booked',
  z.object({
    ...stay,
    city: z.string(),
    country: z.string(),
    timeZone: z.string(),
    lines: z.array(priceLine),
    cancellationPolicy,
    checkInTime: z.string(),
    checkOutTime: z.string(),
    bookedAt: instant,
  }),
)

/** A booking was cancelled; `refund` is what its frozen policy gives back (0 is possible). Version 2. */
export const BookCanceled = defineEvent(
  'book',
  'BookCanceled',
  z.object({
    ...stay,
    canceledBy: z.enum(['GUEST', 'HOST', 'SERVICE_CENTER', 'ROOM_DELETED']),
    reason: withheldOptionalText,
    refund: money,
    canceledAt: instant,
  }),
)

const nights = z.object({
  blockId: z.string(),
  roomId: z.string(),
  hostId: z.string(),
  startDate: calendarDate,
  endDate: calendarDate,
})

/** A host took nights off the market. Aggregate: the block, version 1. */
export const DatesBlocked = defineEvent('book', 'DatesBlocked', nights)

/** The nights of a block are offered again. Aggregate: the block, version 2. */
export const DatesUnblocked = defineEvent('book', 'DatesUnblocked', nights)

export type Booked = DataOf<typeof Booked>
export type BookCanceled = DataOf<typeof BookCanceled>
export type DatesBlocked = DataOf<typeof DatesBlocked>
export type DatesUnblocked = DataOf<typeof DatesUnblocked>
