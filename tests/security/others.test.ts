import { randomUUID } from 'node:crypto'
import { createIdentity, createSigner } from '@myhotel/kit/identity'
import { eventually } from '@myhotel/kit/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { askForRoom, bookRoom, cancelBooking, inDays, registerRoom } from '../system/hotel.ts'
import { client, recordOfTarget, stolenKey, tokenOf } from './target.ts'
import { memory, staysUnharmed, writesNothing } from './unharmed.ts'

// guest61 has a booking in a room of host61; guest62 and host62 have nothing to do with it.

let roomId: string
let bookingId: string
let complaintId: string
beforeAll(async () => {
  roomId = await registerRoom(client, 'host61')
  bookingId = (await bookRoom(client, 'guest61', roomId, { idempotencyKey: 'mine' })).booking.id
  const text =
    'mutation { fileComplaint(input: {text: "mine"}) { ... on ComplaintFiled { complaint { id } } } }'
  complaintId = (await client.one('guest61', text)).complaint.id
})

const typeOf = async (account: string, mutation: string) =>
  (await client.one(account, `mutation { ${mutation} { __typename } }`)).__typename

describe('what is somebody else’s', () => {
  it('is not seen', async () => {
    const { booking } = await client.ask<{ booking: unknown }>(
      'guest62',
      `{ booking(id: "${bookingId}") { id } }`,
    )
    expect(booking).toBeNull()
    expect(await client.one('host62', `{ booking(id: "${bookingId}") { id payment { id } } }`)).toBeNull()
    expect(await client.one('guest62', `{ complaint(id: "${complaintId}") { text } }`)).toBeNull()
    const list = await client.one('guest62', '{ complaints { edges { cursor } } }')
    expect(list.edges).toEqual([])
    const page = await client.one(
      'guest62',
      '{ myPage { guest { bookings { totalCount } } host { bookings { totalCount } rooms { totalCount } } } }',
    )
    expect(page).toEqual({
      guest: { bookings: { totalCount: 0 } },
      host: { bookings: { totalCount: 0 }, rooms: { totalCount: 0 } },
    })
    for (const id of [
      bookingId.toUpperCase(),
      ` ${bookingId}`,
      `${bookingId}\\u0000`,
      `{${bookingId}}`,
      bookingId.replaceAll('-', ''),
    ]) {
      expect(
        (await client.send('guest62', `{ booking(id: "${id}") { id } }`)).data?.booking ?? null,
      ).toBeNull()
    }
  })

  it('is not changed, cancelled, deleted, blocked, closed or complained away', async () => {
    await writesNothing(async () => {
      expect(await cancelBooking(client, 'guest62', bookingId)).toMatchObject({ __typename: 'Forbidden' })
      expect(await cancelBooking(client, 'host62', bookingId)).toMatchObject({ __typename: 'Forbidden' })
      const room = `roomId: "${roomId}"`
      expect(await typeOf('host62', `changeRoom(input: { ${room}, name: "mine" })`)).toBe('Forbidden')
      expect(await typeOf('host62', `deleteRoom(${room}, cancelUpcomingBookings: true)`)).toBe('Forbidden')
      for (const mutation of ['blockDates', 'unblockDates'])
        expect(
          await typeOf('host62', `${mutation}(${room}, startDate: "${inDays(5)}", endDate: "${inDays(6)}")`),
        ).toBe('Forbidden')
      for (const mutation of [
        `cancelBookingAsAgent(bookingId: "${bookingId}", reason: "x")`,
        `deleteRoomAsAgent(${room}, reason: "x")`,
        `closeComplaint(complaintId: "${complaintId}", resolution: "x")`,
      ]) {
        const { data, errors } = await client.send('guest61', `mutation { ${mutation} { __typename } }`)
        expect([data ?? null, errors?.[0]?.extensions.code]).toEqual([null, 'FORBIDDEN'])
      }
    })
  })

  it('an idempotency key is each guest’s own', async () => {
    const other = await askForRoom(client, 'guest62', roomId, { idempotencyKey: 'mine' })
    expect(other.__typename).toBe('RoomNotAvailable')
    const again = await askForRoom(client, 'guest61', roomId, { idempotencyKey: 'mine', guests: 1 })
    expect(again.__typename).toBe('IdempotencyKeyReused')
    const mine = await bookRoom(client, 'guest62', roomId, {
      idempotencyKey: 'mine',
      startDate: inDays(50),
      endDate: inDays(51),
    })
    expect(mine.booking.id).not.toBe(bookingId)
  })

  it('a notification is marked as read by nobody else', async () => {
    const list = '{ myNotifications(first: 1) { edges { cursor node { id } } } }'
    const edge = await eventually(async () => (await client.one('guest61', list)).edges[0])
    expect(await client.one('guest62', `mutation { markNotificationsRead(ids: ["${edge.node.id}"]) }`)).toBe(
      0,
    )
    // Its cursor says where a page begins, not whose it is.
    const page = await client.one(
      'guest63',
      `{ myNotifications(after: "${edge.cursor}") { edges { cursor } } }`,
    )
    expect(page.edges).toEqual([])
  })
})

