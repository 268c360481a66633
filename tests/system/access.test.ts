import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Policy } from '@myhotel/kit/policy'
import { eventually } from '@myhotel/kit/testing'
import { accessMatrix, type CallerName, meaning, type Question } from '@myhotel/kit/testing/access-matrix'
import { type FieldDefinitionNode, Kind, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../tools/system/client.ts'
import { bookRoom, type Hotel, inDays, openHotel, registerRoom } from './hotel.ts'

/** Those of the callers who can come through the router: services cannot. */
const accounts: Partial<Record<CallerName, string | null>> = {
  nobody: null,
  'its guest': 'guest1',
  'another guest': 'guest2',
  'its host': 'host1',
  'another host': 'host2',
  'an agent': 'agent1',
}

const supergraph = parse(await readFile(join(ROOT, 'router/supergraph.graphql'), 'utf8'))
/** What only services see, as types and as fields: `Query.offeredRoom`. */
const inaccessible = new Set(
  supergraph.definitions.flatMap((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return []
    const type = node.name.value
    const hidden = (part: Pick<FieldDefinitionNode, 'directives'>) =>
      part.directives?.some(({ name }) => name.value === 'inaccessible')
    const fields = (node.fields ?? []).filter(hidden).map(({ name }) => `${type}.${name.value}`)
    return hidden(node) ? [type, ...fields] : fields
  }),
)

/** The policy tables of all subgraphs, without what clients of the router cannot ask for. */
const policies: Policy[] = []
for await (const file of glob('subgraphs/*/src/adapters/policy.ts', { cwd: ROOT })) {
  const { policy } = (await import(join(ROOT, file))) as { policy: Policy }
  const open = <Row>(rows: Readonly<Record<string, Row>> = {}, of = '') =>
    Object.fromEntries(Object.entries(rows).filter(([name]) => !inaccessible.has(of + name)))
  policies.push({
    Query: open(policy.Query, 'Query.'),
    Mutation: open(policy.Mutation, 'Mutation.'),
    objects: Object.fromEntries(
      Object.entries(open(policy.objects)).map(([type, row]) => [
        type,
        { ...row, fields: row.fields.filter((field) => !inaccessible.has(`${type}.${field}`)) },
      ]),
    ),
  })
}

let hotel: Hotel
/** What the questions are about that change nothing: guest1's, at host1's. */
let room: string
let booking: string
let complaint: string

beforeAll(async () => {
  hotel = await openHotel()
  room = await registerRoom(hotel, 'host1')
  booking = await booked()
  complaint = await complained()
  // Guest and host are told of the booking.
  await eventually(async () => (await told('guest1')) && (await told('host1')))
})
afterAll(() => hotel?.close())

let stays = 0

/** A new booking of guest1 at host1's. */
async function booked(): Promise<string> {
  stays += 1
  const stay = { startDate: inDays(30 + stays), endDate: inDays(31 + stays) }
  const answer = await bookRoom(hotel, 'guest1', room, stay)
  if (answer.__typename !== 'RoomBooked') throw new Error(JSON.stringify(answer))
  return answer.booking.id
}

async function complained(): Promise<string> {
  const filing =
    'mutation { fileComplaint(input: { text: "Cold." }) { ... on ComplaintFiled { complaint { id } } } }'
  return (await hotel.one('guest1', filing)).complaint.id
}

const told = async (account: string) =>
  (await hotel.one(account, '{ myNotifications { edges { cursor } } }')).edges.length > 0

const query = (text: string): Question => ({ query: `{ ${text} }` })
const mutation = (text: string): Question => ({ query: `mutation { ${text} { __typename } }` })
const nights = `startDate: "${inDays(200)}", endDate: "${inDays(202)}"`

const questions: Record<string, () => Question | Promise<Question>> = {
  'Query.searchRooms': () => query('asked: searchRooms { __typename }'),
  'Query.room': () => query(`asked: room(id: "${room}") { id }`),
  'Query.popularRooms': () => query('asked: popularRooms { id }'),
  'Query.booking': () => query(`asked: booking(id: "${booking}") { id }`),
  'Query.myPage': () => query('asked: myPage { asOf }'),
  'Query.myNotifications': () => query('asked: myNotifications { __typename }'),
  // It is null while push is off.
  'Query.pushKey': () => query('asked: __typename pushKey'),
  'Query.complaints': () => query('asked: complaints { __typename }'),
  'Query.complaint': () => query(`asked: complaint(id: "${complaint}") { id }`),
  'Query.auditTrail': () => query('asked: auditTrail { __typename }'),
  'Mutation.registerRoom': () => ({
    query: `mutation ($input: RegisterRoomInput!) { asked: registerRoom(input: $input) { __typename } }`,
    variables: {
      input: { name: '', pricePerNight: { amount: 1, currency: 'EUR' }, city: 'x', country: 'PT' },
    },
  }),
  'Mutation.changeRoom': () => mutation(`asked: changeRoom(input: { roomId: "${room}", capacity: 4 })`),
  'Mutation.deleteRoom': async () =>
    mutation(`asked: deleteRoom(roomId: "${await registerRoom(hotel, 'host1')}")`),
  // A room of somebody else, since a host does not book the own.
  'Mutation.bookRoom': async () => ({
    query: 'mutation ($input: BookRoomInput!) { asked: bookRoom(input: $input) { __typename } }',
    variables: {
      input: {
        ...{
          roomId: await registerRoom(hotel, 'host9'),
          startDate: inDays(300),
          endDate: inDays(301),
          idempotencyKey: 'matrix',
        },
        paymentMethod: 'pm_card_chargeDeclinedLostCard',
      },
    },
  }),
  'Mutation.cancelBooking': async () => mutation(`asked: cancelBooking(bookingId: "${await booked()}")`),
  'Mutation.blockDates': () => mutation(`asked: blockDates(roomId: "${room}", ${nights})`),
  'Mutation.unblockDates': () => mutation(`asked: unblockDates(roomId: "${room}", ${nights})`),
  'Mutation.fileComplaint': () => mutation('asked: fileComplaint(input: { text: "" })'),
  'Mutation.closeComplaint': async () =>
    mutation(`asked: closeComplaint(complaintId: "${await complained()}", resolution: "Heated.")`),
  'Mutation.cancelBookingAsAgent': async () =>
    mutation(`asked: cancelBookingAsAgent(bookingId: "${await booked()}", reason: "ill")`),
  'Mutation.deleteRoomAsAgent': async () =>
    mutation(`asked: deleteRoomAsAgent(roomId: "${await registerRoom(hotel, 'host1')}", reason: "mould")`),
  'Mutation.markNotificationsRead': () => ({ query: 'mutation { asked: markNotificationsRead(ids: []) }' }),
  'Mutation.subscribeToPush': () =>
    mutation('asked: subscribeToPush(input: { endpoint: "x", p256dh: "x", auth: "x" })'),
  'Mutation.unsubscribeFromPush': () => ({ query: 'mutation { asked: unsubscribeFromPush(endpoint: "x") }' }),
  Room: () => ({ ...query(`room(id: "${room}") { FIELD }`), through: 'Query.room' }),
  Host: () => ({ ...query(`room(id: "${room}") { host { FIELD } }`), through: 'Query.room' }),
  Booking: () => ({ ...query(`booking(id: "${booking}") { FIELD }`), through: 'Query.booking' }),
  Payment: () => ({ ...query(`booking(id: "${booking}") { payment { FIELD } }`), through: 'Query.booking' }),
  Complaint: () => ({ ...query(`complaint(id: "${complaint}") { FIELD }`), through: 'Query.complaint' }),
  Notification: () => ({
    ...query('myNotifications { edges { node { FIELD } } }'),
    through: 'Query.myNotifications',
  }),
  GuestPage: () => ({ ...query('myPage { guest { FIELD } }'), through: 'Query.myPage' }),
  HostPage: () => ({ ...query('myPage { host { FIELD } }'), through: 'Query.myPage' }),
  // Mutation.closeComplaint has put it on record.
  AuditEntry: () => ({
    ...query('auditTrail(first: 1) { edges { node { FIELD } } }'),
    through: 'Query.auditTrail',
  }),
}

describe('who may call and see what, through the router', () => {
  const matrix = accessMatrix({
    policies,
    schema: supergraph,
    questions,
    args: { 'Room.quote': `(${nights})`, 'Room.freeDates': `(from: "${inDays(200)}", to: "${inDays(202)}")` },
    meaning: {
      // A host travels too.
      guest: [...(meaning.guest ?? []), ...(meaning.host ?? [])],
      // Nobody can ask for a page but the own one, and these two are told something.
      'its user': meaning.user ?? [],
      'its recipient': ['its guest', 'its host'],
    },
    callers: Object.keys(accounts) as CallerName[],
    ask: ({ query: text, variables }, caller) => hotel.send(accounts[caller] ?? null, text, variables),
  })
  it.each(matrix)('%s', async (_, attempt) => {
    const { actual, expected } = await attempt()
    expect(actual).toEqual(expected)
  })

  it('services are out of reach, and what is for them is not there', async () => {
    expect(inaccessible).toContain('Query.offeredRoom')
    for (const name of inaccessible) {
      const [root, field] = name.split('.')
      if (field === undefined || !['Query', 'Mutation'].includes(root ?? '')) continue
      const { errors } = await hotel.send('agent1', `${root?.toLowerCase()} { ${field} }`)
      expect(errors?.[0]?.message).toContain(`Cannot query field "${field}"`)
    }
  })
})

describe('the audit trail', () => {
  const entries = (filter: string) =>
    hotel.one(
      'agent1',
      `{ auditTrail(${filter}) { edges { node { roles subject { type id } outcome reason } } } }`,
    )

  it('has what others were refused, in whichever context', async () => {
    await hotel.send('guest2', `{ booking(id: "${booking}") { id } }`)
    await hotel.send('guest2', `mutation { changeRoom(input: { roomId: "${room}" }) { __typename } }`)
    for (const [action, type, id] of [
      ['Query.booking', 'Booking', booking],
      ['Mutation.changeRoom', 'Room', room],
    ]) {
      const filter = `actor: "guest2", action: "${action}", subjectId: "${id}"`
      const found = await eventually(async () => {
        const { edges } = await entries(filter)
        return edges.length > 0 ? edges : null
      })
      expect(found[0].node).toMatchObject({ roles: ['guest'], subject: { type, id }, outcome: 'REFUSED' })
    }
  })

  it('has what agents did', async () => {
    const id = await registerRoom(hotel, 'host1')
    await hotel.one(
      'agent1',
      `mutation { deleteRoomAsAgent(roomId: "${id}", reason: "mould") { __typename } }`,
    )
    const { edges } = await entries(`actor: "agent1", subjectId: "${id}"`)
    expect(edges).toMatchObject([
      { node: { subject: { type: 'Room', id }, outcome: 'DONE', reason: 'mould' } },
    ])
  })
})
