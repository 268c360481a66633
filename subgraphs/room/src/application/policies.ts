import type { BookCanceled, Booked, DatesBlocked, DatesUnblocked } from '@myhotel/contracts/book'
import type { BookCounted } from '@myhotel/contracts/marketing'
import type { Popularities, TakenNights } from './ports.ts'

/** Whenever Booked, the nights are taken. */
export function takeNightsWheneverBooked(nights: TakenNights, { bookingId, ...stay }: Booked): Promise<void> {
  return nights.take({ sourceId: bookingId, ...stay })
}

/** Whenever BookCanceled, they are free. */
export function freeNightsWheneverBookCanceled(
  nights: TakenNights,
  { bookingId }: BookCanceled,
): Promise<void> {
  return nights.free(bookingId)
}

/** Whenever DatesBlocked, the nights are taken. */
export function takeNightsWheneverDatesBlocked(
  nights: TakenNights,
  { blockId, ...stay }: DatesBlocked,
): Promise<void> {
  return nights.take({ sourceId: blockId, ...stay })
}

/** Whenever DatesUnblocked, they are free. */
export function freeNightsWheneverDatesUnblocked(
  nights: TakenNights,
  { blockId }: DatesUnblocked,
): Promise<void> {
  return nights.free(blockId)
}

/** Whenever BookCounted, the room takes its place in the order of popularity. */
export function rankRoomWheneverBookCounted(
  popularities: Popularities,
  { roomId, popularity }: BookCounted,
): Promise<void> {
  return popularities.set(roomId, popularity)
}
