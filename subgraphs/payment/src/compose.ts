import { createBus } from '@myhotel/kit/bus'
import { withFailpoints } from '@myhotel/kit/failpoint'
import type { Logger } from '@myhotel/kit/logger'
import { loop } from '@myhotel/kit/loop'
import { createRelay } from '@myhotel/kit/outbox'
import { recordRefusals } from '@myhotel/kit/refusals'
import { subgraphServer } from '@myhotel/kit/serve'
import type { Part } from '@myhotel/kit/service'
import { subscribe } from '@myhotel/kit/subscription'
import { whileLeading } from '@myhotel/kit/while-leading'
import { tellWork } from '@myhotel/kit/work'
import { v7 } from 'uuid'
import { openDatabase } from './adapters/database.ts'
import { reactions } from './adapters/event-consumer.ts'
import { createResolvers } from './adapters/graphql.ts'
import { policy } from './adapters/policy.ts'
import { prismaPayments } from './adapters/prisma-payments.ts'
import { createProvider } from './adapters/provider.ts'
import { unsettledWork } from './adapters/unsettled.ts'
import { createCommands } from './application/commands.ts'
import type { Ports } from './application/ports.ts'
import { createRecovery, mostAtOnce, type RefusedRefund, type Setback } from './application/recovery.ts'
import type { Env } from './env.ts'

/** A step that was tried so often without success is an operator's business. */
const alarmingTries = 10

/** Payment's parts, put together: the only place where adapters meet the application. */
export function compose(env: Env, log: Logger): Part[] {
  const { database, part } = openDatabase(env.PAYMENT_DATABASE_URL, env.PAYMENT_DATABASE_CONNECTIONS, log)
  tellWork({ database, consumer: 'payment', more: unsettledWork })
  const bus = createBus({ url: env.NATS_URL, replicas: env.NATS_REPLICAS, name: 'payment', log })
  const relay = createRelay({
    databaseUrl: env.PAYMENT_DIRECT_DATABASE_URL ?? env.PAYMENT_DATABASE_URL,
    bus,
    log,
  })
  const { provider, part: providerPart } = createProvider({
    kind: env.PAYMENT_PROVIDER,
    url: env.PAYMENT_PROVIDER_URL,
    secretKey: env.STRIPE_SECRET_KEY,
    withinMs: env.PAYMENT_PROVIDER_WITHIN_MS,
    // Room for the worker beside the approvals.
    concurrent: env.PAYMENT_MOST_APPROVALS + mostAtOnce,
    breakMs: env.PAYMENT_BREAK_MS,
  })
  const ports: Ports = {
    payments: withFailpoints('payments', prismaPayments(database, relay.wake)),
    provider: withFailpoints('provider', provider),
    now: Date.now,
    newId: v7,
  }
  const chargeWithinMs = env.PAYMENT_PROVIDER_WITHIN_MS

  const report = (setback: Setback) =>
    log[setback.tries < alarmingTries ? 'warn' : 'error'](setback, 'a payment is not settled yet')
  const alarm = (refused: RefusedRefund) =>
    log.error(
      { alarm: 'REFUND_REFUSED', ...refused },
      'refund refused by the payment provider: it is a dead letter until `npm run dead-letters -- retry`',
    )
  const recovery = createRecovery(ports, { chargeWithinMs, report, alarm })
  const worker = loop({ name: 'recovery', everyMs: 500, log, work: recovery.work })

  const limits = { chargeWithinMs, mostApprovals: env.PAYMENT_MOST_APPROVALS }
  const commands = createCommands(ports, limits, worker.wake)
  const refusals = recordRefusals({ name: 'payment', database, afterCommit: relay.wake, log })
  const graphql = subgraphServer({
    name: 'payment',
    schemaFile: `${import.meta.dirname}/../schema.graphql`,
    resolvers: createResolvers(commands, ports.payments),
    policy,
    onRefused: refusals.note,
    keys: env.IDENTITY_KEYS,
    port: env.PORT,
    host: env.HOST,
    maxAgeMs: env.CONNECTION_MAX_AGE_MS,
    log,
  })
  const subscription = whileLeading(relay, log, () =>
    subscribe({
      consumer: 'payment',
      bus,
      database,
      reactions: reactions(Date.now),
      log,
      // It moves money: it may be late, but not lost.
      neverGiveUp: true,
      afterCommit() {
        relay.wake()
        worker.wake()
      },
    }),
  )
  // No request needs NATS: while it is away, payments are approved and refunded, and events wait in the outbox.
  return [part, { ...bus, optional: true }, relay, providerPart, worker, refusals, graphql, subscription]
}
