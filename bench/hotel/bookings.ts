import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { hasProgram } from '../measure/install.ts'
import type { BenchOptions } from '../options.ts'
import { createReport } from '../report.ts'
import { bookingRounds } from './booking-rounds.ts'
import { type Hotel, openHotel } from './hotel.ts'
import { doubleBookings } from './ledger.ts'
import { claims, pgbench } from './pgbench.ts'
import { bookingsOfHotRooms, bookingsOfManyRooms } from './requests.ts'
import { siege } from './siege.ts'

const connections = 255
const guests = 1_000
const days = 330

/** Bookings through the router of a whole system, as many as it takes; see README.md. */
export async function bookings(options: BenchOptions): Promise<void> {
  const { values } = parseArgs({
    args: options.rest,
    options: {
      only: { type: 'string', default: 'many,hot,pgbench,claims,siege' },
      rooms: { type: 'string', default: '600' },
      'siege-seconds': { type: 'string', default: '180' },
      /** Another checkout, dependencies installed, that is measured in turn with this one. */
      baseline: { type: 'string' },
      profile: { type: 'string' },
    },
  })
  const { tell } = options
  const count = Number(values.rooms)
  const wanted = new Set(values.only.split(','))
  const store = createReport('bookings', options.results)
  const hotels: [Hotel, ...Hotel[]] = [await openHotel(tell, { profiles: values.profile })]
  const [hotel] = hotels
  try {
    if (values.baseline) {
      const root = resolve(process.env.INIT_CWD ?? '.', values.baseline)
      hotels.push(await openHotel(tell, { root, name: 'the baseline' }))
    }
    const load = { ...options, connections }
    if (wanted.has('many')) {
      const requestsOf = async (of: Hotel) =>
        bookingsOfManyRooms(await of.registerRooms(count), days, await of.tokens('guest', guests))
      const measured = await bookingRounds(hotels, requestsOf, { ...load, expect: '"RoomBooked"' })
      store('many', { title: `Bookings: ${count} rooms`, ...measured })
    }
    if (wanted.has('hot')) {
      const requestsOf = async (of: Hotel) =>
        bookingsOfHotRooms(await of.registerRooms(5), 100_000, await of.tokens('guest', guests))
      // RoomBooked or RoomNotAvailable: anything else is a failure.
      const measured = await bookingRounds(hotels, requestsOf, { ...load, expect: '"__typename":"Room' })
      const notes = [...measured.notes, `nights booked twice: ${await doubleBookings(hotel)}`]
      store('hot', { title: 'Bookings: 5 hot rooms', ...measured, notes })
    }
    if (wanted.has('pgbench')) {
      const requests = bookingsOfManyRooms(
        await hotel.registerRooms(count),
        days,
        await hotel.tokens('guest', guests),
      )
      store('pgbench', await pgbench(hotel, requests, load))
    }
    if (wanted.has('claims')) store('claims', await claims(hotel, load))
    if (wanted.has('siege')) {
      if (!hasProgram('siege', tell)) throw new Error('there is no siege here: leave it out by --only')
      const seconds = Number(values['siege-seconds'])
      const requests = bookingsOfManyRooms(
        await hotel.registerRooms(count),
        days,
        await hotel.tokens('guest', 1),
      )
      store('siege', await siege(hotel, requests, { connections, seconds, tell }))
    }
  } finally {
    for (const each of hotels) await each.stop()
  }
}
