import { type Comparison, lookAt, total } from './compare.ts'
import { totalOf } from './history.ts'
import { currency } from './hotel.ts'
import type { Outcome } from './run.ts'

/** A capture or a refund, as the payment provider lists it. */
type Record = { amount: number; currency: string; metadata: { bookingId?: string } }

/**
 * What the provider has captured and refunded for the bookings of this replay: once each, to the cent. Others' are left
 * out, so that it can run in a system that is in use.
 */
export function captures(provider: string, outcomes: readonly Outcome[]): Comparison {
  return records(
    `${provider}/v1/captures`,
    'captures',
    outcomes.filter(({ bookingId }) => bookingId),
    outcomes,
  )
}

/** As `captures`, of what was cancelled. */
export function refunds(provider: string, outcomes: readonly Outcome[]): Comparison {
  const canceled = outcomes.filter(({ bookingId, booking }) => bookingId && booking.canceledOn !== null)
  return records(`${provider}/v1/refunds`, 'refunds', canceled, outcomes)
}

function records(
  url: string,
  what: 'captures' | 'refunds',
  expected: readonly Outcome[],
  outcomes: readonly Outcome[],
): Comparison {
  const lineOf = new Map(outcomes.map(({ bookingId, booking }) => [bookingId ?? '', booking.line]))
  lineOf.delete('')
  return {
    name: `${what} at the provider`,
    async look() {
      const response = await fetch(url)
      const all = (await response.json()) as Record[]
      const own = all.filter(({ metadata }) => lineOf.has(metadata.bookingId ?? ''))
      const byBooking = Map.groupBy(own, ({ metadata }) => metadata.bookingId ?? '')
      const wrong = expected.flatMap(({ bookingId, booking }) => {
        const found = byBooking.get(bookingId ?? '') ?? []
        byBooking.delete(bookingId ?? '')
        const amounts =
          found.map((record) => `${record.amount} ${record.currency}`).join(' and ') || 'nothing'
        const right = `${totalOf(booking)} ${currency}`
        return amounts === right ? [] : [`line ${booking.line} has ${amounts} instead of ${right}`]
      })
      for (const bookingId of byBooking.keys()) wrong.push(`line ${lineOf.get(bookingId)} should have none`)
      const facts = [
        { what: `${what} at the provider`, expected: expected.length, found: own.length },
        {
          ...{ what: 'their amounts', unit: 'money' as const },
          expected: total(expected.map(({ booking }) => totalOf(booking))),
          found: total(own.map(({ amount }) => amount)),
        },
      ]
      return lookAt(facts, wrong)
    },
  }
}
