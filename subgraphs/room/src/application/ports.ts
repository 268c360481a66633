import type { Charging } from '../domain/charging.ts'
import type { Places } from '../domain/place.ts'
import type { ServiceUnavailable } from '../domain/refusal.ts'
import type { OfferedRoom, Room, RoomEvent } from '../domain/room.ts'
import type { Search } from '../domain/search.ts'

/** What the application needs of the world, in the domain's words. The adapters implement it; see compose.ts. */
export type Ports = Readonly<{
  rooms: Rooms
  bookings: Bookings
  places: Places
  calendar: Calendar
  /** What the payment provider can charge, known without asking payment. */
  charging: Charging
  newId: () => string
}>

/** Clock and time zones. */
export type Calendar = Readonly<{
  /** Milliseconds since the epoch. */
  now(): number
  /** The date, `2027-02-28`, that it is now in a time zone. */
  today(timeZone: string): string
}>

/** All rooms, the deleted ones too. */
export type Rooms = Readonly<{
  /** Null where there is none of this id, whatever text the id is. */
  find(roomId: string): Promise<Room | null>
  /** Those of these ids that there are, by id. */
  findAll(roomIds: readonly string[]): Promise<ReadonlyMap<string, Room>>
  /**
   * Saves a room as `event` has just made it, and announces the event, both or neither. False where somebody else
   * changed the room since it was read.
   */
  save(room: Room, event: RoomEvent): Promise<boolean>
}>

/** The rooms on offer, in the order of their registration: for work on all of them. */
export type StoredRooms = Readonly<{
  /** At most `limit` of those behind one, from the first where that is null. */
  offeredAfter(roomId: string | null, limit: number): Promise<readonly OfferedRoom[]>
}>

/** The book context. */
export type Bookings = Readonly<{
  /** How many bookings of a room are neither cancelled nor over. */
  countUpcoming(roomId: string): Promise<number | ServiceUnavailable>
}>

/** Rooms on offer, to be searched. Deleted rooms are never among them. */
export type Listings = Readonly<{
  /** At most `page.first + 1` rooms that pass all of the search, in its order. */
  search(search: Search, page: Page): Promise<readonly Listed[]>
}>

/** A part of a list: `after` are the sort values of the last room that the client has. */
export type Page = Readonly<{ first: number; after: readonly SortValue[] | null }>

export type SortValue = string | number

export type Listed = Readonly<{
  room: Room
  /** Where in its order the room stands, for the next page to begin after. */
  sortValues: readonly SortValue[]
  /** How far from the search's `near`; null without it. */
  distanceKm: number | null
}>

/** Which nights of which room are taken, as book says; `sourceId` is a booking or a host's block. */
export type TakenNights = Readonly<{
  take(taken: readonly Taken[]): Promise<void>
  free(sourceIds: readonly string[]): Promise<void>
}>

export type Taken = Readonly<{ sourceId: string; roomId: string; startDate: string; endDate: string }>

/** How often rooms are booked, as marketing says. */
export type Popularities = Readonly<{
  set(popularities: readonly Readonly<{ roomId: string; popularity: number }>[]): Promise<void>
}>
