import { setTimeout as delay } from 'node:timers/promises'
import { cities } from '../../tools/demo/cities.ts'
import type { Requests } from '../measure/load-types.ts'
import { cpuOf, type Round, round, summary } from '../measure/rounds.ts'
import type { BenchOptions } from '../options.ts'
import { createReport } from '../report.ts'
import { type Hotel, openHotel } from './hotel.ts'
import { doubleBookings, underWayIsOver } from './ledger.ts'
import { bookingOf, bookRoom, inDays } from './requests.ts'

const connections = 64
const guests = 500
const requestsOfARound = 50_000

const searchRooms = `
  query Search($filter: RoomFilter, $sort: RoomSort) {
    searchRooms(filter: $filter, sort: $sort, first: 10) { edges { node {
      id name pricePerNight { amount currency } location { city country } amenities popularity
    } } pageInfo { hasNextPage endCursor }
    }
  }`
const popularRooms = `query Popular { popularRooms(first: 10) { id name popularity pricePerNight { amount currency } } }`

/** Shares of a hundred requests; sign-ins go to the issuer, not to the router, and are made beside the load. */
const mixes = {
  read: { title: '60 % search, 39 % popularRooms, 0.5 % sign-in, 0.5 % bookRoom', search: 60, popular: 39 },
  write: { title: '50 % bookRoom on 20 hot rooms, 30 % search, 20 % popularRooms', search: 30, popular: 20 },
} as const

/** What people do all day, on a system with demo data, and what happens when everybody wants the same rooms. */
export async function mix(options: BenchOptions): Promise<void> {
  const { tell } = options
  const store = createReport('mix', options.results)
  const hotel = await openHotel(tell, { demo: true })
  try {
    const rooms = await hotel.registerRooms(20)
    const tokens = await hotel.tokens('guest', guests)
    for (const [name, shares] of Object.entries(mixes)) {
      const rounds: Round[] = []
      const signIns: number[] = []
      for (let number = 0; number <= options.rounds; number += 1) {
        const signingIn = name === 'read' ? signInBeside(hotel) : undefined
        const { tool, seconds } = options
        const load = { tool, connections, seconds, expect: '"data":{' }
        const measured = await round(hotel.contender, requestsOf(rooms, tokens, shares), load)
        const signedIn = (await signingIn?.stop()) ?? 0
        await underWayIsOver(hotel)
        tell(
          `${name}: ${Math.round(measured.perSecond)}/s, ${measured.errors} errors ${measured.examples?.[0] ?? ''}`,
        )
        if (number === 0) continue
        rounds.push(measured)
        signIns.push(signedIn / measured.seconds)
      }
      const of = summary(rounds)
      store(name, {
        title: `Mix: ${shares.title}`,
        notes: [
          `the whole system with demo data; ${options.tool}, ${connections} connections, ${rounds.length} rounds of ${options.seconds} s, medians`,
          ...(name === 'read'
            ? [`sign-ins a second beside it: ${signIns.map((each) => each.toFixed(1)).join(', ')}`]
            : []),
          `CPU seconds a thousand answers: ${cpuOf(of)}`,
          `nights booked twice: ${await doubleBookings(hotel)}`,
        ],
        columns: ['', 'answers/s', 'p50 ms', 'p95 ms', 'p99 ms', 'errors'],
        rows: [[name, of.perSecond, of.p50, of.p95, of.p99, String(of.errors)]],
        details: { rounds, signIns },
      })
    }
  } finally {
    await hotel.stop()
  }
}

function requestsOf(
  rooms: readonly string[],
  tokens: readonly string[],
  { search, popular }: { search: number; popular: number },
): Requests {
  const any = <Item>(items: readonly Item[]) => items[Math.floor(Math.random() * items.length)] as Item
  const requests = Array.from({ length: requestsOfARound }, () => {
    const dice = Math.random() * 100
    if (dice < search) return { document: 0, variables: searchFor(any(cities).name) }
    if (dice < search + popular) return { document: 1 }
    const token = Math.floor(Math.random() * tokens.length)
    const [day, nights] = [2 + Math.floor(Math.random() * 120), 1 + Math.floor(Math.random() * 4)]
    return { document: 2, token, variables: bookingOf(any(rooms), day, nights) }
  })
  return { documents: [searchRooms, popularRooms, bookRoom], tokens, requests }
}

/** A search by city for free dates, in some order; every third without a city. */
function searchFor(city: string): object {
  const from = 5 + Math.floor(Math.random() * 90)
  const dates = { startDate: inDays(from), endDate: inDays(from + 3), guests: 2 }
  const sort = Math.random() < 0.5 ? 'POPULARITY' : 'NEWEST'
  return { filter: Math.random() < 2 / 3 ? { city, ...dates } : dates, sort }
}

/** Users who sign in: each gets a token, which the router has not seen, and looks at My Page with it. */
function signInBeside({ system }: Hotel) {
  let going = true
  let count = 0
  async function signIn() {
    for (let number = 0; going; number += 1) {
      const token = await system.token(`guest${1_000 + number}`)
      await fetch(system.record.router, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: '{ myPage { asOf } }' }),
      }).then((response) => response.text())
      count += 1
      await delay(200)
    }
  }
  const done = signIn()
  return {
    async stop() {
      going = false
      await done
      return count
    },
  }
}
