/** An operation to begin with, and the development account that may send it. */
export type Example = {
  readonly account: 'guest1' | 'host1' | 'agent1'
  readonly query: string
  readonly variables: Record<string, unknown>
}

const day = 24 * 60 * 60_000
const dateAfter = (now: Date, days: number) => new Date(now.getTime() + days * day).toISOString().slice(0, 10)

/**
 * The journey of a booking as tabs of the playground: search, look, book, see, cancel; and a host's and an
 * agent's part.
 */
export function examples(now: Date, idempotencyKey: string): Example[] {
  const startDate = dateAfter(now, 30)
  const endDate = dateAfter(now, 33)
  const roomId = 'an id that SearchRooms found'
  return [
    { account: 'guest1', query: searchRooms, variables: { filter: { startDate, endDate, guests: 2 } } },
    { account: 'guest1', query: room, variables: { id: roomId, startDate, endDate, guests: 2 } },
    {
      account: 'guest1',
      query: bookRoom,
      variables: {
        input: { roomId, startDate, endDate, guests: 2, paymentMethod: 'pm_card_visa', idempotencyKey },
      },
    },
    { account: 'guest1', query: myPage, variables: {} },
    {
      account: 'guest1',
      query: cancelBooking,
      variables: { bookingId: 'an id that MyPage shows', reason: 'change of plans' },
    },
    {
      account: 'host1',
      query: registerRoom,
      variables: {
        input: {
          name: 'Attic with a view',
          city: 'Lisbon',
          country: 'PT',
          timeZone: 'Europe/Lisbon',
          pricePerNight: { amount: 9500, currency: 'EUR' },
        },
      },
    },
    { account: 'agent1', query: complaints, variables: {} },
    {
      account: 'agent1',
      query: cancelAsAgent,
      variables: { bookingId: 'an id that BookRoom gave', reason: 'the heating is broken' },
    },
  ]
}

const searchRooms = `# Rooms that are free for these dates. Searching needs no sign-in.
query SearchRooms($filter: RoomFilter) {
  searchRooms(filter: $filter, sort: POPULARITY, first: 10) {
    edges {
      node {
        id
        name
        location { city country }
        pricePerNight { amount currency }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`

const room = `# One room, and what these nights would cost.
query Room($id: ID!, $startDate: Date!, $endDate: Date!, $guests: Int) {
  room(id: $id) {
    id
    name
    description
    capacity
    popularity
    cancellationPolicy
    quote(startDate: $startDate, endDate: $endDate, guests: $guests) {
      ... on Quote { price { lines { label amount { amount currency } } } total { amount currency } }
      ... on Refusal { code message }
    }
    freeDates(from: $startDate, to: $endDate) { startDate endDate }
  }
}
`

const bookRoom = `# As guest1. The same idempotencyKey gives the first answer again; pm_card_chargeDeclined is declined.
mutation BookRoom($input: BookRoomInput!) {
  bookRoom(input: $input) {
    __typename
    ... on RoomBooked {
      booking { id status startDate endDate price { total { amount currency } } payment { status } }
    }
    ... on BookingInProgress { retryAfterSeconds }
    ... on Refusal { code message }
  }
}
`

const myPage = `# As guest1: own bookings. Answered from the read model alone.
query MyPage {
  myPage {
    asOf
    guest {
      unreadNotifications
      bookings(first: 10) {
        edges { node { bookingId roomName city startDate endDate status paymentStatus total { amount currency } } }
      }
    }
  }
}
`

const cancelBooking = `# As guest1, who gets back what the cancellation policy says.
mutation CancelBooking($bookingId: ID!, $reason: String) {
  cancelBooking(bookingId: $bookingId, reason: $reason) {
    __typename
    ... on BookingCanceled { booking { id status cancellation { canceledAt refund { amount currency } } } }
    ... on Refusal { code message }
  }
}
`

const registerRoom = `# As host1: the token of this tab is another one (see Headers).
mutation RegisterRoom($input: RegisterRoomInput!) {
  registerRoom(input: $input) {
    __typename
    ... on RoomRegistered { room { id name } }
    ... on Refusal { code message }
  }
}
`

const complaints = `# As agent1 of the service centre, who sees everyone's.
query Complaints {
  complaints(first: 10) {
    edges { node { id text status filedAt guestId bookingId roomId } }
    pageInfo { hasNextPage endCursor }
  }
}
`

const cancelAsAgent = `# As agent1: at once, all is paid back, and the reason is recorded.
mutation CancelAsAgent($bookingId: ID!, $reason: String!) {
  cancelBookingAsAgent(bookingId: $bookingId, reason: $reason) {
    __typename
    ... on BookingCanceled { booking { id status } }
    ... on Refusal { code message }
  }
}
`
