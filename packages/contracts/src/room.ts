import { z } from 'zod'
import { type DataOf, defineEvent } from './event.ts'
import { calendarDate, cancellationPolicy, instant, money, withheldOptionalText } from './values.ts'

/** A room as its host offers it: all of it, in every event, so that a subscriber needs no earlier one. */
export const offeredRoom = z.object({
  roomId: z.string(),
  hostId: z.string(),
  name: z.string(),
  city: z.string(),
  /** ISO 3166 alpha-2 code, `IT`; in events of earlier versions what the host wrote. */
  country: z.string(),
  /** IANA name, `Asia/Seoul`. */
  timeZone: z.string(),
  pricePerNight: money,
  cleaningFee: money,
  /** Hundredths of a percent, rounded: 1000 is 10 %. */
  taxBasisPoints: z.int(),
  /** The exact tax: 88,750 is 8.875 %. Events of earlier versions lack it; their tax is `taxBasisPoints`. */
  taxPartsPerMillion: z.int().optional(),
  capacity: z.int(),
  minNights: z.int(),
  maxNights: z.int(),
  /** How many days ahead of today a stay may start. */
  bookingWindowDays: z.int(),
  /** Local wall-clock time, `15:00`. */
  checkInTime: z.string(),
  checkOutTime: z.string(),
  cancellationPolicy,
  registeredAt: instant,
})

/** A host offers a new room. Aggregate: the room. */
export const RoomRegistered = defineEvent('room', 'RoomRegistered', offeredRoom)

/** A host changed a room; carries the room as it is now. */
export const RoomChanged = defineEvent('room', 'RoomChanged', offeredRoom)

/** A room is offered no more. Whoever holds bookings of it cancels those to come, with full refund. */
export const RoomDeleted = defineEvent(
  'room',
  'RoomDeleted',
  z.object({
    roomId: z.string(),
    hostId: z.string(),
    name: z.string(),
    deletedBy: z.enum(['HOST', 'SERVICE_CENTER']),
    reason: withheldOptionalText,
    /** Today in the room's time zone when it was deleted. */
    deletedOn: calendarDate,
    deletedAt: instant,
  }),
)

export type OfferedRoom = z.infer<typeof offeredRoom>
export type RoomRegistered = DataOf<typeof RoomRegistered>
export type RoomChanged = DataOf<typeof RoomChanged>
export type RoomDeleted = DataOf<typeof RoomDeleted>
