import { fileURLToPath } from 'node:url'
import { createBus } from '@myhotel/kit/bus'
import type { Logger } from '@myhotel/kit/logger'
import { createRelay } from '@myhotel/kit/outbox'
import { recordRefusals } from '@myhotel/kit/refusals'
import { subgraphServer } from '@myhotel/kit/serve'
import type { Part } from '@myhotel/kit/service'
import { subscribe } from '@myhotel/kit/subscription'
import { whileLeading } from '@myhotel/kit/while-leading'
import { tellWork } from '@myhotel/kit/work'
import { templateAddressBook } from './adapters/address-book.ts'
import { openDatabase, type Transaction } from './adapters/database.ts'
import { deliveryWorker } from './adapters/delivery-worker.ts'
import { reactions } from './adapters/event-consumer.ts'
import { resolvers } from './adapters/graphql.ts'
import { mailCarrier } from './adapters/mail-carrier.ts'
import { policy } from './adapters/policy.ts'
import { prismaDeliveries } from './adapters/prisma-deliveries.ts'
import { outgoing, prismaNotifications } from './adapters/prisma-notifications.ts'
import { prismaPushSubscriptions } from './adapters/prisma-push-subscriptions.ts'
import { webPushCarrier } from './adapters/push-carrier.ts'
import { undeliveredWork } from './adapters/undelivered.ts'
import type { Env } from './env.ts'

const pushesAtATime = 10

/** The parts of this service, each started in this order. */
export function compose(env: Env, log: Logger): Part[] {
  const clock = () => new Date()
  const { database, part } = openDatabase(
    env.NOTIFICATION_DATABASE_URL,
    env.NOTIFICATION_DATABASE_CONNECTIONS,
    log,
  )
  const subscriptions = prismaPushSubscriptions(database)
  tellWork({ database, consumer: 'notification', more: undeliveredWork })
  const bus = createBus({ url: env.NATS_URL, replicas: env.NATS_REPLICAS, name: 'notification', log })
  const relay = createRelay({
    databaseUrl: env.NOTIFICATION_DIRECT_DATABASE_URL ?? env.NOTIFICATION_DATABASE_URL,
    bus,
    log,
  })

  const addresses = templateAddressBook(env.MAIL_ADDRESS_TEMPLATE)
  const mail = { smtpUrl: env.SMTP_URL, from: env.MAIL_FROM, connections: env.MAIL_CONNECTIONS, addresses }
  const carriers = [
    mailCarrier(mail),
    ...(env.vapid ? [webPushCarrier({ vapid: env.vapid, subscriptions })] : []),
  ]
  const channels = carriers.map(({ channel }) => channel)
  const deliveries = prismaDeliveries(database)
  const workers = carriers.map((carrier) =>
    deliveryWorker({
      ...{ carrier, deliveries, clock, log },
      atATime: carrier.channel === 'EMAIL' ? env.MAIL_CONNECTIONS : pushesAtATime,
    }),
  )

  const refusals = recordRefusals({ name: 'notification', database, afterCommit: relay.wake, log })
  const server = subgraphServer({
    name: 'notification',
    schemaFile: fileURLToPath(new URL('../schema.graphql', import.meta.url)),
    resolvers: resolvers({
      notifications: prismaNotifications(database),
      subscriptions,
      clock,
      push: env.vapid && { publicKey: env.vapid.publicKey, services: env.PUSH_SERVICES },
    }),
    policy,
    onRefused: refusals.note,
    keys: env.IDENTITY_KEYS,
    port: env.PORT,
    host: env.HOST,
    maxAgeMs: env.CONNECTION_MAX_AGE_MS,
    log,
  })
  const subscription = whileLeading(relay, log, () =>
    subscribe<Transaction>({
      consumer: 'notification',
      bus,
      database,
      reactions: reactions((tx: Transaction) => outgoing(tx, channels), clock),
      log,
      afterCommit() {
        relay.wake()
        for (const worker of workers) worker.wake()
      },
    }),
  )
  // What is in the inbox can be read while NATS is away.
  return [part, { ...bus, optional: true }, relay, refusals, server, subscription, ...workers]
}
