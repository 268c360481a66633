import type { Booking, Facts, Page, Published } from './facts.ts'
import { type Finding, unless } from './finding.ts'

/** I7: My Page shows what the sources say, no more and no less. */
export function pageEqualsSources(facts: Facts): Finding {
  const { page, bookings, rooms, unread, payments } = facts
  if (!page) return { invariant: 'I7', compared: 'nothing', violations: ['there is no read model'] }
  const stateOf = new Map(payments.map(({ id, state }) => [id, state]))
  const counted = Map.groupBy(
    payments.filter(({ state }) => state === 'APPROVED'),
    ({ room }) => room,
  )
  const shownRooms = rooms.flatMap(({ id, name }) => {
    const popularity = String(counted.get(id)?.length ?? 0)
    return differences(page, `room:${id}`, { name, popularity }, { popularity: '0' })
  })
  const shown = bookings.flatMap((booking) =>
    differences(page, `booking:${booking.id}`, expectedBooking(booking, stateOf.get(booking.payment))),
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

function expectedBooking(booking: Booking, paymentStatus?: string): Record<string, string | undefined> {
  return {
    roomId: booking.room,
    guestId: booking.guest,
    hostId: booking.host,
    startDate: booking.from,
    endDate: booking.to,
    total: `${booking.amount} ${booking.currency}`,
    paymentStatus,
    refund: booking.refund === null ? undefined : `${booking.refund} ${booking.currency}`,
  }
}

function differences(
  page: Page,
  record: string,
  expected: Record<string, string | undefined>,
  absent: Record<string, string> = {},
): string[] {
  const shown = page.records.get(record)
  if (!shown) return [`${record} is not on My Page`]
  return Object.entries(expected).flatMap(([field, value]) => {
    const present = shown[field] ?? absent[field]
    return unless(present === value, `${record}: ${field} is ${present}, the sources say ${value}`)
  })
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

/** I8: what was announced is in the stream and was seen by every consumer, without gaps, and nothing was put aside. */
export function nothingMissed({ outboxes, streams, inboxes, deadLetters, page }: Facts): Finding {
  const readers = Map.groupBy(inboxes, ({ consumer }) => consumer)
  const reached = Object.entries(page?.versions ?? {}).map(([aggregate, version]) => {
    return { consumer: 'My Page', aggregate, last: Number(version), rows: Number(version) }
  })
  readers.set('My Page', reached)
  return {
    invariant: 'I8',
    compared: `${outboxes.length} aggregates, ${streams.length} in streams, ${[...readers.keys()].sort().join(', ')}`,
    violations: [
      ...outboxes.flatMap(({ aggregate, last, rows, unpublished }) => [
        ...unless(last === rows, `${aggregate} was announced with gaps`),
        ...unless(unpublished === 0, `${aggregate} is not published`),
      ]),
      ...behind('the stream', outboxes, streams),
      ...[...readers].flatMap(([consumer, seen]) => {
        const contexts = new Set(seen.map(contextOf))
        const meant = outboxes.filter((outbox) => contexts.has(contextOf(outbox)))
        return behind(consumer, meant, seen)
      }),
      ...deadLetters.map(({ consumer, event }) => `${event} is a dead letter of ${consumer}`),
    ],
  }
}

const contextOf = ({ aggregate }: { aggregate: string }) => aggregate.slice(0, aggregate.indexOf('.'))

/** Where a reader has not seen all versions that were announced, or something that was not. */
function behind(
  reader: string,
  announced: readonly Published[],
  seen: readonly { aggregate: string; last: number; rows: number }[],
): string[] {
  const has = new Map(seen.map((each) => [each.aggregate, each]))
  const known = new Set(announced.map(({ aggregate }) => aggregate))
  return [
    ...announced.flatMap(({ aggregate, last }) => {
      const { last: reached = 0, rows = 0 } = has.get(aggregate) ?? {}
      return [
        ...unless(reached === last, `${reader} has ${aggregate} up to ${reached} of ${last}`),
        ...unless(reached === rows, `${reader} has ${aggregate} with gaps`),
      ]
    }),
    ...seen.flatMap(({ aggregate }) =>
      unless(known.has(aggregate), `${reader} has ${aggregate}, which nobody has announced`),
    ),
  ]
}
