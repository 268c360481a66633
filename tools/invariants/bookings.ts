import type { Booking, Facts } from './facts.ts'
import { type Finding, unless } from './finding.ts'

/** I1: every booking has exactly one approved payment of its amount and currency, and the provider has the money. */
export function everyBookingIsPaid({ bookings, payments, captures }: Facts): Finding {
  const approved = Map.groupBy(
    payments.filter((payment) => payment.approved),
    (payment) => payment.booking ?? '',
  )
  const captured = new Map(captures.map((capture) => [capture.key, capture]))
  const violations = bookings.flatMap((booking) => {
    const paid = approved.get(booking.id) ?? []
    const [payment] = paid
    if (paid.length !== 1 || !payment) return [`booking ${booking.id} has ${paid.length} approved payments`]
    const capture = captured.get(booking.attempt)
    return [
      ...(payment.id === booking.payment
        ? []
        : [`booking ${booking.id} names another payment than ${payment.id}`]),
      ...unless(
        booking.status === 'CANCELED' || !payment.voided,
        `booking ${booking.id} stands on a payment that was voided`,
      ),
      ...unless(
        sameMoney(booking, payment),
        `booking ${booking.id} and its payment differ in amount or currency`,
      ),
      ...unless(capture && sameMoney(booking, capture), `booking ${booking.id} has no capture of its amount`),
    ]
  })
  return { invariant: 'I1', compared: `${bookings.length} bookings, ${captures.length} captures`, violations }
}

/** I2: no approved payment, and no money at the provider, lacks a booking. */
export function everyPaymentHasItsBooking({ bookings, payments, captures, refunds }: Facts): Finding {
  const booked = new Set(bookings.map((booking) => booking.payment))
  const kept = payments.filter((payment) => payment.approved && !payment.voided)
  const bookedAttempts = new Set(bookings.map((booking) => booking.attempt))
  const back = new Map<string, number>()
  for (const refund of refunds) back.set(refund.paymentId, (back.get(refund.paymentId) ?? 0) + refund.amount)
  return {
    invariant: 'I2',
    compared: `${kept.length} approved payments, ${captures.length} captures`,
    violations: [
      ...kept
        .filter((payment) => !booked.has(payment.id))
        .map((payment) => `approved payment ${payment.id} has no booking`),
      ...captures
        .filter(({ key, id, amount }) => !bookedAttempts.has(key) && back.get(id) !== amount)
        .map(({ key }) => `the provider keeps money of attempt ${key}, which has no booking`),
    ],
  }
}

/** I3: no night of a room is taken twice. */
export function noNightTwice({ bookings, claims }: Facts): Finding {
  const standing = bookings.filter((booking) => booking.status === 'BOOKED')
  return {
    invariant: 'I3',
    compared: `${standing.length} standing bookings, ${claims.length} active claims`,
    violations: [...overlaps('bookings', standing), ...overlaps('claims', claims)],
  }
}

/** Stays of one room, in the order of their first day: each must begin when all before it have ended. */
function overlaps(
  what: string,
  stays: readonly { id: string; room: string; from: string; to: string }[],
): string[] {
  return [...Map.groupBy(stays, (stay) => stay.room)].flatMap(([room, ofRoom]) => {
    const inOrder = ofRoom.toSorted((a, b) => (a.from < b.from ? -1 : 1))
    const found: string[] = []
    let longest = inOrder[0]
    for (const stay of inOrder.slice(1)) {
      if (longest && stay.from < longest.to)
        found.push(`${what} ${longest.id} and ${stay.id} of room ${room} overlap`)
      if (!longest || stay.to > longest.to) longest = stay
    }
    return found
  })
}

