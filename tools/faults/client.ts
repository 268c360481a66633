import { setTimeout as delay } from 'node:timers/promises'
import type { Call, LogLine } from '../invariants/client-log.ts'
import type { Stage } from './stage.ts'

/** What is asked of bookRoom. */
export type Intent = {
  guest: string
  key: string
  roomId: string
  startDate: string
  endDate: string
  method: string
}

/** Clients of the router that write down every call of a mutation and what they were told. */
export type Clients = ReturnType<typeof createClients>

const bookRoom = `mutation ($input: BookRoomInput!) { bookRoom(input: $input) { __typename
  ... on RoomBooked { booking { id } } } }`
const cancelBooking = `mutation ($id: ID!) { cancelBooking(bookingId: $id, reason: "changed plans") { __typename } }`
const cancelAsAgent = `mutation ($id: ID!) { cancelBookingAsAgent(bookingId: $id, reason: "a complaint") {
  __typename } }`

/** Answers after which the same request is asked again. */
const notYet = [null, 'BookingInProgress', 'PaymentBusy', 'ServiceUnavailable']
const pauseMs = 300

export const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

export function createClients({ api, system }: Stage, write: (line: LogLine) => void) {
  type Answer = { __typename: string; booking?: { id: string } }

  /** One call; null where nothing can be told of the outcome. */
  async function call(
    account: string,
    line: Pick<Call, 'operation' | 'guest' | 'key'> & { bookingId?: string },
    query: string,
    variables: object,
  ): Promise<Answer | null> {
    const at = Date.now()
    const answer = await api
      .as(account)
      .ask<Record<string, Answer>>(query, variables)
      .then((data) => Object.values(data)[0] ?? null)
      .catch(() => null)
    write({
      ...line,
      answer: answer?.__typename ?? null,
      bookingId: answer?.booking?.id ?? line.bookingId,
      at,
      ms: Date.now() - at,
    })
    return answer
  }

  /** Asks until there is an answer that says how it ended, or the time is up. */
  async function insist(ask: () => Promise<Answer | null>, withinMs: number): Promise<Answer | null> {
    const deadline = Date.now() + withinMs
    for (;;) {
      const answer = await ask()
      if (!notYet.includes(answer?.__typename ?? null) || Date.now() > deadline) return answer
      await delay(pauseMs)
    }
  }

  return {
    /** One call of bookRoom. */
    once({ guest, key, roomId, startDate, endDate, method }: Intent) {
      const input = { roomId, startDate, endDate, guests: 2, paymentMethod: method, idempotencyKey: key }
      return call(guest, { operation: 'bookRoom', guest, key }, bookRoom, { input })
    },
    /** Books, asking with the same key until it is known how it ended; the booking's id where there is one. */
    async book(intent: Intent, withinMs = 60_000): Promise<string | null> {
      const answer = await insist(() => this.once(intent), withinMs)
      return answer?.booking?.id ?? null
    },
    /** Cancels as a guest, a host or an agent. */
    cancel(account: string, id: string, withinMs = 60_000) {
      const query = account.startsWith('agent') ? cancelAsAgent : cancelBooking
      const line = { operation: 'cancelBooking', guest: account, key: '', bookingId: id } as const
      return insist(() => call(account, line, query, { id }), withinMs)
    },
    async register(host: string, name: string): Promise<string> {
      const input = {
        ...{ name, city: 'Porto', country: 'Portugal', timeZone: 'Europe/Lisbon' },
        pricePerNight: { amount: 10_000, currency: 'EUR' },
        cleaningFee: { amount: 2_500, currency: 'EUR' },
        cancellationPolicy: 'MODERATE',
      }
      const data = await api.as(host).askUntilAnswered<{ registerRoom: { room: { id: string } } }>(
        `mutation ($input: RegisterRoomInput!) { registerRoom(input: $input) {
           ... on RoomRegistered { room { id } } } }`,
        { input },
      )
      return data.registerRoom.room.id
    },
    deleteRoom: (host: string, roomId: string) =>
      api
        .as(host)
        .askUntilAnswered(
          'mutation ($id: ID!) { deleteRoom(roomId: $id, cancelUpcomingBookings: true) { __typename } }',
          { id: roomId },
        ),
    block: (host: string, what: 'blockDates' | 'unblockDates', roomId: string, from: string, to: string) =>
      api
        .as(host)
        .ask(
          `mutation ($id: ID!, $from: Date!, $to: Date!) {
             ${what}(roomId: $id, startDate: $from, endDate: $to) { __typename } }`,
          { id: roomId, from, to },
        )
        .catch(() => null),
    /** Whether My Page shows a guest's booking, or says that it could not; 'unanswered' where it says nothing. */
    async looks(guest: string, bookingId: string): Promise<'shown' | 'told' | 'missing' | 'unanswered'> {
      const query = `query ($after: String) {
        myPage { guest { bookings(first: 100, after: $after) {
          edges { node { bookingId } } pageInfo { hasNextPage endCursor } } } } }`
      type Bookings = {
        edges: { node: { bookingId: string } }[]
        pageInfo: { hasNextPage: boolean; endCursor: string | null }
      }
      type Page = {
        data?: { myPage?: { guest: { bookings: Bookings } } }
        extensions?: { myPage?: { behind?: string[] } }
      }
      const authorization = `Bearer ${await system.token(guest)}`
      const headers = { 'content-type': 'application/json', authorization }
      let after: string | null = null
      let page: Page
      do {
        const body = JSON.stringify({ query, variables: { after } })
        page = await fetch(system.record.router, { method: 'POST', headers, body })
          .then((response) => response.json() as Promise<Page>)
          .catch(() => ({}))
        const bookings: Bookings | undefined = page.data?.myPage?.guest.bookings
        if (!bookings) return 'unanswered'
        if (bookings.edges.some(({ node }) => node.bookingId === bookingId)) return 'shown'
        after = bookings.pageInfo.hasNextPage ? bookings.pageInfo.endCursor : null
      } while (after !== null)
      return page.extensions?.myPage?.behind ? 'told' : 'missing'
    },
  }
}
