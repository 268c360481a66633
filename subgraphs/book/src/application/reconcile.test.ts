import { describe, expect, test } from 'vitest'
import type { Booking, CanceledStay } from '../domain/booking.ts'
import { type Difference, differenceOf, type PaymentRecord } from '../domain/reconciliation.ts'
import { aBooking } from '../testing/examples.ts'
import { createReconciler, type Differing } from './reconcile.ts'

const bookingOf = (more: Partial<Booking> = {}) => ({ ...aBooking({}), ...more }) as Booking

const paymentOf = (booking: Booking, more: Partial<PaymentRecord> = {}): PaymentRecord => ({
  id: booking.paymentId,
  bookingId: booking.id,
  amount: booking.terms.price.total,
  refunded: 0,
  refunding: false,
  ...more,
})

const canceled = (refund: number): CanceledStay => {
  const booking = aBooking({})
  const { currency } = booking.terms.price.total
  const cancellation = {
    canceledAt: 0,
    canceledBy: 'GUEST',
    reason: null,
    refund: { amount: refund, currency },
  } as const
  return { ...booking, version: 2, status: 'CANCELED', cancellation }
}

describe('a booking and its payment', () => {
  const booking = bookingOf()
  const payment = paymentOf(booking)
  const { amount, currency } = payment.amount
  const cases: [Difference | null, Booking | undefined, PaymentRecord | undefined][] = [
    [null, undefined, undefined],
    [null, booking, payment],
    ['booking without payment', booking, undefined],
    ['payment without booking', undefined, payment],
    [null, undefined, { ...payment, refunding: true }],
    [null, undefined, { ...payment, refunded: amount }],
    ['payment without booking', undefined, { ...payment, refunded: 1 }],
    ['another payment', booking, { ...payment, id: 'another' }],
    ['another amount', booking, { ...payment, amount: { amount: amount + 1, currency } }],
    ['another amount', booking, { ...payment, amount: { amount, currency: 'XTS' } }],
    ['refund without cancellation', booking, { ...payment, refunded: 1 }],
    ['refund without cancellation', booking, { ...payment, refunding: true }],
  ]
  test.each(cases)('%s', (difference, ours, theirs) => expect(differenceOf(ours, theirs)).toBe(difference))

  test('that was cancelled has its refund, or has it soon', () => {
    const stay = canceled(100)
    expect(differenceOf(stay, paymentOf(stay, { refunded: 100 }))).toBeNull()
    expect(differenceOf(stay, paymentOf(stay, { refunding: true }))).toBeNull()
    expect(differenceOf(stay, paymentOf(stay))).toBe('refund missing')
    const none = canceled(0)
    expect(differenceOf(none, paymentOf(none))).toBeNull()
  })
})

/** Both sides in memory, and a clock; ids are numbered in the order of their making, one a second. */
function sides() {
  const bookings = new Map<string, Booking>()
  const payments = new Map<string, PaymentRecord>()
  const reported: (Differing & { isNew: boolean })[] = []
  const clock = { now: 1_000_000_000 }
  const idAt = (seconds: number) => String(seconds).padStart(10, '0')
  const between = (ids: string[], from: number, before: number, after: string | null) =>
    ids
      .filter((id) => Number(id) * 1_000 >= from && Number(id) * 1_000 < before && (!after || id > after))
      .sort()
  const reconciler = createReconciler(
    {
      calendar: { now: () => clock.now },
      bookings: {
        findAll: async (ids) =>
          new Map(ids.flatMap((id) => (bookings.has(id) ? [[id, bookings.get(id) as Booking]] : []))),
        idsBetween: async (from, before, after, most) =>
          between([...bookings.keys()], from, before, after).slice(0, most),
      },
      payments: {
        approvedBetween: async (from, before, after) =>
          between([...payments.keys()], from, before, after).map((id) => ({
            ...(payments.get(id) as PaymentRecord),
            id,
          })),
        ofBookings: async (ids) => ids.flatMap((id) => payments.get(id) ?? []),
      },
    },
    { settledAfterMs: 60_000, report: (differing, isNew) => reported.push({ ...differing, isNew }) },
  )
  return {
    clock,
    reported,
    reconciler,
    bookings,
    payments,
    /** A booking and its payment, made so many seconds before now. */
    add(secondsAgo: number) {
      const id = idAt(clock.now / 1_000 - secondsAgo)
      const booking = bookingOf({ id, paymentId: id })
      bookings.set(id, booking)
      payments.set(id, paymentOf(booking))
      return id
    },
  }
}

describe('the reconciler', () => {
  test('reports what differs in two rounds in a row, once, and when it is over', async () => {
    const { add, payments, reconciler, reported } = sides()
    const [good, bad] = [add(100), add(90)]
    const payment = payments.get(bad) as PaymentRecord
    payments.delete(bad)
    await reconciler.round()
    expect(reported).toEqual([])
    await reconciler.round()
    await reconciler.round()
    const differing = { bookingId: bad, difference: 'booking without payment' } as const
    expect(reported).toEqual([{ ...differing, isNew: true }])
    expect(reconciler.standing().differing).toEqual([differing])
    payments.set(bad, payment)
    await reconciler.round()
    expect(reported.at(-1)).toEqual({ ...differing, isNew: false })
    expect(reconciler.standing().differing).toEqual([])
    expect(reconciler.standing().compared).toBeGreaterThan(1)
    expect(payments.has(good)).toBe(true)
  })

  test('finds money without a booking', async () => {
    const { add, bookings, reconciler, reported } = sides()
    const id = add(100)
    bookings.delete(id)
    await reconciler.round()
    await reconciler.round()
    expect(reported).toEqual([{ bookingId: id, difference: 'payment without booking', isNew: true }])
  })

  test('leaves alone what may not be settled yet, until it must be', async () => {
    const { add, clock, payments, reconciler, reported } = sides()
    payments.delete(add(30))
    for (let round = 0; round < 3; round += 1) await reconciler.round()
    expect(reported).toEqual([])
    clock.now += 60_000
    await reconciler.round()
    await reconciler.round()
    expect(reported).toHaveLength(1)
  })

  test('comes back to what was compared long ago', async () => {
    const { add, clock, payments, reconciler, reported } = sides()
    const old = add(200_000)
    await reconciler.round()
    clock.now += 60_000
    await reconciler.round()
    payments.delete(old)
    for (let round = 0; round < 6 && reported.length === 0; round += 1) await reconciler.round()
    expect(reported).toEqual([{ bookingId: old, difference: 'booking without payment', isNew: true }])
  })
})
