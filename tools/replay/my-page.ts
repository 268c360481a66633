import { type Api, mapAtATime } from '../api/client.ts'
import { toDate } from './calendar.ts'
import { type Comparison, differencesOf, type Fact, lookAt, total } from './compare.ts'
import { totalOf } from './history.ts'
import { capacity, currency } from './hotel.ts'
import { type Outcome, staysByRoom } from './run.ts'

type MyBooking = {
  bookingId: string
  roomId: string
  startDate: string
  endDate: string
  guests: number
  status: string
  total: { amount: number; currency: string }
  paymentStatus: string | null
  refund: { amount: number } | null
}
type Page<Node> = {
  edges: { node: Node }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

const guestBookings = `query ($after: String) {
  myPage { guest { page: bookings(first: 100, after: $after) {
    edges { node {
      bookingId roomId startDate endDate guests status total { amount currency } paymentStatus refund { amount }
    } }
    pageInfo { hasNextPage endCursor }
  } } }
}`
const hostRooms = `query ($after: String) {
  myPage { host { page: rooms(first: 100, after: $after) {
    edges { node { roomId popularity upcomingBookings } }
    pageInfo { hasNextPage endCursor }
  } } }
}`

/** Each host's page: the rooms, how popular they are, and how many bookings are to come. */
export function hostPages(api: Api, outcomes: readonly Outcome[]): Comparison {
  const hosts = [...new Set(outcomes.map(({ room }) => room.host))]
  const stays = staysByRoom(outcomes)
  const expected = total([...stays.values()])
  return {
    name: 'hosts on My Page',
    async look() {
      type MyRoom = { roomId: string; popularity: number; upcomingBookings: number }
      const pages = await mapAtATime(hosts, 4, (host) => readAll<MyRoom>(api, host, 'host', hostRooms))
      const rooms = pages.flat()
      const wrong = rooms.flatMap(({ roomId, popularity, upcomingBookings }) => {
        const stay = stays.get(roomId)
        if (stay === undefined) return [`room ${roomId} is not of this replay`]
        return differencesOf(
          `room ${roomId}`,
          { popularity: stay, upcomingBookings: stay },
          { popularity, upcomingBookings },
        )
      })
      const sum = (field: 'popularity' | 'upcomingBookings') => total(rooms.map((room) => room[field]))
      const facts = [
        { what: 'rooms on the hosts’ pages', expected: stays.size, found: rooms.length },
        { what: 'bookings to come there', expected, found: sum('upcomingBookings') },
        { what: 'popularity there', expected, found: sum('popularity') },
      ]
      return lookAt(facts, wrong)
    },
  }
}

/** Each guest's page: every booking with dates, total, status, payment and refund. `shift` is the plan's. */
export function guestPages(api: Api, outcomes: readonly Outcome[], shift: number): Comparison {
  const booked = new Map(outcomes.map((outcome) => [outcome.bookingId ?? '', outcome]))
  booked.delete('')
  const guests = [...new Set(outcomes.map(({ guest }) => guest))]
  const all = [...booked.values()]
  const canceled = all.filter(({ booking }) => booking.canceledOn !== null)
  const worth = (of: readonly Outcome[]) => total(of.map(({ booking }) => totalOf(booking)))
  return {
    name: 'guests on My Page',
    async look() {
      const pages = await mapAtATime(guests, 8, async (guest) =>
        (await readAll<MyBooking>(api, guest, 'guest', guestBookings)).map((shown) => ({ guest, shown })),
      )
      const rows = pages.flat()
      const seen = new Set<string>()
      const wrong = rows.flatMap(({ guest, shown }) => {
        const outcome = booked.get(shown.bookingId)
        if (outcome?.guest !== guest) return [`booking ${shown.bookingId} is not of this replay`]
        if (seen.has(shown.bookingId)) return [`booking ${shown.bookingId} is shown twice`]
        seen.add(shown.bookingId)
        return differencesOf(`line ${outcome.booking.line} has`, expectedOf(outcome, shift), flat(shown))
      })
      const missing = all.filter(({ bookingId }) => !seen.has(bookingId ?? ''))
      wrong.push(...missing.map(({ booking }) => `line ${booking.line} is not shown`))
      const shown = rows.map((row) => row.shown)
      const facts: Fact[] = [
        { what: 'bookings on the guests’ pages', expected: all.length, found: shown.length },
        {
          what: 'cancelled there',
          expected: canceled.length,
          found: shown.filter(({ status }) => status === 'CANCELED').length,
        },
        {
          ...{ what: 'their totals', unit: 'money' },
          expected: worth(all),
          found: total(shown.map((row) => row.total.amount)),
        },
        {
          ...{ what: 'their refunds', unit: 'money' },
          expected: worth(canceled),
          found: total(shown.map((row) => row.refund?.amount ?? 0)),
        },
      ]
      return lookAt(facts, wrong)
    },
  }
}

/** What the file says of a booking. Whoever cancels as long before arrival gets everything back. */
function expectedOf({ booking, room }: Outcome, shift: number) {
  const { arrival, nights, guests, canceledOn } = booking
  const canceled = canceledOn !== null
  return {
    room: room.id,
    startDate: toDate(arrival + shift),
    endDate: toDate(arrival + shift + nights),
    guests: Math.min(guests, capacity),
    status: canceled ? 'CANCELED' : 'BOOKED',
    total: totalOf(booking),
    currency,
    paymentStatus: canceled ? 'CANCELED' : 'APPROVED',
    refund: canceled ? totalOf(booking) : null,
  }
}

function flat({ roomId, total: { amount, currency: code }, refund, ...others }: MyBooking) {
  return { ...others, room: roomId, total: amount, currency: code, refund: refund?.amount ?? null }
}

/** All pages of a connection of My Page's, as one account sees it. */
async function readAll<Node>(
  api: Api,
  account: string,
  side: 'guest' | 'host',
  query: string,
): Promise<Node[]> {
  type Answer = { myPage: Record<typeof side, { page: Page<Node> }> }
  const nodes: Node[] = []
  let after: string | null = null
  do {
    const answer: Answer = await api.as(account).askUntilAnswered<Answer>(query, { after })
    const { edges, pageInfo } = answer.myPage[side].page
    nodes.push(...edges.map(({ node }) => node))
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after)
  return nodes
}
