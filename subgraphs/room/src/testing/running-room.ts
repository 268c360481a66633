import { type Bus, createBus, type Envelope } from '@myhotel/kit/bus'
import { createIdentity } from '@myhotel/kit/identity'
import { createLogger } from '@myhotel/kit/logger'
import { createTestDatabase, eventually, testService } from '@myhotel/kit/testing'
import { services } from '@myhotel/kit/testing/access-matrix'
import { freePort, startSubgraph, type TestCaller } from '@myhotel/kit/testing-subgraph'
import { compose } from '../compose.ts'

export const host = (user: string): TestCaller => ({ user, roles: ['guest', 'host'] })
export const guest: TestCaller = { user: 'guest1', roles: ['guest'] }
export const agent: TestCaller = { user: 'agent1', roles: ['agent'] }

/** What a host must say at least. */
export const input = {
  name: 'Casa',
  pricePerNight: { amount: 9_900, currency: 'EUR' },
  city: 'Lisbon',
  country: 'Portugal',
  timeZone: 'Europe/Lisbon',
}

const roomFields = `id name description host { id } pricePerNight { amount currency } cleaningFee { amount currency }
  taxPercent capacity location { address city country latitude longitude timeZone } amenities photos
  cancellationPolicy minNights maxNights bookingWindowDays checkInTime checkOutTime registeredAt deleted`
const refusal = '__typename ... on Refusal { code message }'

const operations = {
  room: `query ($id: ID!) { room(id: $id) { ${roomFields} } }`,
  register: `mutation ($input: RegisterRoomInput!) { result: registerRoom(input: $input) {
    ${refusal} ... on InvalidInput { field } ... on RoomRegistered { room { ${roomFields} } } } }`,
  change: `mutation ($input: ChangeRoomInput!) { result: changeRoom(input: $input) {
    ${refusal} ... on InvalidInput { field } ... on RoomChanged { room { ${roomFields} } } } }`,
  remove: `mutation ($roomId: ID!, $cancel: Boolean) {
    result: deleteRoom(roomId: $roomId, cancelUpcomingBookings: $cancel) {
      ${refusal} ... on RoomDeleted { roomId } ... on UpcomingBookings { count }
      ... on ServiceUnavailable { retryAfterSeconds } } }`,
}

type RoomTold = Record<string, unknown> & { id: string }

/** Answer to a mutation: one of the union's members. */
type Result = { result: { __typename: string; room: RoomTold } }

/** Runs room on a database of its own and the tests' NATS, with book expected at `bookPort`. */
export async function startRoom() {
  const log = createLogger('room', 'silent')
  const NATS_URL = testService('NATS')
  const database = await createTestDatabase('room')
  const bookPort = await freePort()
  const IDENTITY_PRIVATE_KEY = JSON.stringify((await createIdentity('room')).privateKey)
  const own = {
    ROOM_DATABASE_URL: database.url,
    BOOK_URL: `http://127.0.0.1:${bookPort}`,
    IDENTITY_PRIVATE_KEY,
    PAYMENT_PROVIDER: 'sandbox' as const,
  }
  const subgraph = await startSubgraph(
    'room',
    (env) => compose({ ...env, ...own, NATS_URL, NATS_REPLICAS: 1 }, log),
    services,
  )
  const bus: Bus = createBus({ url: NATS_URL, replicas: 1, name: 'test', log })
  const host1 = host('host1')
  const register = (value: object, caller = host1) =>
    subgraph.ask<Result>(operations.register, { input: value }, caller)

  return {
    ...subgraph,
    bus,
    bookPort,
    databaseUrl: database.url,
    register,
    /** Registers a room of host1 and answers its id. */
    async offer(value: object = {}): Promise<string> {
      const { data } = await register({ ...input, ...value })
      if (!data?.result.room) throw new Error(`not registered: ${JSON.stringify(data)}`)
      return data.result.room.id
    },
    change: (value: object, caller = host1) =>
      subgraph.ask<Result>(operations.change, { input: value }, caller),
    remove: (roomId: string, cancel?: boolean, caller = host1) =>
      subgraph.ask<Result>(operations.remove, { roomId, cancel }, caller),
    async look(id: string) {
      const { data } = await subgraph.ask<{ room: RoomTold | null }>(operations.room, { id })
      return data?.room
    },
    /** The first `count` events about a room, once they are published. */
    eventsOf: (roomId: string, count: number) =>
      eventually(async () => {
        const events: Envelope[] = []
        await bus.replay('room', ({ envelope }) => {
          if (envelope?.aggregateId === roomId) events.push(envelope)
        })
        return events.length >= count ? events : null
      }),
    async stop() {
      await bus.stop?.()
      await subgraph.stop()
      await database.drop()
    },
  }
}

export type RunningRoom = Awaited<ReturnType<typeof startRoom>>