/** I4: an idempotency key has had one effect. */
export function oneEffectPerKey({ attempts, bookings, captures, refunds }: Facts): Finding {
  const intentOf = new Map(attempts.map(({ id, guest, key }) => [id, `${guest} ${key}`]))
  const back = new Set(refunds.filter(({ key }) => key.startsWith('void:')).map(({ paymentId }) => paymentId))
  const kept = captures.filter(({ id }) => !back.has(id))
  const twice = (what: string, of: readonly string[]) =>
    [...Map.groupBy(of, (intent) => intent)].flatMap(([intent, all]) =>
      unless(all.length === 1, `${all.length} ${what} for the guest and key ${intent}`),
    )
  const known = (id: string) => intentOf.get(id) ?? `without attempt ${id}`
  return {
    invariant: 'I4',
    compared: `${attempts.length} attempts`,
    violations: [
      ...twice(
        'bookings',
        bookings.map(({ attempt }) => known(attempt)),
      ),
      ...twice(
        'captures',
        kept.map(({ key }) => known(key)),
      ),
    ],
  }
}

/** I6: every cancellation has exactly its one refund. */
export function everyCancellationIsRefunded({ bookings, captures, refunds, payments }: Facts): Finding {
  const canceled = bookings.filter((booking) => booking.status === 'CANCELED')
  const byKey = Map.groupBy(refunds, (refund) => refund.key)
  const capture = new Map(captures.map((each) => [each.key, each]))
  const expected = new Set(canceled.filter(({ refund }) => refund).map(({ id }) => `refund:${id}`))
  const voids = new Set(payments.filter(({ voided }) => voided).map(({ attempt }) => `void:${attempt}`))
  const stateOf = new Map(payments.map((payment) => [payment.id, payment.state]))
  return {
    invariant: 'I6',
    compared: `${canceled.length} cancellations, ${refunds.length} refunds`,
    violations: [
      ...canceled.flatMap((booking) =>
        refundOf(booking, byKey.get(`refund:${booking.id}`) ?? [], capture, stateOf),
      ),
      ...refunds
        .filter(({ key }) => !expected.has(key) && !voids.has(key))
        .map(({ key }) => `refund ${key} belongs to no cancellation`),
    ],
  }
}

function refundOf(
  booking: Booking,
  given: Facts['refunds'],
  captures: ReadonlyMap<string, Facts['captures'][number]>,
  stateOf: ReadonlyMap<string, string>,
): string[] {
  const settled = booking.refund === booking.amount ? 'CANCELED' : 'PARTIALLY_REFUNDED'
  const state = stateOf.get(booking.payment)
  const wrongState = unless(
    state === settled,
    `payment of cancelled booking ${booking.id} is ${state}, not ${settled}`,
  )
  if (!booking.refund)
    return [...wrongState, ...unless(given.length === 0, `booking ${booking.id} has a refund too many`)]
  const [refund] = given
  const right =
    given.length === 1 &&
    refund?.amount === booking.refund &&
    refund.currency === booking.currency &&
    refund.paymentId === captures.get(booking.attempt)?.id
  return [
    ...wrongState,
    ...unless(right, `booking ${booking.id} should have one refund of ${booking.refund}`),
  ]
}

/** I10: nothing is still under way, or held by nobody. */
export function nothingLeftBehind({ attempts, claims, bookings }: Facts): Finding {
  const unsettled = attempts.filter(({ state }) => state === 'PAYING' || state === 'ABORTING')
  const held = claims.filter(({ state }) => state === 'HELD')
  const standing = bookings.filter(({ status }) => status === 'BOOKED').length
  const bookedClaims = claims.filter(({ kind, state }) => kind === 'BOOKING' && state === 'BOOKED').length
  return {
    invariant: 'I10',
    compared: `${attempts.length} attempts, ${claims.length} active claims`,
    violations: [
      ...unsettled.map(
        ({ id, state, overdue }) => `attempt ${id} is ${state}${overdue ? ' past its deadline' : ''}`,
      ),
      ...unless(
        held.length === unsettled.filter(({ state }) => state === 'PAYING').length,
        `${held.length} claims are held`,
      ),
      ...unless(standing === bookedClaims, `${standing} standing bookings have ${bookedClaims} claims`),
    ],
  }
}

const sameMoney = (
  a: { amount: number | null; currency: string | null },
  b: { amount: number | null; currency: string | null },
) => a.amount === b.amount && a.currency?.toUpperCase() === b.currency?.toUpperCase()
