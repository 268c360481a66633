import type { EventContract } from '@myhotel/contracts/event'
import { bulkhead } from 'cockatiel'
import type { Bus, Delivery, Envelope, Verdict } from './bus.ts'
import { correlated } from './context.ts'
import { failpoint } from './failpoint.ts'
import { buryDeadLetter, receive, takeDeadLetter } from './inbox.ts'
import type { Logger } from './logger.ts'
import { loop } from './loop.ts'
import type { Part } from './service.ts'
import type { Database, Sql } from './sql.ts'

/** What a subscriber does about one kind of event, inside the transaction that also marks it as received. */
export type Reaction<Tx> = {
  readonly contract: EventContract
  react(data: unknown, tx: Tx, envelope: Envelope): Promise<void>
}

/** Binds a policy to the contract of the event it reacts to: data that does not fit never reaches it. */
export function on<Data, Tx>(
  contract: EventContract<string, Data>,
  react: (data: Data, tx: Tx, envelope: Envelope) => Promise<void>,
): Reaction<Tx> {
  return { contract, react: (data, tx, envelope) => react(contract.schema.parse(data), tx, envelope) }
}

/**
 * Events that one consumer works on at a time, whatever the number of contexts: fewer than a pool has connections, so
 * that a request never waits for a backlog of events.
 */
const eventsAtATime = 6

/** After so many failures an event becomes a dead letter, unless its policy may never give up. */
const mostAttempts = 10
const longestPauseMs = 30_000
const pause = (attempt: number) => Math.min(longestPauseMs, 100 * 2 ** Math.min(attempt, 12))

/**
 * The subscription of one consumer (a subgraph's name) to the contexts whose events it reacts to. Effect and inbox
 * row commit together; every event of the context is received, also those without a reaction, so that the order
 * within an aggregate can be checked. `neverGiveUp` is for policies that move money: no dead letter, an alarm in
 * the log. `afterCommit` is told when something may have been written (to wake a relay or a worker).
 */
export function subscribe<Tx extends Sql>(options: {
  consumer: string
  bus: Bus
  database: Database<Tx>
  reactions: readonly Reaction<Tx>[]
  log: Logger
  concurrency?: number
  neverGiveUp?: boolean
  afterCommit?: () => void
}): Part {
  const { consumer, bus, database, log, concurrency = eventsAtATime } = options
  const turns = bulkhead(concurrency, Number.POSITIVE_INFINITY)
  const byType = new Map(options.reactions.map((reaction) => [reaction.contract.type, reaction]))
  const contexts = [...new Set(options.reactions.map((reaction) => reaction.contract.context))]

  async function take(envelope: Envelope): Promise<Verdict> {
    failpoint('event:before-effect')
    const arrival = await database.$transaction(async (tx) => {
      const arrived = await receive(tx, consumer, envelope)
      if (arrived === 'next') await byType.get(envelope.type)?.react(envelope.data, tx, envelope)
      failpoint('event:before-commit')
      return arrived
    })
    failpoint('event:before-ack')
    if (arrival === 'next') options.afterCommit?.()
    return arrival === 'early' ? { retryAfterMs: 250 } : 'done'
  }

  /** The event is received, so that those after it may come, and kept aside. */
  async function bury(delivery: Delivery, error: string): Promise<Verdict> {
    const { envelope, subject, body, sequence } = delivery
    await database.$transaction(async (tx) => {
      if (envelope) await receive(tx, consumer, envelope)
      const eventId = envelope?.id ?? `${subject}#${sequence}`
      await buryDeadLetter(tx, { consumer, eventId, subject, envelope: envelope ?? body, error })
    })
    log.error({ subject, eventId: envelope?.id, error }, 'dead letter')
    return 'unusable'
  }

  async function handle(delivery: Delivery): Promise<Verdict> {
    const { envelope, attempt } = delivery
    if (!envelope) return bury(delivery, 'not an event')
    return correlated(envelope, async () => {
      try {
        return await take(envelope)
      } catch (error) {
        const unusable = error instanceof Error && error.name === 'ZodError'
        const giveUp = unusable || (!options.neverGiveUp && attempt >= mostAttempts)
        if (giveUp) return bury(delivery, String(error))
        const level = attempt >= mostAttempts ? 'error' : 'warn'
        log[level]({ err: error, eventId: envelope.id, attempt }, 'event not handled, trying again')
        return { retryAfterMs: pause(attempt) }
      }
    })
  }

  const inTurn = (delivery: Delivery) => turns.execute(() => handle(delivery))

  const retries = loop({
    name: `dead letters of ${consumer}`,
    everyMs: 1_000,
    log,
    work: () =>
      database.$transaction(async (tx) => {
        const envelope = await takeDeadLetter(tx, consumer)
        if (!envelope?.type) return false
        await correlated(envelope, async () => byType.get(envelope.type)?.react(envelope.data, tx, envelope))
        log.info({ eventId: envelope.id }, 'dead letter taken in')
        return true
      }),
  })
  const parts = [
    ...contexts.map((context) => bus.consume({ context, durable: consumer, concurrency, handle: inTurn })),
    retries,
  ]
  return {
    name: `subscription ${consumer}`,
    async start(health) {
      await Promise.all(parts.map((part) => part.start?.(health)))
    },
    async stop() {
      await Promise.all(parts.map((part) => part.stop?.()))
    },
  }
}
