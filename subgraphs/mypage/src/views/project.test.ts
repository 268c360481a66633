import type { Announcement } from '@myhotel/contracts/event'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { bookingsIn, listsOfGuest, listsOfHost, toMyBooking } from './bookings.ts'
import { openComplaintsOf, unreadOf } from './notices.ts'
import { emptyView, project, type View } from './project.ts'
import { roomsOfHost, toMyRoom } from './rooms.ts'
import {
  aRoom,
  bookCanceled,
  bookCounted,
  booked,
  complaintClosed,
  complaintFiled,
  histories,
  instant,
  notificationRead,
  notificationSent,
  paymentApproved,
  paymentCanceled,
  roomChanged,
  roomDeleted,
  roomRegistered,
  type Stay,
} from './testing.ts'

/** Nine hours ahead all year, so that the test needs no calendar. */
const startOfDay = (date: string) => Date.parse(`${date}T00:00:00+09:00`)

const fold = (events: readonly Announcement[]): View =>
  events.reduce((view, { contract, data }) => project(view, { ...contract, data }, startOfDay), emptyView)

const stay: Stay = { bookingId: 'b1', roomId: 'r1', hostId: 'host1', guestId: 'guest1', from: 10 }
const booking = (events: readonly Announcement[], now = 0) =>
  toMyBooking('b1', fold(events).records['booking:b1'] ?? {}, now)

describe('a booking', () => {
  it('shows what the guest booked', () => {
    expect(booking([booked(stay)])).toEqual({
      bookingId: 'b1',
      roomId: 'r1',
      roomName: 'Room r1',
      city: 'Seoul',
      hostId: 'host1',
      guestId: 'guest1',
      startDate: '2027-01-11',
      endDate: '2027-01-13',
      guests: 2,
      status: 'BOOKED',
      total: { amount: 20_900, currency: 'EUR' },
      paymentStatus: null,
      refund: null,
      bookedAt: instant(10),
    })
  })

  it('is completed when the day of departure begins in the room’s time zone', () => {
    const departure = Date.parse('2027-01-12T15:00:00Z')
    expect(booking([booked(stay)], departure - 1).status).toBe('BOOKED')
    expect(booking([booked(stay)], departure).status).toBe('COMPLETED')
  })

  it('waits for its refund until the payment says how it ended', () => {
    const canceled = [booked(stay), paymentApproved(stay), bookCanceled(stay)]
    expect(booking([booked(stay), paymentApproved(stay)]).paymentStatus).toBe('APPROVED')
    expect(booking(canceled)).toMatchObject({
      status: 'CANCELED',
      paymentStatus: 'REFUND_PENDING',
      refund: { amount: 20_900, currency: 'EUR' },
    })
    expect(booking([...canceled, paymentCanceled(stay)]).paymentStatus).toBe('CANCELED')
  })

  it('stays cancelled when its stay would be over', () => {
    expect(booking([booked(stay), bookCanceled(stay)], Date.parse('2028-01-01')).status).toBe('CANCELED')
  })

  it('is listed for its guest, its host and its room from the moment it is booked', () => {
    expect(fold([paymentApproved(stay)]).lists).toEqual({})
    expect(Object.keys(fold([booked(stay)]).lists).sort()).toEqual([
      'guest:guest1:bookings',
      'guest:guest1:stays',
      'host:host1:bookings',
      'host:host1:stays',
      'room:r1:stays',
    ])
  })
})

test('each status is a range of one list', () => {
  const now = Date.parse('2027-02-01T00:00:00Z')
  const stays = [5, 40, 300].map((from) => ({ ...stay, bookingId: `b${from}`, from }))
  const canceled = { ...stay, bookingId: 'canceled' }
  const view = fold([...stays, canceled].map((each) => booked(each)).concat(bookCanceled(canceled)))
  const found = (lists: ReturnType<typeof listsOfGuest>, status: Parameters<typeof bookingsIn>[1]) => {
    const { list, latestFirst, later = -Infinity, notLater = Infinity } = bookingsIn(lists, status, now)
    const ids = Object.entries(view.lists[list] ?? {})
      .filter(([, at]) => at > later && at <= notLater)
      .sort(([, a], [, b]) => (latestFirst ? b - a : a - b))
    return ids.map(([id]) => id)
  }
  for (const lists of [listsOfGuest('guest1'), listsOfHost('host1')]) {
    expect(found(lists, null)).toEqual(['b300', 'b40', 'canceled', 'b5'])
    expect(found(lists, 'BOOKED')).toEqual(['b40', 'b300'])
    expect(found(lists, 'COMPLETED')).toEqual(['b5'])
    expect(found(lists, 'CANCELED')).toEqual(['canceled'])
  }
})

test('a room shows its latest offer and count, and is listed also after it was deleted', () => {
  const room = aRoom('r1', 'host1')
  const view = fold([
    bookCounted('r1', 1, 3),
    roomRegistered(room),
    roomChanged({ ...room, name: 'Loft' }, 2),
    roomDeleted(room, 3),
  ])
  expect(Object.keys(view.lists[roomsOfHost('host1')] ?? {})).toEqual(['r1'])
  expect(toMyRoom('r1', view.records['room:r1'] ?? {}, 4)).toEqual({
    roomId: 'r1',
    name: 'Loft',
    city: 'Seoul',
    pricePerNight: { amount: 9_000, currency: 'EUR' },
    popularity: 3,
    upcomingBookings: 4,
    deleted: true,
  })
})

test('notices that are read and complaints that are closed are no longer counted', () => {
  const view = fold([
    notificationSent('n1', 'guest1'),
    notificationSent('n2', 'guest1'),
    notificationRead('n1', 'guest1'),
    complaintFiled('c1', 'guest1'),
    complaintClosed('c1', 'guest1'),
  ])
  expect(Object.keys(view.lists[unreadOf('guest1')] ?? {})).toEqual(['n2'])
  expect(view.lists[openComplaintsOf('guest1')]).toBeUndefined()
})

test('data that do not fit the contract are refused, events that nobody shows change nothing', () => {
  const event = { context: 'book', data: {} }
  expect(() => project(emptyView, { ...event, type: 'Booked' }, startOfDay)).toThrow()
  expect(project(emptyView, { ...event, type: 'DatesBlocked' }, startOfDay)).toBe(emptyView)
})

test('any order between aggregates makes the same page', () => {
  const twice = histories().chain((history) =>
    fc.tuple(fc.constant(history), fc.shuffledSubarray(history, { minLength: history.length })),
  )
  fc.assert(
    fc.property(twice, ([history, mixed]) => {
      expect(fold(reordered(history, mixed))).toEqual(fold(history))
    }),
  )
})

test('events applied twice change nothing', () => {
  fc.assert(
    fc.property(histories(), (history) => {
      expect(fold(history.flatMap((event) => [event, event]))).toEqual(fold(history))
    }),
  )
})

const sameAggregate = (a: Announcement, b: Announcement) =>
  a.contract.context === b.contract.context && a.aggregateId === b.aggregateId

/** The history with aggregates taking turns as in `order`, each in its own order. */
function reordered(history: readonly Announcement[], order: readonly Announcement[]): Announcement[] {
  const left = [...history]
  return order.map((turn) => {
    const index = left.findIndex((event) => sameAggregate(event, turn))
    return left.splice(index, 1)[0]!
  })
}
