import type { Announcement } from '@myhotel/contracts/event'
import type { OfferedRoom, RoomDeleted } from '@myhotel/contracts/room'
import type { PaidBooking, Popularity } from '../domain/popularity.ts'

/** The rooms that hosts registered. What is older than what is stored (by `version`) changes nothing. */
export type Rooms = {
  store(room: OfferedRoom, version: number): Promise<void>
  storeDeletion(room: RoomDeleted, version: number): Promise<void>
}

/** What an event belongs to, and with it all that follows from it. */
type Correlation = { readonly correlationId: string; readonly traceparent: string }

/** An event that is reacted to. */
export type Happened<Event> = { readonly data: Event; readonly envelope: Correlation }

/** An announcement of what followed from an event. */
export type Consequence = Announcement & { readonly under: Correlation }

/** The bookings that count and the popularity they make, within one transaction. */
export type Counts = {
  /** Popularity by room, 0 at first; until the transaction ends nobody else counts for these rooms. */
  popularitiesToChange(roomIds: readonly string[]): Promise<Map<string, Popularity>>
  /** Those of these payments that are known, by payment. */
  bookings(paymentIds: readonly string[]): Promise<Map<string, PaidBooking>>
  /** Saves bookings, the popularities they led to, and what is to be announced of them. */
  save(
    bookings: readonly PaidBooking[],
    popularities: readonly Popularity[],
    announcements: readonly Consequence[],
  ): Promise<void>
}

/** The popularity of rooms, for whoever looks at it; a room that is missing has never been booked. */
export type PopularityOf = (roomIds: readonly string[]) => Promise<ReadonlyMap<string, number>>

export type Clock = () => Date
