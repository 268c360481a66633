import type { Announcement } from '@myhotel/contracts/event'
import type { OfferedRoom, RoomDeleted } from '@myhotel/contracts/room'
import type { PaidBooking, Popularity } from '../domain/popularity.ts'

/** The rooms that hosts registered. What is older than what is stored (by `version`) changes nothing. */
export type Rooms = {
  store(room: OfferedRoom, version: number): Promise<void>
  storeDeletion(room: RoomDeleted, version: number): Promise<void>
}

/** The bookings that count and the popularity they make, within one transaction. */
export type Counts = {
  /** A room's popularity, 0 at first; until the transaction ends nobody else counts for that room. */
  popularityToChange(roomId: string): Promise<Popularity>
  booking(paymentId: string): Promise<PaidBooking | null>
  /** Saves a booking, the popularity it led to, and what is to be announced of it. */
  save(booking: PaidBooking, popularity: Popularity, announcements: readonly Announcement[]): Promise<void>
}

/** The popularity of rooms, for whoever looks at it; a room that is missing has never been booked. */
export type PopularityOf = (roomIds: readonly string[]) => Promise<ReadonlyMap<string, number>>

export type Clock = () => Date
