import { BookCanceled, Booked } from '@myhotel/contracts/book'
import { type Announcement, announcement } from '@myhotel/contracts/event'
import { BookCounted } from '@myhotel/contracts/marketing'
import { NotificationRead, NotificationSent } from '@myhotel/contracts/notification'
import { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import { type OfferedRoom, RoomChanged, RoomDeleted, RoomRegistered } from '@myhotel/contracts/room'
import { ComplaintClosed, ComplaintFiled } from '@myhotel/contracts/servicecenter'
import fc from 'fast-check'

const minute = 60_000
const beginning = Date.parse('2027-01-01T08:00:00.000Z')
export const instant = (minutes: number) => new Date(beginning + minutes * minute).toISOString()
/** The day that it is now, as `day` counts. */
export const today = () => Math.floor((Date.now() - beginning) / (1_440 * minute))
export const day = (days: number) => new Date(beginning + days * 1_440 * minute).toISOString().slice(0, 10)
const eur = (amount: number) => ({ amount, currency: 'EUR' })

export const aRoom = (roomId: string, hostId: string, changes: Partial<OfferedRoom> = {}): OfferedRoom => ({
  roomId,
  hostId,
  name: `Room ${roomId}`,
  city: 'Seoul',
  country: 'KR',
  timeZone: 'Asia/Seoul',
  pricePerNight: eur(9_000),
  cleaningFee: eur(1_000),
  taxBasisPoints: 1_000,
  capacity: 2,
  minNights: 1,
  maxNights: 30,
  bookingWindowDays: 365,
  checkInTime: '15:00',
  checkOutTime: '11:00',
  cancellationPolicy: 'FLEXIBLE',
  registeredAt: instant(0),
  ...changes,
})

export type Stay = { bookingId: string; roomId: string; hostId: string; guestId: string; from: number }

const stayOf = ({ bookingId, roomId, hostId, guestId, from }: Stay) => ({
  ...{ bookingId, roomId, hostId, guestId },
  roomName: `Room ${roomId}`,
  startDate: day(from),
  endDate: day(from + 2),
  guests: 2,
  total: eur(20_900),
  paymentId: `payment-${bookingId}`,
})

export const booked = (stay: Stay, minutes = stay.from, timeZone = 'Asia/Seoul') =>
  announcement(Booked, stay.bookingId, 1, {
    ...stayOf(stay),
    city: 'Seoul',
    country: 'KR',
    timeZone,
    lines: [{ kind: 'NIGHTS', label: '2 nights', amount: eur(20_900) }],
    cancellationPolicy: 'FLEXIBLE',
    checkInTime: '15:00',
    checkOutTime: '11:00',
    bookedAt: instant(minutes),
  })

export const bookCanceled = (stay: Stay, minutes = stay.from + 1) =>
  announcement(BookCanceled, stay.bookingId, 2, {
    ...stayOf(stay),
    canceledBy: 'GUEST',
    reason: null,
    refund: eur(20_900),
    canceledAt: instant(minutes),
  })

const paid = ({ bookingId, roomId, hostId, guestId }: Stay) => ({
  ...{ paymentId: `payment-${bookingId}`, bookingId, roomId, hostId, guestId },
  amount: eur(20_900),
})

export const paymentApproved = (stay: Stay) =>
  announcement(PaymentApproved, `payment-${stay.bookingId}`, 1, {
    ...paid(stay),
    approvedAt: instant(stay.from),
  })

export const paymentCanceled = (stay: Stay) =>
  announcement(PaymentCanceled, `payment-${stay.bookingId}`, 2, {
    ...paid(stay),
    refunded: eur(20_900),
    status: 'CANCELED',
    canceledAt: instant(stay.from + 2),
  })

export const roomRegistered = (room: OfferedRoom) => announcement(RoomRegistered, room.roomId, 1, room)

export const roomChanged = (room: OfferedRoom, version: number) =>
  announcement(RoomChanged, room.roomId, version, room)

export const roomDeleted = ({ roomId, hostId, name }: OfferedRoom, version: number) =>
  announcement(RoomDeleted, roomId, version, {
    ...{ roomId, hostId, name, deletedBy: 'HOST', reason: null },
    deletedOn: day(9),
    deletedAt: instant(9),
  })

export const bookCounted = (roomId: string, version: number, popularity: number) =>
  announcement(BookCounted, roomId, version, { roomId, popularity, countedAt: instant(version) })

export const notificationSent = (notificationId: string, recipientId: string) =>
  announcement(NotificationSent, notificationId, 1, {
    ...{ notificationId, recipientId, kind: 'BOOKED', sentAt: instant(5) },
  })

export const notificationRead = (notificationId: string, recipientId: string) =>
  announcement(NotificationRead, notificationId, 2, { notificationId, recipientId, readAt: instant(6) })

export const complaintFiled = (complaintId: string, guestId: string) =>
  announcement(ComplaintFiled, complaintId, 1, {
    ...{ complaintId, guestId, bookingId: null, roomId: null, text: '', filedAt: instant(7) },
  })

export const complaintClosed = (complaintId: string, guestId: string) =>
  announcement(ComplaintClosed, complaintId, 2, {
    ...{ complaintId, guestId, bookingId: null, roomId: null, text: '' },
    ...{ resolution: '', closedBy: 'agent1', closedAt: instant(8) },
  })

/** What happened to one booking, room, notification or complaint, each aggregate's events in their order. */
type Aggregates = readonly (readonly Announcement[])[]

function ofStay(stay: Stay, canceled: boolean): Aggregates {
  return canceled
    ? [
        [booked(stay), bookCanceled(stay)],
        [paymentApproved(stay), paymentCanceled(stay)],
      ]
    : [[booked(stay)], [paymentApproved(stay)]]
}

function ofRoom(room: OfferedRoom, { changed, deleted }: { changed: boolean; deleted: boolean }): Aggregates {
  const changes = changed ? [roomChanged({ ...room, name: `${room.name} with a view` }, 2)] : []
  const deletion = deleted ? [roomDeleted(room, changes.length + 2)] : []
  const counts = [1, 2, 1].map((popularity, index) => bookCounted(room.roomId, index + 1, popularity))
  return [[roomRegistered(room), ...changes, ...deletion], counts]
}

/**
 * Histories of a small hotel: events in any order that keeps the order within each aggregate. `prefix` keeps
 * several hotels apart.
 */
export function histories(prefix = ''): fc.Arbitrary<Announcement[]> {
  const user = fc.constantFrom('guest1', 'guest2', 'host1').map((name) => prefix + name)
  const rooms = fc.array(fc.record({ hostId: user, changed: fc.boolean(), deleted: fc.boolean() }), {
    maxLength: 3,
  })
  const stays = fc.array(
    fc.record({ room: fc.nat(2), guestId: user, from: fc.nat(900), canceled: fc.boolean() }),
    { maxLength: 6 },
  )
  const notices = fc.array(fc.record({ to: user, done: fc.boolean() }), { maxLength: 4 })
  return fc.record({ rooms, stays, notices }).chain((hotel) => {
    const aggregates: Aggregates = [
      ...hotel.rooms.flatMap((room, n) => ofRoom(aRoom(`${prefix}room${n}`, room.hostId), room)),
      ...hotel.stays.flatMap(({ room, canceled, ...stay }, n) =>
        ofStay(
          { ...stay, bookingId: `${prefix}b${n}`, roomId: `${prefix}room${room}`, hostId: `${prefix}host1` },
          canceled,
        ),
      ),
      ...hotel.notices.flatMap(({ to, done }, n) => [
        done
          ? [notificationSent(`${prefix}n${n}`, to), notificationRead(`${prefix}n${n}`, to)]
          : [notificationSent(`${prefix}n${n}`, to)],
        done
          ? [complaintFiled(`${prefix}c${n}`, to), complaintClosed(`${prefix}c${n}`, to)]
          : [complaintFiled(`${prefix}c${n}`, to)],
      ]),
    ]
    return shuffled(aggregates)
  })
}

/** Whose turn it is, is drawn; whose events are used up is left out. */
export function shuffled(aggregates: Aggregates): fc.Arbitrary<Announcement[]> {
  const turns = aggregates.flatMap((events, index) => events.map(() => index))
  return fc.shuffledSubarray(turns, { minLength: turns.length }).map((order) => {
    const next = aggregates.map(() => 0)
    return order.map((index) => {
      const event = aggregates[index]?.[next[index] ?? 0]
      next[index] = (next[index] ?? 0) + 1
      if (!event) throw new Error('more turns than events')
      return event
    })
  })
}
