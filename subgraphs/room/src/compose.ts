import { createBus } from '@myhotel/kit/bus'
import { chargingOf } from '@myhotel/kit/charging'
import { createSigner } from '@myhotel/kit/identity'
import { idOrNone } from '@myhotel/kit/ids'
import type { Logger } from '@myhotel/kit/logger'
import { createRelay } from '@myhotel/kit/outbox'
import { recordRefusals } from '@myhotel/kit/refusals'
import { subgraphServer } from '@myhotel/kit/serve'
import type { Part } from '@myhotel/kit/service'
import { whileLeading } from '@myhotel/kit/while-leading'
import { tellWork } from '@myhotel/kit/work'
import { dateIn, isUsableTimeZone } from '@myhotel/kit/zone'
import { v7 } from 'uuid'
import { bookClient } from './adapters/book-client.ts'
import { openDatabase, openForSearches } from './adapters/database.ts'
import { eventConsumer } from './adapters/event-consumer.ts'
import { resolvers } from './adapters/graphql.ts'
import { places } from './adapters/places.ts'
import { policy } from './adapters/policy.ts'
import { prismaListings } from './adapters/prisma-listings.ts'
import { prismaRooms, prismaStoredRooms } from './adapters/prisma-rooms.ts'
import { textIndex } from './adapters/text-index.ts'
import type { Calendar, Ports } from './application/ports.ts'
import type { Env, MendEnv } from './env.ts'

/** The system clock, and the time zones as the runtime knows them. */
const calendar: Calendar = {
  now: () => Date.now(),
  // A room that was stored with a zone that no clock keeps can be deleted all the same.
  today: (timeZone) => dateIn(isUsableTimeZone(timeZone) ? timeZone : 'UTC', new Date()),
}

/** Puts room together. Its parts start in this order and stop in the reverse one. */
export async function compose(env: Env, log: Logger): Promise<Part[]> {
  const sign = await createSigner(env.IDENTITY_PRIVATE_KEY, log)
  const { database, part } = openDatabase(env.ROOM_DATABASE_URL, env.ROOM_DATABASE_CONNECTIONS, log)
  const searches = openForSearches(env.ROOM_DATABASE_URL, env.ROOM_SEARCH_CONNECTIONS, log)
  tellWork({ database, consumer: 'room' })
  const bus = createBus({ url: env.NATS_URL, replicas: env.NATS_REPLICAS, name: 'room', log })
  const relay = createRelay({ databaseUrl: env.ROOM_DIRECT_DATABASE_URL ?? env.ROOM_DATABASE_URL, bus, log })
  const bookings = bookClient({ url: env.BOOK_URL, sign, log })
  const charging = chargingOf(env.PAYMENT_PROVIDER)
  const ports: Ports = {
    rooms: prismaRooms(database, relay.wake),
    ...{ bookings, places, calendar, charging, newId: v7 },
  }
  const refusals = recordRefusals({ name: 'room', database, afterCommit: relay.wake, log })
  const server = subgraphServer({
    name: 'room',
    schemaFile: `${import.meta.dirname}/../schema.graphql`,
    resolvers: resolvers(ports, prismaListings(searches.database)),
    policy,
    find: { Room: (id) => ports.rooms.find(idOrNone(id)) },
    onRefused: refusals.note,
    keys: env.IDENTITY_KEYS,
    port: env.PORT,
    host: env.HOST,
    maxAgeMs: env.CONNECTION_MAX_AGE_MS,
    log,
  })
  const consumer = whileLeading(relay, log, () => eventConsumer({ bus, database, log }))
  // No request needs NATS: while it is away, rooms are registered and found as ever, and events wait where they are.
  const texts = textIndex(database, log)
  return [
    part,
    searches.part,
    texts,
    { ...bus, optional: true },
    relay,
    bookings.part,
    refusals,
    server,
    consumer,
  ]
}

/** What mending rooms by hand needs; what it announces is published by the service. */
export function composeMend(env: MendEnv) {
  const { database, part } = openDatabase(env.ROOM_DATABASE_URL, 2)
  const world = { rooms: prismaRooms(database, () => {}), stored: prismaStoredRooms(database), places }
  return { world, close: async () => part.stop?.() }
}
