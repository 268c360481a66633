import type { Answer, Connection } from './connection.ts'
import type { Outcome } from './outcomes.ts'

/** What is asked of bookRoom: nights of a room that nobody else wants. */
export type Intent = {
  readonly guest: string
  readonly key: string
  readonly roomId: string
  readonly startDate: string
  readonly endDate: string
}

/** An outcome, and what bookRoom said: `__typename`, and the booking where there is one. */
export type Booked = {
  readonly outcome: Outcome
  readonly answer: string | null
  readonly bookingId?: string
}

export const bookRoom = `mutation ($input: BookRoomInput!) { bookRoom(input: $input) { __typename
  ... on RoomBooked { booking { id status payment { status } } } } }`
export const searchRooms = `query ($filter: RoomFilter) { searchRooms(filter: $filter, first: 5) { edges { node {
  id name pricePerNight { amount currency } location { city } popularity } } } }`
export const myPage = `{ myPage { guest { unreadNotifications
  bookings(first: 5) { edges { node { bookingId roomName startDate endDate status } } } } } }`
const registerRoom = `mutation ($input: RegisterRoomInput!) { registerRoom(input: $input) { __typename
  ... on RoomRegistered { room { id } } } }`

/** What bookRoom is told, with a card that is good. */
export const inputOf = ({ key, roomId, startDate, endDate }: Intent) => ({
  ...{ roomId, startDate, endDate, guests: 2, paymentMethod: 'pm_card_visa', idempotencyKey: key },
})

/** Refusals that are true and ask to come again. */
const askAgain = new Set(['PaymentBusy', 'BookingInProgress', 'ServiceUnavailable'])

const ok: Outcome = { is: 'ok' }
const wrong = (cause: string): Outcome => ({ is: 'wrong', cause })

/** Books, once: the nights are free and the card is good, so all but RoomBooked and "come again" is wrong. */
export async function book(connection: Connection, token: string, intent: Intent): Promise<Booked> {
  const answer = await connection.ask(token, bookRoom, { input: inputOf(intent) })
  if (!answer.data) return { outcome: answer.outcome, answer: null }
  const { __typename: name, booking } = answer.data.bookRoom as {
    __typename: string
    booking?: { id: string; status: string; payment: { status: string } }
  }
  if (askAgain.has(name)) return { outcome: { is: 'later', cause: name }, answer: name }
  const isPaid = booking?.status === 'BOOKED' && booking.payment.status === 'APPROVED'
  if (name !== 'RoomBooked' || !booking || !isPaid) {
    return {
      outcome: wrong(booking ? `a booking ${booking.status}, ${booking.payment.status}` : name),
      answer: name,
    }
  }
  return { outcome: ok, answer: name, bookingId: booking.id }
}

/** Searches in a city where there is a room: one must be found. */
export async function search(connection: Connection, token: string, city: string): Promise<Outcome> {
  const answer = await connection.ask(token, searchRooms, { filter: { city } })
  return judge(answer, ({ searchRooms }) => {
    const { edges } = searchRooms as { edges: { node: { location: { city: string } } }[] }
    return edges.length > 0 && edges.every(({ node }) => node.location.city === city)
  })
}

/** Looks at My Page. */
export async function lookAtPage(connection: Connection, token: string): Promise<Outcome> {
  const answer = await connection.ask(token, myPage, {})
  return judge(answer, ({ myPage }) => {
    const { guest } = myPage as { guest: { bookings: { edges: unknown[] } } | null }
    return Array.isArray(guest?.bookings.edges)
  })
}

function judge(answer: Answer, isRight: (data: Record<string, unknown>) => boolean): Outcome {
  if (!answer.data) return answer.outcome
  return isRight(answer.data) ? ok : wrong(JSON.stringify(answer.data).slice(0, 120))
}

/** Registers a room, as a host: its id, or null where that failed. */
export async function register(
  connection: Connection,
  token: string,
  name: string,
  city: string,
): Promise<string | null> {
  const input = {
    ...{ name, city, country: 'Portugal', timeZone: 'Europe/Lisbon', cancellationPolicy: 'MODERATE' },
    pricePerNight: { amount: 10_000, currency: 'EUR' },
    cleaningFee: { amount: 2_500, currency: 'EUR' },
  }
  const { data } = await connection.ask(token, registerRoom, { input })
  return (data?.registerRoom as { room?: { id: string } } | undefined)?.room?.id ?? null
}
