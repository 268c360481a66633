import { fileURLToPath } from 'node:url'
import { createBus } from '@myhotel/kit/bus'
import type { Logger } from '@myhotel/kit/logger'
import { createRelay } from '@myhotel/kit/outbox'
import { recordRefusals } from '@myhotel/kit/refusals'
import { subgraphServer } from '@myhotel/kit/serve'
import type { Part } from '@myhotel/kit/service'
import { whileLeading } from '@myhotel/kit/while-leading'
import { tellWork } from '@myhotel/kit/work'
import { openDatabase } from './adapters/database.ts'
import { eventConsumer } from './adapters/event-consumer.ts'
import { resolvers } from './adapters/graphql.ts'
import { policy } from './adapters/policy.ts'
import { prismaPopularityOf } from './adapters/prisma-counts.ts'
import type { Env } from './env.ts'

/** Puts marketing together. Its parts start in this order and stop in the reverse one. */
export function compose(env: Env, log: Logger): Part[] {
  const { database, part } = openDatabase(env.MARKETING_DATABASE_URL, env.MARKETING_DATABASE_CONNECTIONS, log)
  tellWork({ database, consumer: 'marketing' })
  const bus = createBus({ url: env.NATS_URL, replicas: env.NATS_REPLICAS, name: 'marketing', log })
  const relay = createRelay({
    databaseUrl: env.MARKETING_DIRECT_DATABASE_URL ?? env.MARKETING_DATABASE_URL,
    bus,
    log,
  })
  const refusals = recordRefusals({ name: 'marketing', database, afterCommit: relay.wake, log })
  const server = subgraphServer({
    name: 'marketing',
    schemaFile: fileURLToPath(new URL('../schema.graphql', import.meta.url)),
    resolvers: resolvers(prismaPopularityOf(database)),
    policy,
    onRefused: refusals.note,
    keys: env.IDENTITY_KEYS,
    port: env.PORT,
    host: env.HOST,
    maxAgeMs: env.CONNECTION_MAX_AGE_MS,
    log,
  })
  const clock = () => new Date()
  const consumer = whileLeading(relay, log, () =>
    eventConsumer({ bus, database, clock, log, afterCommit: () => relay.wake() }),
  )
  // No request needs NATS: while it is away, popularity is still told, and events wait where they are.
  return [part, { ...bus, optional: true }, relay, refusals, server, consumer]
}
