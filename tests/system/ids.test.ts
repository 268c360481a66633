import { eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bookRoom, type Hotel, inDays, openHotel, registerRoom } from './hotel.ts'

let hotel: Hotel
let room: string
let booking: string
let complaint: string

beforeAll(async () => {
  hotel = await openHotel()
  room = await registerRoom(hotel, 'host1')
  booking = (await bookRoom(hotel, 'guest1', room)).booking.id
  complaint = await file(null, null)
})
afterAll(() => hotel?.close())

async function file(bookingId: string | null, roomId: string | null) {
  const filed = await hotel.one(
    'guest1',
    `mutation ($input: FileComplaintInput!) { fileComplaint(input: $input) {
       ... on ComplaintFiled { complaint { id booking { id } room { id } } } ... on InvalidInput { field } } }`,
    { input: { bookingId, roomId, text: 'Cold.' } },
  )
  return filed.complaint?.id ?? filed.field
}

const nights = { s: inDays(200), e: inDays(202) }

/** Each place of the API that takes the id of an object of ours: who asks, what, and about which object. */
const places: [string, string, string, () => string][] = [
  [
    'room',
    'host1',
    '{ room(id: "ID") { id popularity freeDates(from: "2020-01-01", to: "2020-01-02") { startDate } } }',
    () => room,
  ],
  ['booking', 'guest1', '{ booking(id: "ID") { id room { id } payment { status } } }', () => booking],
  ['complaint', 'agent1', '{ complaint(id: "ID") { id } }', () => complaint],
  [
    'auditTrail',
    'agent1',
    '{ auditTrail(subjectId: "ID") { edges { node { subject { id } } } } }',
    () => room,
  ],
  [
    'changeRoom',
    'host1',
    'mutation { changeRoom(input: {roomId: "ID"}) { __typename ... on RoomChanged { room { id } } } }',
    () => room,
  ],
  [
    'blockDates',
    'host1',
    `mutation { blockDates(roomId: "ID", startDate: "${nights.s}", endDate: "${nights.e}") { __typename ... on DatesBlocked { roomId } } }`,
    () => room,
  ],
  [
    'unblockDates',
    'host1',
    `mutation { unblockDates(roomId: "ID", startDate: "${nights.s}", endDate: "${nights.e}") { __typename ... on DatesUnblocked { roomId } } }`,
    () => room,
  ],
  [
    'bookRoom',
    'guest2',
    `mutation { bookRoom(input: {roomId: "ID", startDate: "${inDays(90)}", endDate: "${inDays(91)}", paymentMethod: "pm_card_visa", idempotencyKey: "ids"}) { __typename ... on RoomBooked { booking { room { id } } } } }`,
    () => room,
  ],
  [
    'closeComplaint',
    'agent1',
    'mutation { closeComplaint(complaintId: "ID", resolution: "Heated.") { __typename ... on ComplaintClosed { complaint { id } } } }',
    () => complaint,
  ],
  [
    'cancelBooking',
    'guest1',
    'mutation { cancelBooking(bookingId: "ID") { __typename ... on BookingCanceled { booking { id } } } }',
    () => booking,
  ],
  [
    'cancelBookingAsAgent',
    'agent1',
    'mutation { cancelBookingAsAgent(bookingId: "ID", reason: "ill") { __typename ... on BookingCanceled { booking { id } } } }',
    () => booking,
  ],
  [
    'deleteRoom',
    'host1',
    'mutation { deleteRoom(roomId: "ID", cancelUpcomingBookings: true) { __typename ... on RoomDeleted { roomId } } }',
    () => room,
  ],
  [
    'deleteRoomAsAgent',
    'agent1',
    'mutation { deleteRoomAsAgent(roomId: "ID", reason: "mould") { __typename ... on RoomDeleted { roomId } } }',
    () => room,
  ],
]

const uuids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

describe('an id in upper case is the same id, and comes out in lower case', () => {
  it.each(places)('%s', async (_, account, operation, idOf) => {
    const ask = (id: string) => hotel.send(account, operation.replace('ID', id))
    const answer = await eventually(async () => {
      const { data, errors } = await ask(idOf().toUpperCase())
      expect(errors).toBeUndefined()
      return data.bookRoom?.__typename !== 'BookingInProgress' && data
    })
    const found = JSON.stringify(answer).match(uuids) ?? []
    expect(found.filter((id) => id !== id.toLowerCase())).toEqual([])
    expect(JSON.stringify((await ask(idOf())).data)).toBe(JSON.stringify(answer))
    if (!operation.includes('auditTrail')) expect(found.length).toBeGreaterThan(0)
  })

  it('fileComplaint', async () => {
    const id = await file(booking.toUpperCase(), room.toUpperCase())
    const complaints = await hotel.one('agent1', `{ complaint(id: "${id}") { booking { id } room { id } } }`)
    expect(complaints).toEqual({ booking: { id: booking }, room: { id: room } })
  })

  it('markNotificationsRead', async () => {
    const unread = await eventually(async () => {
      const { edges } = await hotel.one('guest1', '{ myNotifications { edges { node { id readAt } } } }')
      return edges[0]?.node
    })
    const marked = await hotel.one(
      'guest1',
      `mutation { markNotificationsRead(ids: ["${unread.id.toUpperCase()}"]) }`,
    )
    expect(marked).toBe(1)
  })
})

describe('no other text is an id: what it names does not exist', () => {
  const others: [string, (id: string) => string][] = [
    ['braces', (id) => `{${id}}`],
    ['a URN', (id) => `urn:uuid:${id}`],
    ['no dashes', (id) => id.replaceAll('-', '')],
    ['10 kB', (id) => id.repeat(280)],
    ['a word', () => 'x'],
    ['nothing', () => ''],
  ]
  it.each(places)('%s', async (_, account, operation, idOf) => {
    for (const [, spelled] of others) {
      // The key has been used for the room itself.
      const another = operation.replace('"ids"', `"${crypto.randomUUID()}"`)
      const { data, errors } = await hotel.send(account, another.replace('ID', spelled(idOf())))
      expect(errors).toBeUndefined()
      const [answer] = Object.values(data) as [{ __typename?: string; edges?: [] } | null]
      expect(answer?.edges ?? answer?.__typename ?? null).toEqual(
        operation.startsWith('mutation') ? 'NotFound' : answer?.edges ? [] : null,
      )
    }
  })

  it('fileComplaint', async () => {
    expect(await file(`{${booking}}`, null)).toBe('bookingId')
    expect(await file(null, room.replaceAll('-', ''))).toBe('roomId')
  })
})
