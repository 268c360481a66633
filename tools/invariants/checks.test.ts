import { describe, expect, test } from 'vitest'
import { check } from './checks.ts'
import { type LogLine, understand } from './client-log.ts'
import type { Facts } from './facts.ts'

const stay = { room: 'r1', from: '2027-01-01', to: '2027-01-03' }
const booking = {
  ...{ id: 'a1', attempt: 'a1', payment: 'p1', guest: 'guest1', host: 'host1', ...stay },
  ...{ amount: 200, currency: 'EUR', status: 'BOOKED', refund: null },
}
const claim = { id: 'c1', ...stay, state: 'BOOKED', kind: 'BOOKING' }
const payment = {
  ...{ id: 'p1', attempt: 'a1', booking: 'a1', room: 'r1', state: 'APPROVED', voided: false },
  ...{ amount: 200, currency: 'EUR', provider: 'pay1', approved: true },
}
const shown = {
  ...{ roomId: 'r1', guestId: 'guest1', hostId: 'host1', startDate: stay.from, endDate: stay.to },
  ...{ total: '200 EUR', paymentStatus: 'APPROVED' },
}
const seen = { aggregate: 'book.a1', last: 1, rows: 1 }

/** A booked and paid stay, known everywhere. */
const facts: Facts = {
  bookings: [booking],
  attempts: [{ id: 'a1', guest: 'guest1', key: 'k1', state: 'CONFIRMED', overdue: false }],
  claims: [claim],
  payments: [payment],
  captures: [{ id: 'pay1', key: 'a1', amount: 200, currency: 'EUR' }],
  refunds: [],
  rooms: [{ id: 'r1', host: 'host1', name: 'One', deleted: false }],
  unread: [{ user: 'guest1', id: 'n1' }],
  outboxes: [{ ...seen, unpublished: 0 }],
  streams: [seen],
  inboxes: [{ consumer: 'payment', ...seen }],
  deadLetters: [],
  page: {
    records: new Map<string, Record<string, string>>([
      ['booking:a1', shown],
      ['room:r1', { name: 'One', popularity: '1' }],
    ]),
    lists: new Map([
      ['guest:guest1:bookings', ['a1']],
      ['host:host1:bookings', ['a1']],
      ['host:host1:rooms', ['r1']],
      ['user:guest1:unread', ['n1']],
    ]),
    versions: { 'book.a1': '1' },
  },
}

/** The invariants that are violated. */
const red = (changed: Partial<Facts>, log: LogLine[] = []) =>
  check({ ...facts, ...changed }, log.length > 0 ? understand(log) : undefined)
    .filter(({ violations }) => violations.length > 0)
    .map(({ invariant }) => invariant)

const canceled = { ...booking, status: 'CANCELED', refund: 200 }
const back = { key: 'refund:a1', paymentId: 'pay1', amount: 200, currency: 'EUR' }
const told = (answer: string | null, more: object = {}): LogLine => {
  return { operation: 'bookRoom', guest: 'guest1', key: 'k1', answer, at: 10, ms: 5, ...more }
}

test('facts that are right violate nothing', () => {
  expect(red({}, [told('RoomBooked', { bookingId: 'a1' })])).toEqual([])
})

describe('a violation is found:', () => {
  test.each<[string, string, Partial<Facts>]>([
    ['I1', 'a booking without payment', { payments: [] }],
    ['I1', 'another amount', { payments: [{ ...payment, amount: 100 }] }],
    ['I1', 'no money at the provider', { captures: [] }],
    ['I1', 'a payment that was voided', { payments: [{ ...payment, voided: true }] }],
    ['I2', 'a payment without booking', { bookings: [] }],
    [
      'I3',
      'two bookings of one night',
      { bookings: [booking, { ...booking, id: 'a2', from: '2027-01-02' }] },
    ],
    ['I3', 'a stay within another', { claims: [claim, { ...claim, id: 'c2', to: '2027-01-02' }] }],
    ['I4', 'one key, two bookings', { bookings: [booking, { ...booking, id: 'a2' }] }],
    ['I6', 'a cancellation without refund', { bookings: [canceled] }],
    ['I6', 'a refund without cancellation', { refunds: [back] }],
    ['I6', 'two refunds', { bookings: [canceled], refunds: [back, back] }],
    ['I7', 'no read model', { page: null }],
    ['I7', 'another popularity', { payments: [{ ...payment, state: 'CANCELED' }] }],
    ['I7', 'a notification that is not unread', { unread: [] }],
    ['I8', 'an event that nobody published', { outboxes: [{ ...seen, unpublished: 1 }] }],
    ['I8', 'an event that the stream lacks', { streams: [] }],
    ['I8', 'an event that a consumer lacks', { outboxes: [{ ...seen, last: 2, rows: 2, unpublished: 0 }] }],
    ['I8', 'a gap', { inboxes: [{ consumer: 'payment', aggregate: 'book.a1', last: 1, rows: 0 }] }],
    ['I8', 'a dead letter', { deadLetters: [{ consumer: 'room', event: 'book.a1:1' }] }],
    ['I10', 'an attempt under way', { attempts: [{ ...facts.attempts[0]!, state: 'PAYING' }] }],
    ['I10', 'nights held by nobody', { claims: [claim, { ...claim, id: 'c2', room: 'r2', state: 'HELD' }] }],
  ])('%s: %s', (invariant, _, changed) => {
    expect(red(changed)).toContain(invariant)
  })

  test.each<[string, string, LogLine[]]>([
    ['I5', 'a booking that is not there', [told('RoomBooked', { bookingId: 'a2' })]],
    ['I5', 'a refusal of what is booked', [told('RoomNotAvailable')]],
    [
      'I5',
      'a cancellation that was none',
      [{ operation: 'cancelBooking', answer: 'BookingCanceled', bookingId: 'a1' }],
    ],
    ['I9', 'no answer', [told(null), { operation: 'isolation', from: 0, to: 20 }]],
    ['I9', 'in progress for ever', [told('BookingInProgress'), { operation: 'isolation', from: 0, to: 20 }]],
    ['I9', 'busy without need', [told('PaymentBusy'), { operation: 'isolation', from: 0, to: 20 }]],
  ])('%s: %s', (invariant, _, log) => {
    expect(red({}, log)).toContain(invariant)
  })
})

describe('what promises nothing is no lie:', () => {
  test.each<[string, LogLine[]]>([
    ['in progress, then booked', [told('BookingInProgress'), told('RoomBooked', { bookingId: 'a1' })]],
    ['busy, then no answer to what was booked', [told('PaymentBusy'), told(null)]],
    ['the key was used for another request', [told('IdempotencyKeyReused')]],
    [
      'one of two is in progress',
      [
        told('BookingInProgress'),
        told('RoomBooked', { bookingId: 'a1' }),
        { operation: 'isolation', from: 0, to: 20 },
      ],
    ],
    ['a failure while more was down', [told(null), { operation: 'isolation', from: 12, to: 20 }]],
  ])('%s', (_, log) => {
    expect(red({}, log)).toEqual([])
  })
})
