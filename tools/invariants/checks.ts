import type { Answered } from './client-log.ts'
import type { Booking, Facts, Page } from './facts.ts'

/** What came of one invariant: what was compared, in numbers, and each violation in a sentence. */
export type Finding = {
  readonly invariant: string
  readonly compared: string
  readonly violations: readonly string[]
}

/** Checks all invariants on the facts of a system at rest, and on what its clients were told, where known. */
export function check(facts: Facts, answered: readonly Answered[]): Finding[] {
  return [
    everyBookingIsPaid(facts),
    everyPaymentHasItsBooking(facts),
    noNightTwice(facts),
    oneEffectPerKey(facts),
    ...(answered.length > 0 ? [everyAnswerIsTrue(facts, answered)] : []),
    everyCancellationIsRefunded(facts),
    pageEqualsSources(facts),
    nothingMissedNothingOpen(facts),
    nothingLeftBehind(facts),
  ]
}

function everyBookingIsPaid({ bookings, payments, captures }: Facts): Finding {
  const approved = groupBy(
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
        sameMoney(booking, payment),
        `booking ${booking.id} and its payment differ in amount or currency`,
      ),
      ...unless(capture && sameMoney(booking, capture), `booking ${booking.id} has no capture of its amount`),
    ]
  })
  return { invariant: 'I1', compared: `${bookings.length} bookings, ${captures.length} captures`, violations }
}

