import { createLogger } from '@myhotel/kit/logger'
import { createTestIdentities, testService } from '@myhotel/kit/testing'
import { startSubgraph } from '@myhotel/kit/testing-subgraph'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bookRoom } from './application/book-room.ts'
import { compose } from './compose.ts'
import { aRequest } from './testing/examples.ts'
import { createWorld } from './testing/world.ts'

// What is wrong with one row is the error of that row alone, whatever page it stands on.
let world: Awaited<ReturnType<typeof createWorld>>
let book: Awaited<ReturnType<typeof startSubgraph>>

beforeAll(async () => {
  world = await createWorld()
  const identities = await createTestIdentities('book')
  const nowhere = 'http://127.0.0.1:1'
  const own = {
    ...{ BOOK_DATABASE_URL: world.url, BOOK_DATABASE_CONNECTIONS: 10 },
    ...{
      NATS_URL: testService('NATS'),
      NATS_REPLICAS: 1,
      PAYMENT_PROVIDER: 'sandbox' as const,
      PAYMENT_URL: nowhere,
      ROOM_URL: nowhere,
    },
    ...{
      PAYMENT_CONCURRENCY: 8,
      ATTEMPT_LEASE_MS: 8_000,
      ATTEMPT_HOLD_MS: 25_000,
      RECONCILE_EVERY_MS: 60_000,
    },
    IDENTITY_PRIVATE_KEY: identities.privateKey('book'),
  }
  const log = createLogger('book', 'silent')
  book = await startSubgraph('book', (env) => compose({ ...env, ...own }, log))
})
afterAll(async () => {
  await book?.stop()
  await world?.close()
})

const ask = (type: string, ids: readonly string[], fields: string) =>
  book.ask(
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${type} { id ${fields} } } }`,
    { of: ids.map((id) => ({ __typename: type, id })) },
    { user: 'agent1', roles: ['agent'] },
  )

it.each<[string, string]>([
  ['a zone that is none', `offer || '{"timeZone":"JST"}'`],
  ['no zone', `offer - 'timeZone'`],
  ['no price', `offer - 'pricePerNight'`],
  ['a price that is none', `offer || '{"pricePerNight":{"amount":"much","currency":7}}'`],
  ['no terms at all', `'{}'`],
  ['a list for terms', `'[]'`],
])('a room with %s costs its own quote and nothing else', async (_, offer) => {
  const rooms = await Promise.all([world.room(), world.room(), world.room()])
  const ids = rooms.map(({ roomId }) => roomId)
  await world.database.$executeRawUnsafe(
    `UPDATE room_listing SET offer = (${offer})::jsonb WHERE room_id = $1::uuid`,
    ids[1],
  )
  const { data, errors } = await ask(
    'Room',
    ids,
    `quote(startDate: "2027-05-01", endDate: "2027-05-03") { __typename }
     freeDates(from: "2027-05-01", to: "2027-05-09") { startDate }`,
  )
  const entities = data?._entities as { id: string; quote: object | null; freeDates: object[] | null }[]
  expect(entities.map(({ id }) => id)).toEqual(ids)
  for (const index of [0, 2]) {
    expect(entities[index]).toMatchObject({
      quote: { __typename: 'Quote' },
      freeDates: [{ startDate: '2027-05-01' }],
    })
  }
  // A room whose place in time is not known cannot be booked, which is an answer; what cannot be read at all is an error.
  if (entities[1]?.quote === null) expect(errors?.length).toBeGreaterThan(0)
  else expect(entities[1]?.quote).toEqual({ __typename: 'RoomNotAvailable' })
  for (const { path } of errors ?? []) expect(path?.slice(0, 2)).toEqual(['_entities', 1])
})

it.each<[string, string]>([
  ['terms that are none', `terms = '{}'`],
  ['a zone that is none', `terms = terms || '{"timeZone":"JST"}'`],
])('a booking with %s is missing by itself', async (_, change) => {
  const ids: string[] = []
  for (let count = 0; count < 3; count += 1) {
    const { roomId } = await world.room()
    const result = await bookRoom(world.ports, aRequest({ roomId, idempotencyKey: crypto.randomUUID() }))
    if (!('bookingId' in result)) throw new Error(JSON.stringify(result))
    ids.push(result.bookingId)
  }
  await world.database.$executeRawUnsafe(`UPDATE booking SET ${change} WHERE id = $1::uuid`, ids[1])
  const { data, errors } = await ask('Booking', ids, 'status cancellation { refund { amount } }')
  expect(data?._entities).toMatchObject([{ id: ids[0] }, null, { id: ids[2] }])
  expect(errors).toHaveLength(1)
  expect(errors?.[0]?.path?.slice(0, 2)).toEqual(['_entities', 1])
})
