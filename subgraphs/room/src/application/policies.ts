import type { BookCanceled, Booked, DatesBlocked, DatesUnblocked } from '@myhotel/contracts/book'
import type { BookCounted } from '@myhotel/contracts/marketing'
import type { Popularities, TakenNights } from './ports.ts'

/** Whenever Booked, the nights are taken. */
export function takeNightsWheneverBooked(nights: TakenNights, booked: readonly Booked[]): Promise<void> {
  return nights.take(booked.map(({ bookingId, ...stay }) => ({ sourceId: bookingId, ...stay })))
}

/** Whenever BookCanceled, they are free. */
export function freeNightsWheneverBookCanceled(
  nights: TakenNights,
  canceled: readonly BookCanceled[],
): Promise<void> {
  return nights.free(canceled.map(({ bookingId }) => bookingId))
}

/** Whenever DatesBlocked, the nights are taken. */
export function takeNightsWheneverDatesBlocked(
  nights: TakenNights,
  blocked: readonly DatesBlocked[],
): Promise<void> {
  return nights.take(blocked.map(({ blockId, ...stay }) => ({ sourceId: blockId, ...stay })))
}

/** Whenever DatesUnblocked, they are free. */
export function freeNightsWheneverDatesUnblocked(
  nights: TakenNights,
  unblocked: readonly DatesUnblocked[],
): Promise<void> {
  return nights.free(unblocked.map(({ blockId }) => blockId))
}

/** Whenever BookCounted, the room takes its place in the order of popularity. */
export function rankRoomWheneverBookCounted(
  popularities: Popularities,
  counted: readonly BookCounted[],
): Promise<void> {
  return popularities.set(counted)
}