function everyPaymentHasItsBooking({ bookings, payments, captures, refunds }: Facts): Finding {
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

function noNightTwice({ bookings, claims }: Facts): Finding {
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
  return [...groupBy(stays, (stay) => stay.room)].flatMap(([room, ofRoom]) => {
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

function oneEffectPerKey({ attempts, bookings, captures, refunds }: Facts): Finding {
  const intentOf = new Map(attempts.map(({ id, guest, key }) => [id, `${guest} ${key}`]))
  const back = new Set(refunds.filter(({ key }) => key.startsWith('void:')).map(({ paymentId }) => paymentId))
  const kept = captures.filter(({ id }) => !back.has(id))
  const twice = (what: string, of: readonly string[]) =>
    [...groupBy(of, (intent) => intent)].flatMap(([intent, all]) =>
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

type Of<Kind extends Answered['kind']> = Extract<Answered, { kind: Kind }>

function everyAnswerIsTrue({ attempts, bookings }: Facts, answered: readonly Answered[]): Finding {
  const byId = new Map(bookings.map((booking) => [booking.id, booking]))
  const attemptOf = new Map(attempts.map((attempt) => [attempt.id, attempt]))
  const byIntent = new Map(
    bookings.map((booking) => [`${booking.guest} ${attemptOf.get(booking.attempt)?.key}`, booking]),
  )
  const lies = {
    booked({ guest, key, bookingId }: Of<'booked'>) {
      const booking = byId.get(bookingId)
      const held = booking?.guest === guest && byIntent.get(`${guest} ${key}`) === booking
      return unless(booking && held, `${guest} was told of booking ${bookingId}, which is not there`)
    },
    refused: ({ guest, key, code }: Of<'refused'>) =>
      unless(!byIntent.has(`${guest} ${key}`), `${guest} was told "${code}" for key ${key}, which is booked`),
    canceled: ({ bookingId }: Of<'canceled'>) =>
      unless(
        byId.get(bookingId)?.status === 'CANCELED',
        `booking ${bookingId} was told to be cancelled and is not`,
      ),
  }
  const violations = answered.flatMap((answer) => (lies[answer.kind] as (of: Answered) => string[])(answer))
  return { invariant: 'I5', compared: `${answered.length} last answers`, violations }
}

function everyCancellationIsRefunded({ bookings, captures, refunds, payments }: Facts): Finding {
  const canceled = bookings.filter((booking) => booking.status === 'CANCELED')
  const byKey = groupBy(refunds, (refund) => refund.key)
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

function pageEqualsSources(facts: Facts): Finding {
  const { page, bookings, rooms, unread } = facts
  if (!page) return { invariant: 'I7', compared: 'nothing', violations: ['there is no read model'] }
  const shownRooms = rooms.flatMap((room) => differences(page, `room:${room.id}`, expectedRoom(facts, room)))
  const shown = bookings.flatMap((booking) =>
    differences(page, `booking:${booking.id}`, expectedBooking(facts, booking)),
  )
  const lists = [
    ...sameMembers(
      page,
      ':bookings',
      bookings.flatMap(({ guest, host, id }) => [
        [`guest:${guest}:bookings`, id],
        [`host:${host}:bookings`, id],
      ]),
    ),
    ...sameMembers(
      page,
      ':rooms',
      rooms.map(({ host, id }) => [`host:${host}:rooms`, id]),
    ),
    ...sameMembers(
      page,
      ':unread',
      unread.map(({ user, id }) => [`user:${user}:unread`, id]),
    ),
  ]
  return {
    invariant: 'I7',
    compared: `${bookings.length} bookings, ${rooms.length} rooms, ${unread.length} unread notifications`,
    violations: [...shown, ...shownRooms, ...lists],
  }
}

function expectedBooking({ payments }: Facts, booking: Booking): Record<string, string | undefined> {
  const payment = payments.find(({ id }) => id === booking.payment)
  return {
    roomId: booking.room,
    guestId: booking.guest,
    hostId: booking.host,
    startDate: booking.from,
    endDate: booking.to,
    total: `${booking.amount} ${booking.currency}`,
    paymentStatus: payment?.state,
    refund: booking.refund === null ? undefined : `${booking.refund} ${booking.currency}`,
  }
}

function expectedRoom({ payments }: Facts, room: Facts['rooms'][number]): Record<string, string | undefined> {
  const counted = payments.filter(
    (payment) => payment.room === room.id && payment.state === 'APPROVED',
  ).length
  return { name: room.name, popularity: counted > 0 ? String(counted) : undefined }
}

function differences(page: Page, record: string, expected: Record<string, string | undefined>): string[] {
  const shown = page.records.get(record)
  if (!shown) return [`${record} is not on My Page`]
  return Object.entries(expected).flatMap(([field, value]) =>
    unless(
      shown[field] === value || (field === 'popularity' && (shown[field] ?? '0') === (value ?? '0')),
      `${record}: ${field} is ${shown[field]}, the sources say ${value}`,
    ),
  )
}

function sameMembers(page: Page, suffix: string, expected: readonly (readonly string[])[]): string[] {
  const shown = new Set(
    [...page.lists]
      .filter(([name]) => name.endsWith(suffix))
      .flatMap(([name, ids]) => ids.map((id) => `${name} ${id}`)),
  )
  const wanted = new Set(expected.map(([list, id]) => `${list} ${id}`))
  return [
    ...[...wanted.difference(shown)].map((entry) => `missing on My Page: ${entry}`),
    ...[...shown.difference(wanted)].map((entry) => `too much on My Page: ${entry}`),
  ]
}

function nothingMissedNothingOpen({ outboxes, inboxes, deadLetters, page }: Facts): Finding {
  const published = new Map(outboxes.map((outbox) => [outbox.aggregate, outbox.last]))
  const consumers = groupBy(inboxes, ({ consumer }) => consumer)
  const perConsumer = [...consumers].flatMap(([consumer, seen]) => {
    const contexts = new Set(seen.map(({ aggregate }) => aggregate.split('.')[0]))
    const had = new Map(seen.map((each) => [each.aggregate, each.last]))
    return outboxes
      .filter(({ aggregate }) => contexts.has(aggregate.split('.')[0]))
      .flatMap(({ aggregate, last }) =>
        unless(
          had.get(aggregate) === last,
          `${consumer} has seen ${aggregate} up to ${had.get(aggregate) ?? 0} of ${last}`,
        ),
      )
  })
  const versions = Object.entries(page?.versions ?? {})
  return {
    invariant: 'I8',
    compared: `${outboxes.length} aggregates, ${consumers.size} consumers and My Page`,
    violations: [
      ...outboxes.flatMap(({ aggregate, last, rows }) =>
        unless(last === rows, `${aggregate} was announced with gaps`),
      ),
      ...outboxes.flatMap(({ aggregate, unpublished }) =>
        unless(unpublished === 0, `${aggregate} is not published`),
      ),
      ...inboxes.flatMap(({ consumer, aggregate, last, rows }) =>
        unless(last === rows, `${consumer} has seen ${aggregate} with gaps`),
      ),
      ...perConsumer,
      ...versions.flatMap(([aggregate, version]) =>
        unless(
          Number(version) === published.get(aggregate),
          `My Page has ${aggregate} at ${version}, not ${published.get(aggregate)}`,
        ),
      ),
      ...deadLetters.map(({ consumer, event }) => `${event} is a dead letter of ${consumer}`),
    ],
  }
}

function nothingLeftBehind({ attempts, claims, bookings }: Facts): Finding {
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

const unless = (holds: unknown, violation: string): string[] => (holds ? [] : [violation])

const sameMoney = (
  a: { amount: number | null; currency: string | null },
  b: { amount: number | null; currency: string | null },
) => a.amount === b.amount && a.currency?.toUpperCase() === b.currency?.toUpperCase()

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  return Map.groupBy(items, keyOf)
}
