import { fileURLToPath } from 'node:url'
import { createBus } from '@myhotel/kit/bus'
import { createSigner } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import { createRelay } from '@myhotel/kit/outbox'
import { recordRefusals } from '@myhotel/kit/refusals'
import { subgraphServer } from '@myhotel/kit/serve'
import type { Part } from '@myhotel/kit/service'
import { whileLeading } from '@myhotel/kit/while-leading'
import { tellWork } from '@myhotel/kit/work'
import { v7 as newId } from 'uuid'
import { bookClient } from './adapters/book-client.ts'
import { openDatabase } from './adapters/database.ts'
import { eventConsumer } from './adapters/event-consumer.ts'
import { resolvers } from './adapters/graphql.ts'
import { policy } from './adapters/policy.ts'
import { prismaAgentActions } from './adapters/prisma-agent-actions.ts'
import { prismaAuditTrail } from './adapters/prisma-audit-trail.ts'
import { prismaComplaints } from './adapters/prisma-complaints.ts'
import { roomClient } from './adapters/room-client.ts'
import { serviceAt } from './adapters/service-call.ts'
import type { Ports } from './application/ports.ts'
import type { Env } from './env.ts'

/** Puts servicecenter together. Its parts start in this order and stop in the reverse one. */
export async function compose(env: Env, log: Logger): Promise<Part[]> {
  const { database, part } = openDatabase(
    env.SERVICECENTER_DATABASE_URL,
    env.SERVICECENTER_DATABASE_CONNECTIONS,
    log,
  )
  tellWork({ database, consumer: 'servicecenter' })
  const bus = createBus({ url: env.NATS_URL, replicas: env.NATS_REPLICAS, name: 'servicecenter', log })
  const relay = createRelay({
    databaseUrl: env.SERVICECENTER_DIRECT_DATABASE_URL ?? env.SERVICECENTER_DATABASE_URL,
    bus,
    log,
  })
  const sign = await createSigner(env.IDENTITY_PRIVATE_KEY, log)
  const book = serviceAt({ name: 'book', url: env.BOOK_URL, sign, log })
  const room = serviceAt({ name: 'room', url: env.ROOM_URL, sign, log })
  const ports: Ports = {
    complaints: prismaComplaints(database, () => relay.wake()),
    agentActions: prismaAgentActions(database),
    auditTrail: prismaAuditTrail(database),
    bookings: bookClient(book),
    rooms: roomClient(room),
    now: () => new Date().toISOString(),
    newId,
  }
  const refusals = recordRefusals({ name: 'servicecenter', database, afterCommit: relay.wake, log })
  const server = subgraphServer({
    name: 'servicecenter',
    schemaFile: fileURLToPath(new URL('../schema.graphql', import.meta.url)),
    resolvers: resolvers(ports),
    policy,
    onRefused: refusals.note,
    keys: env.IDENTITY_KEYS,
    port: env.PORT,
    host: env.HOST,
    maxAgeMs: env.CONNECTION_MAX_AGE_MS,
    log,
  })
  const consumer = whileLeading(relay, log, () => eventConsumer({ bus, database, log }))
  // No request needs NATS: while it is away, events wait where they are.
  return [part, { ...bus, optional: true }, relay, book.part, room.part, refusals, server, consumer]
}
