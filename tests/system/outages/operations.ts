import { randomUUID } from 'node:crypto'
import { bookRoom, type Client, inDays, registerRoom } from '../hotel.ts'
import { subscription } from './push.ts'

/** What the operations of one outage are about; nothing of it is used by another outage. */
export type Subjects = {
  /** Nights that nobody has taken yet. */
  readonly stay: string
  readonly bookingToCancel: string
  readonly bookingForAgent: string
  readonly roomToDelete: string
  readonly roomForAgent: string
  readonly complaintToClose: string
}

/** What they are about that change nothing. */
export type Scene = { readonly room: string; readonly booking: string; readonly complaint: string }

/** An operation of the API, with all that other subgraphs contribute to its answer; its field is called `asked`. */
export type Operation = { account: string | null; text(scene: Scene, subjects: Subjects): string }

const nights = (from: number, nightCount = 2) =>
  `startDate: "${inDays(from)}", endDate: "${inDays(from + nightCount)}"`

const contributed = `popularity quote(${nights(20)}) { __typename }
  freeDates(from: "${inDays(20)}", to: "${inDays(30)}") { startDate }`
const refusal = '__typename ... on Refusal { code }'
const booking = '{ status room { name popularity } payment { status } }'

const query = (account: string | null, text: (scene: Scene) => string): Operation => ({
  account,
  text: (scene) => `{ asked: ${text(scene)} }`,
})
const mutation = (account: string, text: (scene: Scene, subjects: Subjects) => string): Operation => ({
  account,
  text: (scene, subjects) => `mutation { asked: ${text(scene, subjects)} }`,
})

/** Every operation that a client can ask for, by its name in the schema. */
export const operations: Record<string, Operation> = {
  searchRooms: query(null, () => `searchRooms(first: 3) { edges { node { id name ${contributed} } } }`),
  room: query(null, ({ room }) => `room(id: "${room}") { id name ${contributed} }`),
  popularRooms: query(null, () => `popularRooms(first: 3) { id name ${contributed} }`),
  booking: query('guest1', (scene) => `booking(id: "${scene.booking}") ${booking}`),
  myPage: query('guest1', () => 'myPage { guest { unreadNotifications } host { rooms { totalCount } } }'),
  myNotifications: query('guest1', () => 'myNotifications(first: 5) { edges { node { title } } }'),
  pushKey: query('guest1', () => 'pushKey'),
  complaints: query(
    'agent1',
    () => 'complaints(first: 3) { edges { node { text booking { status } room { name } } } }',
  ),
  complaint: query(
    'agent1',
    ({ complaint }) => `complaint(id: "${complaint}") { text booking { status } room { name } }`,
  ),
  auditTrail: query('agent1', () => 'auditTrail(first: 3) { edges { node { action } } }'),

  registerRoom: mutation(
    'host1',
    () => `registerRoom(input: { name: "New", pricePerNight: { amount: 9000, currency: "EUR" },
      city: "Lisboa", country: "Portugal", timeZone: "Europe/Lisbon" }) {
      ${refusal} ... on RoomRegistered { room { id name popularity } } }`,
  ),
  changeRoom: mutation(
    'host1',
    ({ room }) => `changeRoom(input: { roomId: "${room}", capacity: 4 }) {
      ${refusal} ... on RoomChanged { room { id name popularity } } }`,
  ),
  deleteRoom: mutation(
    'host1',
    (_, { roomToDelete }) => `deleteRoom(roomId: "${roomToDelete}") { ${refusal} }`,
  ),
  blockDates: mutation('host1', ({ room }) => `blockDates(roomId: "${room}", ${nights(500)}) { ${refusal} }`),
  unblockDates: mutation(
    'host1',
    ({ room }) => `unblockDates(roomId: "${room}", ${nights(600)}) { ${refusal} }`,
  ),
  bookRoom: mutation(
    'guest1',
    ({ room }, { stay, bookingToCancel: key }) => `bookRoom(input: { roomId: "${room}", ${stay}, guests: 2,
      paymentMethod: "pm_card_visa", idempotencyKey: "book ${key}" }) {
      ${refusal} ... on RoomBooked { booking ${booking} } }`,
  ),
  cancelBooking: mutation(
    'guest1',
    (_, { bookingToCancel }) => `cancelBooking(bookingId: "${bookingToCancel}") {
      ${refusal} ... on BookingCanceled { booking ${booking} } }`,
  ),
  fileComplaint: mutation(
    'guest1',
    (
      scene,
    ) => `fileComplaint(input: { bookingId: "${scene.booking}", roomId: "${scene.room}", text: "Cold." }) {
      ${refusal} ... on ComplaintFiled { complaint { text booking { status } room { name } } } }`,
  ),
  closeComplaint: mutation(
    'agent1',
    (_, { complaintToClose }) => `closeComplaint(complaintId: "${complaintToClose}", resolution: "Heated.") {
      ${refusal} ... on ComplaintClosed { complaint { text booking { status } room { name } } } }`,
  ),
  cancelBookingAsAgent: mutation(
    'agent1',
    (_, { bookingForAgent }) => `cancelBookingAsAgent(bookingId: "${bookingForAgent}", reason: "ill") {
      ${refusal} ... on BookingCanceled { booking { id } } }`,
  ),
  deleteRoomAsAgent: mutation(
    'agent1',
    (_, { roomForAgent }) => `deleteRoomAsAgent(roomId: "${roomForAgent}", reason: "mould") { ${refusal} }`,
  ),
  markNotificationsRead: mutation('guest1', () => `markNotificationsRead(ids: ["${randomUUID()}"])`),
  subscribeToPush: mutation('guest1', () => `subscribeToPush(input: ${subscription()}) { ${refusal} }`),
  unsubscribeFromPush: mutation('guest1', () => 'unsubscribeFromPush(endpoint: "https://push.example/x")'),
}

/** Makes what all operations of some outages are about. */
export async function setScene(hotel: Client, outages: number): Promise<[Scene, Subjects[]]> {
  const room = await registerRoom(hotel, 'host1')
  let day = 40
  const stay = () => {
    day += 2
    return { startDate: inDays(day), endDate: inDays(day + 2) }
  }
  const book = async () => (await bookRoom(hotel, 'guest1', room, stay())).booking.id as string
  const complain = async (about: string) => {
    const text = `mutation { asked: fileComplaint(input: { text: "Cold." ${about} }) {
      ... on ComplaintFiled { complaint { id } } } }`
    return (await hotel.one('guest1', text)).complaint.id as string
  }
  const booking = await book()
  const scene = { room, booking, complaint: await complain(`bookingId: "${booking}" roomId: "${room}"`) }
  const subjects: Subjects[] = []
  for (let outage = 0; outage < outages; outage += 1) {
    const [bookingToCancel, bookingForAgent, roomToDelete, roomForAgent, complaintToClose] =
      await Promise.all([
        book(),
        book(),
        registerRoom(hotel, 'host1'),
        registerRoom(hotel, 'host1'),
        complain(`bookingId: "${booking}" roomId: "${room}"`),
      ])
    const { startDate, endDate } = stay()
    subjects.push({
      ...{ bookingToCancel, bookingForAgent, roomToDelete, roomForAgent, complaintToClose },
      stay: `startDate: "${startDate}", endDate: "${endDate}"`,
    })
  }
  return [scene, subjects]
}
