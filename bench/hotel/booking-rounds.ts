import type { LoadTool, Requests } from '../measure/load-types.ts'
import { cpuOf, median, type Round, round, summary } from '../measure/rounds.ts'
import type { Scenario } from '../report.ts'
import type { Hotel } from './hotel.ts'
import { countBookings, underWayIsOver } from './ledger.ts'

/** A round, and the bookings that there are in the database because of it. */
export type BookingRound = Round & { bookingsPerSecond: number }

type Options = {
  tool: LoadTool
  connections: number
  seconds: number
  rounds: number
  expect: string
  tell: (line: string) => void
}

/** Loads each hotel in turn, after a round to warm up. What it booked is counted in the database. */
export async function bookingRounds(
  hotels: readonly Hotel[],
  requestsOf: (hotel: Hotel) => Promise<Requests>,
  { rounds, tell, ...load }: Options,
): Promise<Omit<Scenario, 'title'>> {
  const entries: { hotel: Hotel; requests: Requests; from: number; measured: BookingRound[] }[] = []
  for (const hotel of hotels)
    entries.push({ hotel, requests: await requestsOf(hotel), from: 0, measured: [] })
  for (let number = 0; number <= rounds; number += 1) {
    for (const entry of entries) {
      const measured = await bookingRound(entry.hotel, entry.requests, { ...load, from: entry.from })
      entry.from += measured.answered + load.connections
      if (number > 0) entry.measured.push(measured)
      tell(
        `${number === 0 ? 'to warm up' : `round ${number}`}: ${entry.hotel.contender.name} ` +
          `${Math.round(measured.perSecond)} answers/s, ${Math.round(measured.bookingsPerSecond)} bookings/s, ` +
          `p99 ${measured.p99.toFixed(0)} ms, ${measured.errors} errors ${measured.examples?.[0] ?? ''}`,
      )
    }
  }
  return {
    notes: [
      `the whole system on this machine; ${load.tool}, ${load.connections} connections, ${rounds} rounds of ${load.seconds} s, medians`,
      ...entries.map(
        ({ hotel, measured }) =>
          `CPU s / 1,000 answers, ${hotel.contender.name}: ${cpuOf(summary(measured))}`,
      ),
    ],
    columns: ['', 'answers/s', 'bookings/s', 'p50 ms', 'p95 ms', 'p99 ms', 'errors', 'CPU s / 1,000'],
    rows: entries.map(({ hotel, measured }) => {
      const of = summary(measured)
      const made = median(measured.map(({ bookingsPerSecond }) => bookingsPerSecond))
      const cpu = Object.values(of.cpuSecondsPer1000).reduce((total, seconds) => total + seconds, 0)
      return [hotel.contender.name, of.perSecond, made, of.p50, of.p95, of.p99, String(of.errors), cpu]
    }),
    details: Object.fromEntries(entries.map(({ hotel, measured }) => [hotel.contender.name, measured])),
  }
}

export async function bookingRound(
  hotel: Hotel,
  requests: Requests,
  load: Omit<Options, 'rounds' | 'tell'> & { from: number },
): Promise<BookingRound> {
  const before = await countBookings(hotel)
  const measured = await round(hotel.contender, requests, load)
  await underWayIsOver(hotel)
  return { ...measured, bookingsPerSecond: ((await countBookings(hotel)) - before) / measured.seconds }
}
