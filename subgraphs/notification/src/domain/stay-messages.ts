import type { Kind, Message } from './notification.ts'
import {
  counted,
  countryName,
  formatDate,
  formatMoney,
  type Money,
  nightsBetween,
  oneLine,
} from './wording.ts'

/** What every message about a stay can name. Dates are calendar dates of the room, half-open. */
export type Stay = {
  readonly bookingId: string
  readonly roomId: string
  readonly roomName: string
  readonly hostId: string
  readonly guestId: string
  readonly startDate: string
  readonly endDate: string
  readonly guests: number
  readonly total: Money
}

export type BookedStay = Stay & {
  readonly city: string
  readonly country: string
  readonly checkInTime: string
  readonly checkOutTime: string
  readonly cancellationPolicy: 'FLEXIBLE' | 'MODERATE' | 'STRICT'
}

export type CanceledStay = Stay & {
  readonly canceledBy: 'GUEST' | 'HOST' | 'SERVICE_CENTER' | 'ROOM_DELETED'
  readonly refund: Money
}

/** The guest's confirmation. */
export function bookedMessage(stay: BookedStay): Message {
  return toGuest(stay, 'BOOKED', `You are booked: ${oneLine(stay.roomName)}`, [
    `Your stay at ${place(stay)} is booked.`,
    ...when(stay),
    `Guests: ${stay.guests}`,
    `Total: ${formatMoney(stay.total)}`,
    `If you cancel: ${policyInWords[stay.cancellationPolicy]}`,
    `Booking: ${stay.bookingId}`,
  ])
}

/** Tells the host who is coming. */
export function bookingReceivedMessage(stay: BookedStay): Message {
  return toHost(stay, 'BOOKING_RECEIVED', `New booking: ${oneLine(stay.roomName)}`, [
    `${oneLine(stay.guestId)} booked ${place(stay)}.`,
    ...when(stay),
    `Guests: ${stay.guests}`,
    `Total: ${formatMoney(stay.total)}`,
    `Booking: ${stay.bookingId}`,
  ])
}

/** Tells the guest that the stay will not be, and what comes back. */
export function canceledMessageForGuest(stay: CanceledStay): Message {
  const refund =
    stay.refund.amount > 0
      ? `You get back ${formatMoney(stay.refund)} of ${formatMoney(stay.total)}.`
      : 'The cancellation policy of this booking gives nothing back.'
  return toGuest(stay, 'BOOK_CANCELED', `Cancelled: ${oneLine(stay.roomName)}`, [
    `Your stay at ${oneLine(stay.roomName)}, ${dates(stay)}, was cancelled${byForGuest[stay.canceledBy]}.`,
    refund,
    ...whereTheReasonIs(stay, 'GUEST'),
    `Booking: ${stay.bookingId}`,
  ])
}

/** Tells the host that the nights are free again. */
export function canceledMessageForHost(stay: CanceledStay): Message {
  const by =
    stay.canceledBy === 'GUEST' ? ` by the guest, ${oneLine(stay.guestId)}` : byForHost[stay.canceledBy]
  return toHost(stay, 'BOOK_CANCELED', `Booking cancelled: ${oneLine(stay.roomName)}`, [
    `The booking of ${oneLine(stay.roomName)}, ${dates(stay)}, was cancelled${by}.`,
    `The guest gets back ${formatMoney(stay.refund)} of ${formatMoney(stay.total)}.`,
    ...whereTheReasonIs(stay, 'HOST'),
    `Booking: ${stay.bookingId}`,
  ])
}

const policyInWords = {
  FLEXIBLE:
    'all back until 24 hours before check-in, then all but one night; after check-in all nights to come but one.',
  MODERATE: 'all back until 5 days before check-in, then half; after check-in half of the nights to come.',
  STRICT: 'all back until 14 days before check-in, half until 7 days before, then nothing.',
}
const byForGuest = {
  GUEST: '',
  HOST: ' by the host',
  SERVICE_CENTER: ' by our service centre',
  ROOM_DELETED: ' because the room is no longer offered',
}
const byForHost = {
  HOST: '',
  SERVICE_CENTER: ' by our service centre',
  ROOM_DELETED: ' because the room was removed',
}

const place = (stay: BookedStay) =>
  `${oneLine(stay.roomName)} in ${oneLine(stay.city)}, ${oneLine(countryName(stay.country))}`

const when = (stay: BookedStay) => [
  `Check-in: ${formatDate(stay.startDate)}, from ${stay.checkInTime}`,
  `Check-out: ${formatDate(stay.endDate)}, until ${stay.checkOutTime}`,
  `Nights: ${nightsBetween(stay.startDate, stay.endDate)}`,
]

const dates = ({ startDate, endDate }: Stay) =>
  `${formatDate(startDate)} to ${formatDate(endDate)} (${counted(nightsBetween(startDate, endDate), 'night')})`

/** What one person wrote to another stays with the booking, where it can be erased; a mail only says so. */
const whereTheReasonIs = ({ canceledBy }: CanceledStay, reader: 'GUEST' | 'HOST') =>
  canceledBy === reader || canceledBy === 'ROOM_DELETED'
    ? []
    : ['If a reason was given, you find it with the booking.']

const toGuest = (stay: Stay, kind: Kind, title: string, lines: readonly string[]) =>
  toUser(stay.guestId, stay, kind, title, lines)
const toHost = (stay: Stay, kind: Kind, title: string, lines: readonly string[]) =>
  toUser(stay.hostId, stay, kind, title, lines)

function toUser(
  recipientId: string,
  { bookingId, roomId }: Stay,
  kind: Kind,
  title: string,
  lines: readonly string[],
): Message {
  return { recipientId, kind, title, body: lines.join('\n'), bookingId, roomId }
}
