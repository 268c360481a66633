import { join } from 'node:path'
import { createLogger } from '@myhotel/kit/logger'
import { subgraphServer } from '@myhotel/kit/serve'
import { about, type Call, callsTo, expectedOf } from '@myhotel/kit/testing/promises'
import { startSubgraph } from '@myhotel/kit/testing-subgraph'
import { v7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { finders, resolvers } from './adapters/graphql.ts'
import { policy } from './adapters/policy.ts'
import { bookRoom } from './application/book-room.ts'
import { cancelBookingForServiceCenter } from './application/cancel-booking.ts'
import { aListing, aRequest } from './testing/examples.ts'
import { createWorld, stillCalendar } from './testing/world.ts'

const calls = callsTo('book')
let world: Awaited<ReturnType<typeof createWorld>>
let book: Awaited<ReturnType<typeof startSubgraph>>

beforeAll(async () => {
  world = await createWorld()
  book = await startSubgraph(
    'book',
    (env) => [
      subgraphServer({
        name: 'book',
        schemaFile: join(import.meta.dirname, '../schema.graphql'),
        resolvers: resolvers(world.ports),
        policy,
        find: finders(world.ports),
        onRefused() {},
        keys: env.IDENTITY_KEYS,
        port: env.PORT,
        host: env.HOST,
        log: createLogger('book', 'silent'),
      }),
    ],
    [...new Set(calls.map(({ caller }) => caller))],
  )
})
afterAll(async () => {
  await book?.stop()
  await world?.close()
})

/** Books a stay of one night in a room that there is; answers the booking's id. */
async function booked(roomId: string, startDate: string, endDate: string, ports = world.ports) {
  const request = aRequest({ roomId, stay: { startDate, endDate }, idempotencyKey: v7() })
  const answer = await bookRoom(ports, request)
  if (!('bookingId' in answer)) throw new Error(`not booked: ${JSON.stringify(answer)}`)
  return answer.bookingId
}

async function someStay(): Promise<string> {
  const { roomId } = await world.room()
  return booked(roomId, '2027-03-10', '2027-03-13')
}

const aboutBooking = (call: Call, id: string) => about(call, String(call.variables.bookingId), id)

/** How each situation comes about; the call is then about what was made for it. */
const given: Record<string, (call: Call) => Promise<Call> | Call> = {
  async 'two bookings are to come'(call) {
    const { roomId } = await world.room(aListing(String(call.variables.roomId)))
    const canceled = await booked(roomId, '2027-04-10', '2027-04-13')
    await cancelBookingForServiceCenter(world.ports, { bookingId: canceled, reason: '' })
    for (const day of [10, 14]) await booked(roomId, `2027-03-${day}`, `2027-03-${day + 3}`)
    return call
  },
  'the room was never booked': (call) => call,
  'the stay is to come': async (call) => aboutBooking(call, await someStay()),
  async 'it was cancelled before'(call) {
    const bookingId = await someStay()
    await cancelBookingForServiceCenter(world.ports, { bookingId, reason: 'the first time' })
    return aboutBooking(call, bookingId)
  },
  async 'the stay is over'(call) {
    const { roomId } = await world.room()
    const before = { ...world.ports, calendar: stillCalendar('2026-12-01T12:00:00Z') }
    return aboutBooking(call, await booked(roomId, '2026-12-10', '2026-12-13', before))
  },
  'there is no such booking': (call) => call,
}

test.each(calls)('$caller ($version) asks $operation: $when', async (example) => {
  const call = await given[example.when]?.(example)
  if (!call) throw new Error(`nobody knows how it comes about that ${example.when}`)
  const { data, errors } = await book.ask(call.document, call.variables, { service: call.caller })
  expect({ data, errors }).toEqual({ data: expectedOf(call) })
})
