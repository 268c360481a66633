import type { BookCanceled, Booked } from '@myhotel/contracts/book'
import type { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import { type Money, toMoney, toText } from './money.ts'
import { drop, type Fields, put, type Range, set, timeOf, type Write } from './write.ts'

export type BookingStatus = 'BOOKED' | 'CANCELED' | 'COMPLETED'
export type PaymentStatus = 'APPROVED' | 'REFUND_PENDING' | 'CANCELED' | 'PARTIALLY_REFUNDED'

/** A booking as My Page shows it to its guest and its host. */
export type MyBooking = {
  bookingId: string
  roomId: string
  roomName: string
  city: string
  hostId: string
  guestId: string
  startDate: string
  endDate: string
  guests: number
  status: BookingStatus
  total: Money
  /** Null until the payment has been heard of. */
  paymentStatus: PaymentStatus | null
  refund: Money | null
  bookedAt: string
}

export const bookingRecord = (bookingId: string) => `booking:${bookingId}`

export const staysOfRoom = (roomId: string) => `room:${roomId}:stays`

/**
 * The lists of a guest or a host. `bookings` holds all by the time of booking, `stays` those that were not cancelled
 * by the time at which they end, `canceled` the others by the time of cancellation. So each status is a range of
 * one list, whatever the time: a stay that ends needs no event.
 */
export type BookingLists = { readonly bookings: string; readonly stays: string; readonly canceled: string }

export const listsOfGuest = (guestId: string) => listsOf(`guest:${guestId}`)
export const listsOfHost = (hostId: string) => listsOf(`host:${hostId}`)

const listsOf = (owner: string): BookingLists => ({
  bookings: `${owner}:bookings`,
  stays: `${owner}:stays`,
  canceled: `${owner}:canceled`,
})

/** Where the bookings of a status are found at `now`, and in which order. */
export function bookingsIn(lists: BookingLists, status: BookingStatus | null, now: number): Range {
  switch (status) {
    case null:
      return { list: lists.bookings, latestFirst: true }
    case 'CANCELED':
      return { list: lists.canceled, latestFirst: true }
    case 'BOOKED':
      return { list: lists.stays, latestFirst: false, later: now }
    case 'COMPLETED':
      return { list: lists.stays, latestFirst: true, notLater: now }
  }
}

/** `endsAt`: when the day of departure begins in the room's time zone. */
export function booked(event: Booked, endsAt: number): Write[] {
  const { bookingId, roomId, roomName, city, hostId, guestId, startDate, endDate, bookedAt } = event
  const owners = [listsOfGuest(guestId), listsOfHost(hostId)]
  return [
    set(bookingRecord(bookingId), {
      roomId,
      roomName,
      city,
      hostId,
      guestId,
      startDate,
      endDate,
      guests: String(event.guests),
      total: toText(event.total),
      bookedAt,
      endsAt: String(endsAt),
    }),
    ...owners.map(({ bookings }) => put(bookings, bookingId, timeOf(bookedAt))),
    ...owners.map(({ stays }) => put(stays, bookingId, endsAt)),
    put(staysOfRoom(roomId), bookingId, endsAt),
  ]
}

export function bookCanceled({
  bookingId,
  roomId,
  hostId,
  guestId,
  refund,
  canceledAt,
}: BookCanceled): Write[] {
  const owners = [listsOfGuest(guestId), listsOfHost(hostId)]
  return [
    set(bookingRecord(bookingId), { canceledAt, refund: toText(refund) }),
    ...owners.map(({ canceled }) => put(canceled, bookingId, timeOf(canceledAt))),
    ...owners.map(({ stays }) => drop(stays, bookingId)),
    drop(staysOfRoom(roomId), bookingId),
  ]
}

export function paymentApproved({ bookingId }: PaymentApproved): Write[] {
  return [set(bookingRecord(bookingId), { paymentStatus: 'APPROVED' })]
}

export function paymentCanceled({ bookingId, status }: PaymentCanceled): Write[] {
  return [set(bookingRecord(bookingId), { paymentStatus: status })]
}

/** The booking that a record holds, as it is at `now`. */
export function toMyBooking(bookingId: string, record: Fields, now: number): MyBooking {
  const { roomId = '', roomName = '', city = '', hostId = '', guestId = '' } = record
  const { startDate = '', endDate = '', total = '', bookedAt = '' } = record
  return {
    bookingId,
    roomId,
    roomName,
    city,
    hostId,
    guestId,
    startDate,
    endDate,
    guests: Number(record.guests),
    status: statusAt(now, record),
    total: toMoney(total),
    paymentStatus: paymentStatusOf(record),
    refund: record.refund ? toMoney(record.refund) : null,
    bookedAt,
  }
}

function statusAt(now: number, { canceledAt, endsAt }: Fields): BookingStatus {
  if (canceledAt) return 'CANCELED'
  return Number(endsAt) <= now ? 'COMPLETED' : 'BOOKED'
}

/** A cancelled booking's payment waits for its refund until the payment itself says how it ended. */
function paymentStatusOf({ paymentStatus, canceledAt }: Fields): PaymentStatus | null {
  if (canceledAt && paymentStatus === 'APPROVED') return 'REFUND_PENDING'
  return (paymentStatus as PaymentStatus | undefined) ?? null
}
