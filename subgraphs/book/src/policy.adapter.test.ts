import { readFileSync } from 'node:fs'
import { createLogger } from '@myhotel/kit/logger'
import { createTestIdentities, testService } from '@myhotel/kit/testing'
import { accessMatrix, byKey, callers, services } from '@myhotel/kit/testing/access-matrix'
import { startSubgraph } from '@myhotel/kit/testing-subgraph'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policy } from './adapters/policy.ts'
import { bookRoom } from './application/book-room.ts'
import { compose } from './compose.ts'
import { aRequest } from './testing/examples.ts'
import { createWorld } from './testing/world.ts'

let world: Awaited<ReturnType<typeof createWorld>>
let book: Awaited<ReturnType<typeof startSubgraph>>

beforeAll(async () => {
  world = await createWorld()
  const identities = await createTestIdentities('book')
  // Nobody is there: guests are told that payment is busy, and rooms that book does not know are not asked for.
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
  book = await startSubgraph('book', (env) => compose({ ...env, ...own }, log), services)
})
afterAll(async () => {
  await book?.stop()
  await world?.close()
})

/** A room of host1. */
const room = async () => (await world.room()).roomId

/** A booking of guest1 at host1's. */
async function booking(): Promise<string> {
  const result = await bookRoom(
    world.ports,
    aRequest({ roomId: await room(), idempotencyKey: crypto.randomUUID() }),
  )
  if (!('bookingId' in result)) throw new Error(JSON.stringify(result))
  return result.bookingId
}

const stay = { startDate: '2027-05-01', endDate: '2027-05-03' }
const range = 'startDate: "2027-05-01", endDate: "2027-05-03"'

describe('who may call and see what', () => {
  const matrix = accessMatrix({
    policies: [policy],
    schema: parse(readFileSync(`${import.meta.dirname}/../schema.graphql`, 'utf8')),
    args: { 'Room.quote': `(${range})`, 'Room.freeDates': '(from: "2027-05-01", to: "2027-05-03")' },
    questions: {
      'Query.booking': async () => ({ query: `{ asked: booking(id: "${await booking()}") { id } }` }),
      'Query.upcomingBookings': async () => ({
        query: `{ asked: upcomingBookings(roomId: "${await room()}") }`,
      }),
      'Mutation.bookRoom': async () => ({
        query: 'mutation ($input: BookRoomInput!) { asked: bookRoom(input: $input) { __typename } }',
        variables: {
          input: { roomId: await room(), ...stay, paymentMethod: 'pm_card_visa', idempotencyKey: 'k' },
        },
      }),
      'Mutation.cancelBooking': async () => ({
        query: `mutation { asked: cancelBooking(bookingId: "${await booking()}") { __typename } }`,
      }),
      'Mutation.cancelBookingForServiceCenter': async () => ({
        query: `mutation { asked: cancelBookingForServiceCenter(bookingId: "${await booking()}", agentId: "agent1",
          reason: "r") { __typename ... on BookingCanceled { booking { id } } } }`,
      }),
      'Mutation.blockDates': async () => ({
        query: `mutation { asked: blockDates(roomId: "${await room()}", ${range}) { __typename } }`,
      }),
      'Mutation.unblockDates': async () => ({
        query: `mutation { asked: unblockDates(roomId: "${await room()}", ${range}) { __typename } }`,
      }),
      Booking: async () => byKey('Booking', await booking()),
      Room: async () => byKey('Room', await room()),
    },
    ask: ({ query, variables }, caller) => book.ask(query, variables, callers[caller]),
  })
  it.each(matrix)('%s', async (_, attempt) => {
    const { actual, expected } = await attempt()
    expect(actual).toEqual(expected)
  })
})
