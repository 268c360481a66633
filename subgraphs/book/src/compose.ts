import { createBus } from '@myhotel/kit/bus'
import { chargingOf } from '@myhotel/kit/charging'
import { correlated } from '@myhotel/kit/context'
import { withFailpoints } from '@myhotel/kit/failpoint'
import { createSigner } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import { loop } from '@myhotel/kit/loop'
import { createRelay } from '@myhotel/kit/outbox'
import { recordRefusals } from '@myhotel/kit/refusals'
import { subgraphServer } from '@myhotel/kit/serve'
import type { Part } from '@myhotel/kit/service'
import { subscribe } from '@myhotel/kit/subscription'
import { traced } from '@myhotel/kit/tracing'
import { whileLeading } from '@myhotel/kit/while-leading'
import { tellWork } from '@myhotel/kit/work'
import { dateIn, instantAt, isUsableTimeZone } from '@myhotel/kit/zone'
import { v7 } from 'uuid'
import { openDatabase } from './adapters/database.ts'
import { reactions } from './adapters/event-consumer.ts'
import { finders, resolvers } from './adapters/graphql.ts'
import { paymentClient } from './adapters/payment-client.ts'
import { paymentRecords } from './adapters/payment-records.ts'
import { policy } from './adapters/policy.ts'
import { prismaAttempts } from './adapters/prisma-attempts.ts'
import { prismaBlocks } from './adapters/prisma-blocks.ts'
import { prismaBookings } from './adapters/prisma-bookings.ts'
import { prismaListings } from './adapters/prisma-listings.ts'
import { reconciliation } from './adapters/reconciliation.ts'
import { roomClient } from './adapters/room-client.ts'
import { unsettledWork } from './adapters/unsettled.ts'
import type { Calendar, Ports } from './application/ports.ts'
import { recoverAttempts } from './application/recover.ts'
import type { Env } from './env.ts'

/** How many attempts one pass of the recovery worker takes over. */
const recoveredAtOnce = 20

/** Longer than an attempt that nobody works on any more takes to be settled, once it may hold its nights no longer. */
const settlingMs = 30_000

/** The system clock, and the time zones as the runtime knows them. */
export const calendar: Calendar = {
  now: () => Date.now(),
  knows: isUsableTimeZone,
  today: (timeZone) => dateIn(timeZone, new Date()),
  instantAt: (date, time, timeZone) => instantAt(date, time, timeZone).getTime(),
}

/** Book's parts, put together: the only place where adapters meet the application. */
export async function compose(env: Env, log: Logger): Promise<Part[]> {
  const sign = await createSigner(env.IDENTITY_PRIVATE_KEY, log)
  const { database, part } = openDatabase(env.BOOK_DATABASE_URL, env.BOOK_DATABASE_CONNECTIONS, log)
  tellWork({ database, consumer: 'book', more: unsettledWork })
  const bus = createBus({ url: env.NATS_URL, replicas: env.NATS_REPLICAS, name: 'book', log })
  const relay = createRelay({ databaseUrl: env.BOOK_DIRECT_DATABASE_URL ?? env.BOOK_DATABASE_URL, bus, log })
  const payments = paymentClient({
    ...{ url: env.PAYMENT_URL, sign, log },
    concurrent: env.PAYMENT_CONCURRENCY,
    holdMs: env.ATTEMPT_HOLD_MS,
  })
  const rooms = roomClient({ url: env.ROOM_URL, sign, log })
  const times = { lease: env.ATTEMPT_LEASE_MS, hold: env.ATTEMPT_HOLD_MS }

  const ports: Ports = {
    listings: prismaListings(database, rooms),
    attempts: withFailpoints('attempts', prismaAttempts(database, times, relay.wake)),
    bookings: withFailpoints('bookings', prismaBookings(database, relay.wake)),
    blocks: prismaBlocks(database, v7, relay.wake),
    payments: withFailpoints('payments', payments),
    calendar,
    charging: chargingOf(env.PAYMENT_PROVIDER),
    newId: v7,
  }
  const recovery = loop({
    name: 'recovery',
    everyMs: 500,
    log,
    work: () =>
      recoverAttempts(ports, recoveredAtOnce, (correlation, work) =>
        correlated(correlation, () => traced('recover attempt', {}, work)),
      ),
  })
  const records = paymentRecords({ url: env.PAYMENT_URL, sign, log })
  const { make: reconciler } = reconciliation(
    { ...ports, payments: records },
    { everyMs: env.RECONCILE_EVERY_MS, settledAfterMs: env.ATTEMPT_HOLD_MS + settlingMs, log },
  )
  const calls: Part = {
    name: 'calls',
    async stop() {
      await Promise.all([payments.close(), rooms.close(), records.close()])
    },
  }
  const refusals = recordRefusals({ name: 'book', database, afterCommit: relay.wake, log })
  const graphql = subgraphServer({
    name: 'book',
    schemaFile: `${import.meta.dirname}/../schema.graphql`,
    resolvers: resolvers(ports),
    policy,
    find: finders(ports),
    onRefused: refusals.note,
    keys: env.IDENTITY_KEYS,
    port: env.PORT,
    host: env.HOST,
    maxAgeMs: env.CONNECTION_MAX_AGE_MS,
    log,
  })
  const subscription = whileLeading(relay, log, () =>
    subscribe({
      consumer: 'book',
      bus,
      database,
      reactions: reactions(calendar),
      log,
      neverGiveUp: true,
      afterCommit: relay.wake,
    }),
  )
  const comparison = whileLeading(relay, log, reconciler)
  return [
    part,
    { ...bus, optional: true },
    relay,
    calls,
    refusals,
    graphql,
    subscription,
    recovery,
    comparison,
  ]
}