describe('a cursor', () => {
  const lists = {
    searchRooms: (after: string) => `{ searchRooms(after: "${after}") { edges { cursor } } }`,
    byPrice: (after: string) => `{ searchRooms(sort: PRICE_ASC, after: "${after}") { edges { cursor } } }`,
    complaints: (after: string) => `{ complaints(after: "${after}") { edges { cursor } } }`,
    notifications: (after: string) => `{ myNotifications(after: "${after}") { edges { cursor } } }`,
    bookings: (after: string) => `{ myPage { guest { bookings(after: "${after}") { edges { cursor } } } } }`,
  }
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const id = randomUUID()
  const forged = {
    'of nothing': encoded([]),
    'with too much': encoded(['a', 'b', 'c', 'd', 'e']),
    'with an object': encoded([{ gt: '' }, id]),
    'with SQL': encoded(["1' OR '1'='1", "1' OR '1'='1"]),
    'with a Redis command': encoded(['1\r\nFLUSHALL\r\n', id]),
    'that is no JSON': Buffer.from('[1,').toString('base64url'),
    'that is no base64': '€€€€',
    'that is huge': encoded(['x'.repeat(100_000), id]),
    'of infinite size': Buffer.from(`[1e999,"${id}"]`).toString('base64url'),
  }

  it.each(Object.entries(forged))('that is forged is refused by name: %s', async (_, cursor) => {
    for (const [list, query] of Object.entries(lists)) {
      const { status, errors } = await client.send('guest61', query(cursor))
      expect([list, status, errors?.[0]?.extensions.code]).toEqual([list, 200, 'BAD_USER_INPUT'])
      expect(errors?.[0]?.extensions.field).toBe('after')
    }
  })

  it('of another order is refused', async () => {
    const [edge] = (await client.one(null, '{ searchRooms(first: 1) { edges { cursor } } }')).edges
    const { errors } = await client.send(null, lists.byPrice(edge.cursor))
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' })
  })
})

const subgraphs = () => recordOfTarget().processes.filter(({ kind }) => kind === 'subgraph')

async function askDirectly(url: string, authorization: string | null, query: string, variables: object = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(20_000),
  })
  return { status: response.status, ...((await response.json()) as Shaped) }
}
// biome-ignore lint/suspicious/noExplicitAny: the shape is the query's
type Shaped = any

/** What a router of the attacker's would say, with the real router's key. */
const asRouter = async (audience: string, subject: string | null, roles: string[]) =>
  `Bearer ${await (await createSigner(stolenKey('router')))(audience, { subject, roles })}`

