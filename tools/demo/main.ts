import { type Api, createApi, mapAtATime } from '../api/client.ts'
import { demoBookings } from './bookings.ts'
import { demoRooms } from './rooms.ts'
import { complaintAbout, registeredRooms, roomKey } from './there.ts'

const atATime = 12

const registerRoom = `mutation ($input: RegisterRoomInput!) {
  registerRoom(input: $input) { ... on RoomRegistered { room { id } } ... on Refusal { code message } }
}`
const bookRoom = `mutation ($input: BookRoomInput!) {
  bookRoom(input: $input) { __typename ... on RoomBooked { booking { id } } ... on Refusal { code message } }
}`
const cancelBooking = `mutation ($id: ID!) {
  cancelBooking(bookingId: $id, reason: "Change of plans") { ... on Refusal { code message } }
}`
const fileComplaint = `mutation ($input: FileComplaintInput!) {
  fileComplaint(input: $input) { ... on Refusal { code message } }
}`

type No = { code?: string; message?: string }

/**
 * Fills a new system with rooms in real cities, hosts, guests with bookings to come, and a complaint, all through the
 * public API. The same each time, counted from `today`. `progress` is told how much of `total` is done.
 */
export async function fillDemoData(into: {
  router: string
  token: (account: string) => Promise<string>
  progress?: (done: number, total: number) => void
  /** The day from which stays are counted, UTC; today unless told. */
  today?: string
  /** Whether part of it may be there already, and is to be left as it is. */
  goOn?: boolean
  /** Gives up. */
  signal?: AbortSignal
}): Promise<void> {
  const api = createApi({ url: into.router, token: into.token, signal: into.signal })
  const rooms = demoRooms()
  const bookings = demoBookings(rooms.length)
  const today = into.today ?? new Date().toISOString().slice(0, 10)
  const total = rooms.length + bookings.length
  let done = 0
  const advance = () => {
    done += 1
    into.progress?.(done, total)
  }
  try {
    const there = into.goOn ? await registeredRooms(api) : new Map<string, string>()
    const roomIds = await mapAtATime(rooms, atATime, async ({ host, input }) => {
      const id = there.get(roomKey(host, input.name, input.city)) ?? (await register(api, host, input))
      advance()
      return id
    })
    const bookingIds = await mapAtATime(bookings, atATime, async (booking, index) => {
      const id = await book(api, booking, index, { roomIds, today })
      advance()
      return id
    })
    const complaint = bookings.findIndex(({ guest }) => guest === 'guest2')
    const bookingId = bookingIds[complaint] ?? ''
    if (into.goOn && (await complaintAbout(api, bookingId))) return
    const { fileComplaint: answer } = await api.as('guest2').ask<{ fileComplaint: No }>(fileComplaint, {
      input: {
        bookingId,
        text: 'The host has not answered my three messages about the late arrival.',
      },
    })
    expectYes('file a complaint', answer)
  } finally {
    await api.close()
  }
}

async function register(
  api: Api,
  host: string,
  input: ReturnType<typeof demoRooms>[number]['input'],
): Promise<string> {
  const { registerRoom: answer } = await api
    .as(host)
    .ask<{ registerRoom: No & { room: { id: string } } }>(registerRoom, { input })
  expectYes(`register ${input.name}, ${input.city}`, answer)
  return answer.room.id
}

async function book(
  api: Api,
  booking: ReturnType<typeof demoBookings>[number],
  index: number,
  { roomIds, today }: { roomIds: readonly string[]; today: string },
): Promise<string> {
  const guest = api.as(booking.guest)
  const input = {
    roomId: roomIds[booking.room],
    startDate: dateIn(today, booking.startsIn),
    endDate: dateIn(today, booking.startsIn + booking.nights),
    guests: booking.guests,
    paymentMethod: 'pm_card_visa',
    idempotencyKey: `demo-${index}-${roomIds[booking.room]}`,
  }
  const { bookRoom: answer } = await guest.askUntilAnswered<{ bookRoom: No & { booking?: { id: string } } }>(
    bookRoom,
    { input },
  )
  expectYes(`book a room for ${booking.guest}`, answer)
  if (!answer.booking) throw new Error(`Demo data: the payment of ${booking.guest} takes too long.`)
  if (booking.canceled) {
    const canceled = await guest.ask<{ cancelBooking: No }>(cancelBooking, { id: answer.booking.id })
    expectYes(`cancel a booking of ${booking.guest}`, canceled.cancelBooking)
  }
  return answer.booking.id
}

const dateIn = (today: string, days: number) =>
  new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10)

function expectYes(what: string, { code, message }: No): void {
  if (code) throw new Error(`Demo data: could not ${what}: ${code}, ${message}`)
}
