import type { Listing, Offer, RefusalOf } from '../domain/stay.ts'
import type { Calendar } from './ports.ts'

/** What is offered, and the date that it is there. */
export type Offered = { readonly listing: Listing; readonly offer: Offer; readonly today: string }

export const roomGone: RefusalOf<'NOT_FOUND'> = { code: 'NOT_FOUND', message: 'There is no such room.' }

const noDays: RefusalOf<'ROOM_NOT_AVAILABLE'> = {
  code: 'ROOM_NOT_AVAILABLE',
  message: 'This room cannot be booked now: its time zone is not known. Its host has to correct it.',
}

/** What a listing offers, or why it offers nothing: it is gone, or nobody can say which day it is there. */
export function offeredBy(
  calendar: Calendar,
  listing: Listing | null,
): Offered | RefusalOf<'NOT_FOUND' | 'ROOM_NOT_AVAILABLE'> {
  if (!listing || listing.deleted) return roomGone
  const { offer } = listing
  return calendar.knows(offer.timeZone) ? { listing, offer, today: calendar.today(offer.timeZone) } : noDays
}
