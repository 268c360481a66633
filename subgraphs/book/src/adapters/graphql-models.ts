import type { RoomBooked } from '../domain/attempt.ts'
import type { Booking } from '../domain/booking.ts'
import type { Money, RefusalOf } from '../domain/stay.ts'

/** What resolvers of Booking are given: the booking as the domain has it. */
export type BookingModel = Booking

/** A room of which book knows the id; the room subgraph knows the rest. */
export type RoomModel = { readonly id: string }

export type RoomBookedModel = RoomBooked

/** Money as the domain has it; its decimals follow from the currency. */
export type MoneyModel = Money

/** A refusal of the input; the kit lists its one problem where it does not list them itself. */
export type InvalidInputModel = RefusalOf<'INVALID_INPUT'>
