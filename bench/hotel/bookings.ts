import { parseArgs } from 'node:util'
import { hasProgram } from '../measure/install.ts'
import type { Requests } from '../measure/load-types.ts'
import { cpuOf, median, type Round, round, summary } from '../measure/rounds.ts'
import type { BenchOptions } from '../options.ts'
import { createReport, type Scenario } from '../report.ts'
import { type Hotel, openHotel } from './hotel.ts'
import { countBookings, underWayIsOver } from './ledger.ts'
import { bookingsOfHotRooms, bookingsOfManyRooms } from './requests.ts'
import { siege } from './siege.ts'

const connections = 255
const guests = 1_000
const days = 330

const scenarios = { many: 0, hot: 0, siege: 0 }

/** Bookings through the router of a whole system, as many as it takes. */
export async function bookings(options: BenchOptions): Promise<void> {
  const { values } = parseArgs({
    args: options.rest,
    options: {
      only: { type: 'string', default: Object.keys(scenarios).join() },
      rooms: { type: 'string', default: '600' },
      'siege-seconds': { type: 'string', default: '180' },
      profile: { type: 'string' },
    },
  })
  const { tell } = options
  const wanted = values.only.split(',')
  const store = createReport('bookings', options.results)
  const hotel = await openHotel(tell, values.profile)
  try {
    tell(`registering ${values.rooms} rooms`)
    const rooms = await hotel.registerRooms(Number(values.rooms))
    const tokens = await hotel.tokens('guest', guests)
    if (wanted.includes('many')) {
      const requests = bookingsOfManyRooms(rooms, days, tokens)
      store('many', await wrkScenario(hotel, options, requests, '"RoomBooked"', `${rooms.length} rooms`))
    }
    if (wanted.includes('hot')) {
      const hot = await hotel.registerRooms(5)
      const requests = bookingsOfHotRooms(hot, 100_000, tokens)
      // RoomBooked or RoomNotAvailable: anything else is a failure.
      const scenario = await wrkScenario(hotel, options, requests, '"__typename":"Room', '5 hot rooms')
      store('hot', { ...scenario, notes: [...scenario.notes, await overlaps(hotel)] })
    }
    if (wanted.includes('siege')) {
      if (!hasProgram('siege', tell)) throw new Error('there is no siege here: bookings --only many,hot')
      const fresh = await hotel.registerRooms(Number(values.rooms))
      const requests = bookingsOfManyRooms(fresh, days, tokens.slice(0, 1))
      store(
        'siege',
        await siege(hotel, requests, { connections, seconds: Number(values['siege-seconds']), tell }),
      )
    }
  } finally {
    await hotel.stop()
  }
}

async function wrkScenario(
  hotel: Hotel,
  options: BenchOptions,
  requests: Requests,
  expect: string,
  what: string,
): Promise<Scenario> {
  const rounds: Round[] = []
  const made: number[] = []
  let from = 0
  for (let number = 0; number <= options.rounds; number += 1) {
    const before = await countBookings(hotel)
    const { tool, seconds } = options
    const measured = await round(hotel.contender, requests, { tool, connections, seconds, from, expect })
    from += measured.answered + connections
    await underWayIsOver(hotel)
    const booked = (await countBookings(hotel)) - before
    options.tell(
      `${what}, ${number === 0 ? 'to warm up' : `round ${number}`}: ${Math.round(measured.perSecond)} answers/s, ` +
        `${Math.round(booked / measured.seconds)} bookings/s, p99 ${measured.p99.toFixed(0)} ms, ` +
        `${measured.errors} errors ${measured.examples?.[0] ?? ''}`,
    )
    if (number === 0) continue
    rounds.push(measured)
    made.push(booked / measured.seconds)
  }
  const of = summary(rounds)
  return {
    title: `Bookings: ${what}`,
    notes: [
      `the whole system on this machine, ${connections} connections, ${options.tool}, ${rounds.length} rounds of ${options.seconds} s, medians`,
      `CPU seconds a thousand answers: ${cpuOf(of)}`,
    ],
    columns: ['', 'answers/s', 'bookings/s', 'p50 ms', 'p95 ms', 'p99 ms', 'errors'],
    rows: [[what, of.perSecond, median(made), ...[of.p50, of.p95, of.p99], String(of.errors)]],
    details: { rounds, bookingsPerSecond: made },
  }
}

async function overlaps(hotel: Hotel): Promise<string> {
  const [row] = await hotel.sql<{ count: string }>(
    'book',
    `SELECT count(*) FROM booking a JOIN booking b ON a.room_id = b.room_id AND a.id < b.id
       AND daterange(a.start_date, a.end_date) && daterange(b.start_date, b.end_date)`,
  )
  return `nights booked twice: ${row?.count}`
}
