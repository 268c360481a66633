import { readFileSync, truncateSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Requests } from '../measure/load-types.ts'
import { round } from '../measure/rounds.ts'
import type { BenchOptions } from '../options.ts'
import { createReport } from '../report.ts'
import { type Hotel, openHotel } from './hotel.ts'
import { inDays } from './requests.ts'
import { fillRooms } from './rooms.ts'

const searchRooms = `
  query Search($filter: RoomFilter, $sort: RoomSort) {
    searchRooms(filter: $filter, sort: $sort, first: 20) { edges { node { id name pricePerNight { amount } } } }
  }`

const any = (most: number) => Math.floor(Math.random() * most)
const nights = (from: number, count: number) => ({ startDate: inDays(from), endDate: inDays(from + count) })
const stay = () => ({ ...nights(5 + any(300), 1 + any(6)), guests: 1 + any(4) })
/** Cities are the larger the smaller their number; see fillRooms. */
const city = () => `City ${any(200)}`
/** Around somewhere in a city, where fillRooms has put it. */
function near(radiusKm: number) {
  const number = any(200)
  const latitude = -60 + (number % 120) + Math.random()
  const longitude = -170 + ((number * 37) % 340) + Math.random()
  return { near: { latitude, longitude, radiusKm } }
}
const price = () => ({ minPrice: eur(5_000 + any(5_000)), maxPrice: eur(12_000 + any(20_000)) })
const eur = (amount: number) => ({ amount, currency: 'EUR' })

/** The searches that people make, each with other values each time. */
const kinds: Record<string, () => { filter?: object; sort?: string }> = {
  'all, by popularity': () => ({}),
  'free dates': () => ({ filter: stay() }),
  'a fortnight': () => ({ filter: { ...nights(5 + any(300), 14), guests: 2 } }),
  'weeks or months': () => ({ filter: { ...nights(5 + any(200), 15 + any(150)), guests: 2 } }),
  'half a year, free': () => ({ filter: { ...nights(5 + any(60), 180), guests: 2 } }),
  'city and dates': () => ({ filter: { city: city(), ...stay() } }),
  'the largest city, dates': () => ({ filter: { city: 'City 0', ...stay() } }),
  'city, by price': () => ({ filter: { city: city(), ...stay() }, sort: 'PRICE_ASC' }),
  'price range': () => ({ filter: { ...price(), ...stay() }, sort: 'PRICE_DESC' }),
  amenities: () => ({ filter: { amenities: ['sauna', 'garden'], ...stay() } }),
  'a rare word': () => ({ filter: { text: `word${any(2_000)}` } }),
  'a common word and dates': () => ({ filter: { text: 'view', ...stay() } }),
  'words that go together': () => ({ filter: { text: '"with a view" kitchen' } }),
  'the beginning of many words': () => ({ filter: { text: 'wo' } }),
  'within 10 km, nearest first': () => ({ filter: near(10), sort: 'DISTANCE' }),
  'within 500 km and dates': () => ({ filter: { ...near(500), ...stay() } }),
  newest: () => ({ sort: 'NEWEST' }),
}

/** Searches on many rooms and claims: what the client waits for, and what of it is spent in the database. */
export async function search(options: BenchOptions): Promise<void> {
  const { values } = parseArgs({
    args: options.rest,
    options: { rooms: { type: 'string', default: '100000' }, full: { type: 'boolean', default: false } },
  })
  const rooms = values.full ? 1_000_000 : Number(values.rooms)
  const { tell } = options
  const store = createReport('search', options.results)
  const hotel = await openHotel(tell)
  try {
    tell(`making ${rooms} rooms and ${rooms * 10} claims`)
    await fillRooms(hotel, rooms)
    await hotel.sql('room', `ALTER SYSTEM SET log_line_prefix = '%p '`)
    await hotel.sql('room', 'ALTER SYSTEM SET log_min_duration_statement = 0')
    await hotel.sql('room', 'SELECT pg_reload_conf()')
    const rows: (string | number)[][] = []
    const details: Record<string, unknown> = {}
    for (const [kind, ask] of Object.entries(kinds)) {
      const requests: Requests = {
        documents: [searchRooms],
        tokens: [],
        requests: Array.from({ length: 5_000 }, () => ({ variables: ask() })),
      }
      const { tool, seconds } = options
      const load = { tool, connections: 2, expect: '"edges":[' }
      await round(hotel.contender, requests, { ...load, seconds: 1 })
      // It is cut off when it has grown large; for one kind there is room.
      truncateSync(logFileOf(hotel))
      const measured = await round(hotel.contender, requests, { ...load, seconds, from: 2_000 })
      const inDatabase = durationsOf(readFileSync(logFileOf(hotel), 'utf8')).sort((a, b) => a - b)
      const at = (share: number) => inDatabase[Math.ceil(inDatabase.length * share) - 1] ?? Number.NaN
      tell(
        `${kind}: p99 in the database ${at(0.99).toFixed(1)} ms, ${measured.errors} errors ${measured.examples?.[0] ?? ''}`,
      )
      rows.push([
        kind,
        String(inDatabase.length),
        at(0.5),
        at(0.99),
        measured.p50,
        measured.p99,
        String(measured.errors),
      ])
      details[kind] = { measured, inDatabase: { p50: at(0.5), p99: at(0.99), count: inDatabase.length } }
    }
    store(`rooms-${rooms}`, {
      title: `Search: ${rooms.toLocaleString('en')} rooms, ${(rooms * 10).toLocaleString('en')} claims`,
      notes: [
        `through the router, two connections, ${options.seconds} s of each kind, other values each time`,
        'in the database: planning and execution of one statement, from its own log',
      ],
      columns: [
        'search',
        'statements',
        'p50 ms in the database',
        'p99 ms in the database',
        'p50 ms',
        'p99 ms',
        'errors',
      ],
      rows,
      details,
    })
  } finally {
    await hotel.stop()
  }
}

const logFileOf = (hotel: Hotel) => hotel.system.logFile('postgres')

/** Milliseconds of each search in PostgreSQL's log: binding, which plans, and executing are told apart there. */
function durationsOf(log: string): number[] {
  const durations: number[] = []
  const binding = new Map<string, number>()
  const entry =
    /^(\d+) LOG: {2}duration: ([\d.]+) ms {2}(parse|bind|execute) [^:]*:([\s\S]*?)(?=^\d+ [A-Z]+: )/gm
  for (const [, pid = '', ms, step, text = ''] of log.matchAll(entry)) {
    if (!/room_listing|free_span/.test(text) || !/SELECT/.test(text)) continue
    if (step === 'execute') {
      durations.push(Number(ms) + (binding.get(pid) ?? 0))
      binding.delete(pid)
    } else {
      binding.set(pid, (binding.get(pid) ?? 0) + Number(ms))
    }
  }
  return durations
}