describe('a subgraph that is asked past the router', () => {
  it('lets nobody in: not without a token, not with a user’s, not with another’s key or for another audience', async () => {
    const stranger = await createSigner(JSON.stringify((await createIdentity('router')).privateKey))
    const router = await createSigner(stolenKey('router'))
    const user = { subject: 'agent1', roles: ['agent', 'service'] }
    for (const { name, url } of subgraphs()) {
      const tokens = [
        null,
        `Bearer ${await tokenOf('agent1')}`,
        `Bearer ${await stranger(name, user)}`,
        `Bearer ${await router('another', user)}`,
        `Basic ${Buffer.from('router:router').toString('base64')}`,
        'Bearer ',
      ]
      for (const token of tokens) {
        for (const query of [
          '{ __typename }',
          '{ _service { sdl } }',
          '{ _entities(representations: []) { __typename } }',
          '{ __schema { types { name } } }',
        ]) {
          const { status, data, errors } = await askDirectly(url, token, query)
          expect([name, status, data, errors[0].extensions.code]).toEqual([
            name,
            401,
            undefined,
            'UNAUTHENTICATED',
          ])
        }
      }
    }
  })

  it('does not take a user for a service, whatever the token says', async () => {
    const { url } = subgraphs().find(({ name }) => name === 'book') ?? { url: '' }
    const token = await asRouter('book', 'guest62', ['guest', 'service'])
    const { errors } = await askDirectly(url, token, `{ upcomingBookings(roomId: "${roomId}") }`)
    expect(errors[0].extensions.code).toBe('FORBIDDEN')
  })

  it('shows others’ entities to nobody, also where the router is asked to', async () => {
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Booking { %s } } }`
    const of = [{ __typename: 'Booking', id: bookingId }]
    for (const [name, field] of [
      ['book', 'guestId'],
      ['payment', 'payment { id }'],
    ] as const) {
      const { url } = subgraphs().find((each) => each.name === name) ?? { url: '' }
      const asked = async (subject: string) =>
        (
          await askDirectly(
            url,
            await asRouter(name, subject, ['guest', 'host']),
            query.replace('%s', field),
            { of },
          )
        ).data._entities[0]
      for (const stranger of ['guest62', 'host62']) {
        const found = await asked(stranger)
        expect(found?.guestId ?? found?.payment ?? null, name).toBeNull()
      }
      const mine = await asked('guest61')
      expect(mine.guestId ?? mine.payment.id, name).toEqual(expect.any(String))
    }
  })

  it('answers ten thousand representations at once, good and bad, and stays as it is', async () => {
    const before = memory()
    for (const [name, type] of [
      ['room', 'Room'],
      ['book', 'Booking'],
      ['payment', 'Booking'],
      ['marketing', 'Room'],
    ] as const) {
      const { url } = subgraphs().find((each) => each.name === name) ?? { url: '' }
      const token = await asRouter(name, 'guest62', ['guest'])
      const ids = Array.from({ length: 10_000 }, (_, n) =>
        n % 3 === 0 ? randomUUID() : n % 3 === 1 ? `x${n}` : bookingId,
      )
      const of = ids.map((id) => ({ __typename: type, id }))
      const query = `query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on ${type} { id } } }`
      const { status, data, errors } = await askDirectly(url, token, query, { of })
      expect([name, status === 200 ? data._entities.length : errors[0].extensions.code]).toEqual([
        name,
        10_000,
      ])
      for (const strange of [
        {},
        { __typename: 'Nothing' },
        { __typename: type },
        { __typename: type, id: { a: 1 } },
        { __typename: type, id: 'a\0' },
        { __typename: 'Query' },
      ]) {
        const odd = await askDirectly(url, token, query, { of: [strange] })
        expect([name, JSON.stringify(strange), odd.errors?.[0]?.extensions.code]).not.toContain(
          'INTERNAL_SERVER_ERROR',
        )
      }
    }
    for (const [name, bytes] of Object.entries(memory()))
      expect(bytes - (before[name] ?? 0), name).toBeLessThan(250 * 1024 * 1024)
  })
})

staysUnharmed()
