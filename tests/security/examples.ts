import { bookRoom, inDays, registerRoom } from '../system/hotel.ts'
import { client } from './target.ts'

/** A request that is taken on: who makes it, and its arguments. */
export type Example = { account: string; args: Record<string, unknown> }

type Made = { roomId: string; bookingId: string; complaintId: string }

let taken = 0

/** So many that requests under way at the same time seldom meet in one. */
const rooms: string[] = []
let turn = 0

function nextRoom(): string {
  turn += 1
  return rooms[turn % rooms.length] ?? ''
}

/** A stay of one night that nobody else asks for. */
function newStay() {
  const night = 10 + 2 * Math.floor(taken / rooms.length)
  const roomId = rooms[taken % rooms.length] ?? ''
  taken += 1
  return { roomId, startDate: inDays(night), endDate: inDays(night + 1), idempotencyKey: `example ${taken}` }
}

async function newBooking(): Promise<string> {
  const { roomId, ...stay } = newStay()
  return (await bookRoom(client, 'guest1', roomId, stay)).booking.id
}

async function newComplaint(): Promise<string> {
  const text =
    'mutation { fileComplaint(input: {text: "loud"}) { ... on ComplaintFiled { complaint { id } } } }'
  return (await client.one('guest1', text)).complaint.id
}

/** A room that was deleted, which may be done again. */
let gone = ''

/** What examples are about: rooms of host1, a booking and a complaint of guest1. */
export async function makeWorld(): Promise<Made> {
  for (let count = 0; count < 12; count += 1)
    rooms.push(await registerRoom(client, 'host1', { bookingWindowDays: 3650 }))
  gone = await registerRoom(client, 'host2')
  return { roomId: rooms[0] ?? '', bookingId: await newBooking(), complaintId: await newComplaint() }
}

const eur = (amount: number) => ({ amount, currency: 'EUR' })

const details = () => ({
  name: 'A room',
  pricePerNight: eur(10_000),
  city: 'Lisboa',
  country: 'Portugal',
  description: 'Quiet.',
  cleaningFee: eur(500),
  taxPercent: 6,
  capacity: 2,
  address: 'Rua 1',
  latitude: 38.7,
  longitude: -9.1,
  timeZone: 'Europe/Lisbon',
  amenities: ['wifi'],
  photos: ['https://example.com/1.jpg'],
  cancellationPolicy: 'FLEXIBLE',
  minNights: 1,
  maxNights: 30,
  bookingWindowDays: 3650,
  checkInTime: '15:00',
  checkOutTime: '11:00',
})

/**
 * For each field that takes a string, a good request with every string that it can take. A field of the schema that is
 * not here fails the suite: what is new has to be tried, too.
 */
export const examples: Record<string, (made: Made) => Example | Promise<Example>> = {
  'Query.auditTrail': () => ({
    account: 'agent1',
    args: {
      after: null,
      actor: 'agent1',
      action: 'CANCEL_BOOKING',
      subjectId: 'x',
      since: '2027-02-28T12:00:00Z',
      until: '2027-03-01T12:00:00Z',
    },
  }),
  'Query.booking': ({ bookingId }) => ({ account: 'guest1', args: { id: bookingId } }),
  'Query.complaint': ({ complaintId }) => ({ account: 'guest1', args: { id: complaintId } }),
  'Query.complaints': () => ({ account: 'agent1', args: { after: null } }),
  'Query.myNotifications': () => ({ account: 'guest1', args: { after: null } }),
  'Query.room': ({ roomId }) => ({ account: 'guest1', args: { id: roomId } }),
  'Query.searchRooms': () => ({
    account: 'guest1',
    args: {
      filter: {
        text: 'quiet',
        city: 'Lisboa',
        country: 'Portugal',
        near: { latitude: 38.7, longitude: -9.1, radiusKm: 10 },
        startDate: inDays(1),
        endDate: inDays(2),
        guests: 1,
        minPrice: eur(0),
        maxPrice: eur(100_000),
        amenities: ['wifi'],
        hostId: 'host1',
      },
      after: null,
    },
  }),
  'Room.quote': () => ({ account: 'guest1', args: { startDate: inDays(1), endDate: inDays(2), guests: 1 } }),
  'Room.freeDates': () => ({ account: 'guest1', args: { from: inDays(1), to: inDays(2) } }),
  'Host.rooms': () => ({ account: 'guest1', args: { after: null } }),
  'GuestPage.bookings': () => ({ account: 'guest1', args: { after: null } }),
  'HostPage.rooms': () => ({ account: 'host1', args: { after: null } }),
  'HostPage.bookings': () => ({ account: 'host1', args: { after: null } }),

  'Mutation.registerRoom': () => ({ account: 'host1', args: { input: details() } }),
  'Mutation.changeRoom': () => ({ account: 'host1', args: { input: { roomId: nextRoom(), ...details() } } }),
  'Mutation.deleteRoom': ({ roomId }) => ({ account: 'host1', args: { roomId } }),
  'Mutation.blockDates': ({ roomId }) => ({
    account: 'host1',
    args: { roomId, startDate: inDays(3_000), endDate: inDays(3_001) },
  }),
  'Mutation.unblockDates': ({ roomId }) => ({
    account: 'host1',
    args: { roomId, startDate: inDays(3_000), endDate: inDays(3_001) },
  }),
  'Mutation.bookRoom': () => {
    const input = { ...newStay(), guests: 1, paymentMethod: 'pm_card_visa', expectedTotal: eur(10_000) }
    return { account: 'guest1', args: { input } }
  },
  'Mutation.cancelBooking': ({ bookingId }) => ({ account: 'guest1', args: { bookingId, reason: 'rain' } }),
  'Mutation.fileComplaint': ({ bookingId, roomId }) => ({
    account: 'guest1',
    args: { input: { bookingId, roomId, text: 'loud' } },
  }),
  'Mutation.closeComplaint': ({ complaintId }) => ({
    account: 'agent1',
    args: { complaintId, resolution: 'refunded' },
  }),
  'Mutation.cancelBookingAsAgent': ({ bookingId, complaintId }) => ({
    account: 'agent1',
    args: { bookingId, reason: 'loud', complaintId },
  }),
  'Mutation.deleteRoomAsAgent': ({ complaintId }) => ({
    account: 'agent1',
    args: { roomId: gone, reason: 'fraud', complaintId },
  }),
  'Mutation.markNotificationsRead': () => ({ account: 'guest1', args: { ids: ['x'] } }),
  'Mutation.subscribeToPush': () => ({
    account: 'guest1',
    args: {
      input: {
        endpoint: 'https://fcm.googleapis.com/x',
        p256dh: `B${'a'.repeat(86)}`,
        auth: 'a'.repeat(22),
      },
    },
  }),
  'Mutation.unsubscribeFromPush': () => ({
    account: 'guest1',
    args: { endpoint: 'https://fcm.googleapis.com/x' },
  }),
}

/** Texts that are kept with the first request of its kind alone: each is tried on something new. */
export const onSomethingNew: Record<string, (made: Made) => Promise<Made>> = {
  'Mutation.cancelBooking': async (made) => ({ ...made, bookingId: await newBooking() }),
  'Mutation.cancelBookingAsAgent': async (made) => ({ ...made, bookingId: await newBooking() }),
  'Mutation.closeComplaint': async (made) => ({ ...made, complaintId: await newComplaint() }),
}
