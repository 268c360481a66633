import { type Difference, differenceOf, type PaymentRecord } from '../domain/reconciliation.ts'
import type { Bookings, Calendar } from './ports.ts'

/** The records of both sides. A page is at most so long as the side tells at a time; ids are in the order of their making. */
export type Records = {
  readonly bookings: Pick<Bookings, 'findAll' | 'idsBetween'>
  readonly payments: {
    /** Approved payments that were begun in a time, from the one after `after` on. */
    approvedBetween(from: number, before: number, after: string | null): Promise<readonly PaymentRecord[]>
    ofBookings(bookingIds: readonly string[]): Promise<readonly PaymentRecord[]>
  }
  readonly calendar: Pick<Calendar, 'now'>
}

/** A booking, or a payment without one, on which the two sides differ. */
export type Differing = { readonly bookingId: string; readonly difference: Difference }

/** How the comparison stands. */
export type Standing = {
  /** What was found in two rounds, one after the other. */
  readonly differing: readonly Differing[]
  /** Bookings and payments without one, compared so far; those compared again count again. */
  readonly compared: number
  /** When the last round ended, milliseconds since the epoch; null before. */
  readonly completedAt: number | null
}

/** Entries of one side that are looked up at a time. */
export const pageLength = 500
/** The first round begins so far back. */
const firstLookBackMs = 24 * 3_600_000

/** Which ids of both sides come next: in a time, after the last one that was seen. */
type Way = { from: number; before: number; booking: string | null; payment: string | null; ended: boolean }

const wayOf = (from: number, before: number): Way => ({
  from,
  before,
  booking: null,
  payment: null,
  ended: false,
})

/**
 * Compares bookings with payments, in rounds. Each takes what was begun since the last one, as far as it must be settled by
 * now, and what differed in the last round; and it goes on by one page through all that is older, again and again. What
 * differs in two rounds in a row is no event on its way: it is reported once, and told until it differs no more.
 */
export function createReconciler(
  { bookings, payments, calendar }: Records,
  options: { settledAfterMs: number; report: (differing: Differing, isNew: boolean) => void },
) {
  const differing = new Map<string, Difference>()
  let suspected = new Map<string, Difference>()
  let compared = 0
  let completedAt: number | null = null
  let comparedUntil = calendar.now() - firstLookBackMs
  let sweep = wayOf(0, comparedUntil)

  async function compare(ids: readonly string[]): Promise<ReadonlyMap<string, Difference>> {
    const found = new Map<string, Difference>()
    for (let start = 0; start < ids.length; start += pageLength) {
      const page = ids.slice(start, start + pageLength)
      const records = new Map((await payments.ofBookings(page)).map((record) => [record.bookingId, record]))
      const booked = await bookings.findAll(page)
      for (const id of page) {
        const difference = differenceOf(booked.get(id), records.get(id))
        if (difference) found.set(id, difference)
      }
    }
    compared += ids.length
    return found
  }

  /** The next page of both sides' ids. */
  async function nextOf(way: Way): Promise<readonly string[]> {
    const ours = await bookings.idsBetween(way.from, way.before, way.booking, pageLength)
    const theirs = await payments.approvedBetween(way.from, way.before, way.payment)
    way.booking = ours.at(-1) ?? way.booking
    way.payment = theirs.at(-1)?.id ?? way.payment
    way.ended = ours.length === 0 && theirs.length === 0
    return [...ours, ...theirs.map(({ bookingId }) => bookingId)]
  }

  function settle(found: ReadonlyMap<string, Difference>) {
    for (const [bookingId, difference] of differing) {
      if (found.get(bookingId) === difference) continue
      differing.delete(bookingId)
      options.report({ bookingId, difference }, false)
    }
    for (const [bookingId, difference] of found) {
      if (differing.has(bookingId) || suspected.get(bookingId) !== difference) continue
      differing.set(bookingId, difference)
      options.report({ bookingId, difference }, true)
    }
    suspected = new Map(found)
  }

  return {
    /** Compares once. */
    async round(): Promise<void> {
      const before = calendar.now() - options.settledAfterMs
      const ids = new Set([...suspected.keys(), ...differing.keys()])
      const recent = wayOf(comparedUntil, before)
      while (!recent.ended) for (const id of await nextOf(recent)) ids.add(id)
      for (const id of await nextOf(sweep)) ids.add(id)
      settle(await compare([...ids]))
      if (sweep.ended) sweep = wayOf(0, before)
      comparedUntil = before
      completedAt = calendar.now()
    },
    standing: (): Standing => ({
      differing: [...differing].map(([bookingId, difference]) => ({ bookingId, difference })),
      compared,
      completedAt,
    }),
  }
}

export type Reconciler = ReturnType<typeof createReconciler>
