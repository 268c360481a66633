import type { EventContract } from '@myhotel/contracts/event'
import { bulkhead } from 'cockatiel'
import type { Bus, Delivery, Envelope, Verdict } from './bus.ts'
import { correlated } from './context.ts'
import { failpoint } from './failpoint.ts'
import { isPassingFailure } from './failures.ts'
import { gathered } from './gather.ts'
import { type Arrival, buryDeadLetter, receive, takeDeadLetter } from './inbox.ts'
import type { Logger } from './logger.ts'
import { loop } from './loop.ts'
import type { Part } from './service.ts'
import type { Database, Sql } from './sql.ts'

/** An event as a subscriber is given it, read by its contract. */
export type Received<Data> = { readonly data: Data; readonly envelope: Envelope }

/**
 * What a subscriber does about one kind of event, inside the transaction that also marks it as received. It is told of
 * several at once, each of another aggregate.
 */
export type Reaction<Tx> = {
  readonly contract: EventContract
  react(envelopes: readonly Envelope[], tx: Tx): Promise<void>
}

/** Binds a policy to the contract of the event it reacts to: data that does not fit never reaches it. */
export function on<Data, Tx>(
  contract: EventContract<string, Data>,
  react: (data: Data, tx: Tx, envelope: Envelope) => Promise<void>,
): Reaction<Tx> {
  return onAll(contract, async (events, tx: Tx) => {
    for (const { data, envelope } of events) await correlated(envelope, () => react(data, tx, envelope))
  })
}

/** As `on`, for a policy that takes all events that came together: a backlog then costs few statements. */
export function onAll<Data, Tx>(
  contract: EventContract<string, Data>,
  react: (events: readonly Received<Data>[], tx: Tx) => Promise<void>,
): Reaction<Tx> {
  const read = (envelope: Envelope) => ({ data: contract.schema.parse(envelope.data), envelope })
  return { contract, react: (envelopes, tx) => react(envelopes.map(read), tx) }
}

/**
 * Events of one consumer that are taken in by one transaction, whatever the number of contexts. There is one such
 * transaction at a time, so that a request never waits for a backlog of events.
 */
const eventsTogether = 100
/** Nobody waits for the effects of many events: they become fewer, larger transactions. */
const moreWithinMs = 50
/** Aggregates that are handed out at a time: while some are worked on, the next ones are here. */
const handedOut = 200
/** Events that are taken in one by one, after they could not be together. */
const eventsAtATime = 6

/**
 * After so many failures an event becomes a dead letter, unless its policy may never give up, or what failed is the
 * database: that says nothing of the event, however long it takes.
 */
const mostAttempts = 10
const longestPauseMs = 30_000
/** What waits for a database that is away is asked for soon after it is back. */
const longestPauseAwayMs = 2_000
/** What is not known to have arrived in its turn is asked for again soon. */
const verdictOf = (arrival: Arrival = 'early'): Verdict =>
  arrival === 'early' ? { retryAfterMs: 250 } : 'done'
const pause = (attempt: number, longest: number) => Math.min(longest, 100 * 2 ** Math.min(attempt, 12))

/**
 * The subscription of one consumer (a subgraph's name) to the contexts whose events it reacts to. Effects and inbox
 * rows commit together; every event of the context is received, also those without a reaction, so that the order
 * within an aggregate can be checked. `neverGiveUp` is for policies that move money: no dead letter, an alarm in
 * the log. `afterCommit` is told when something may have been written (to wake a relay or a worker).
 */
export function subscribe<Tx extends Sql>(options: {
  consumer: string
  bus: Bus
  database: Database<Tx>
  reactions: readonly Reaction<Tx>[]
  log: Logger
  neverGiveUp?: boolean
  afterCommit?: () => void
}): Part {
  const { consumer, bus, database, log } = options
  const turns = bulkhead(eventsAtATime, Number.POSITIVE_INFINITY)
  const byType = new Map(options.reactions.map((reaction) => [reaction.contract.type, reaction]))
  const contexts = [...new Set(options.reactions.map((reaction) => reaction.contract.context))]

  /** Takes events in, all or none; of those that are next in their aggregate, each kind together. */
  async function take(envelopes: readonly Envelope[]): Promise<Verdict[]> {
    failpoint('event:before-effect')
    const arrivals = await database.$transaction(async (tx) => {
      const arrived = await receive(tx, consumer, envelopes)
      const next = envelopes.filter(({ id }) => arrived.get(id) === 'next')
      for (const [type, ofType] of Map.groupBy(next, (envelope) => envelope.type)) {
        await byType.get(type)?.react(ofType, tx)
      }
      failpoint('event:before-commit')
      return envelopes.map(({ id }) => arrived.get(id) ?? 'early')
    })
    failpoint('event:before-ack')
    if (arrivals.includes('next')) options.afterCommit?.()
    return arrivals.map(verdictOf)
  }

  /** Where one of several events cannot be taken in, each is on its own: only that one waits or is put aside. */
  const takeTogether = gathered<Envelope, Verdict | 'apart'>({
    most: eventsTogether,
    waitMs: moreWithinMs,
    keyOf: ({ context, aggregateId }) => `${context}.${aggregateId}`,
    async work(envelopes) {
      try {
        return await take(envelopes)
      } catch (error) {
        if (envelopes.length === 1) throw error
        log.info({ err: error, events: envelopes.length }, 'events not handled together, trying one by one')
        return envelopes.map(() => 'apart')
      }
    },
  })

  async function takeOne(envelope: Envelope): Promise<Verdict> {
    const verdict = await takeTogether(envelope)
    if (verdict !== 'apart') return verdict
    // Its turn comes when another one's is over.
    const [own] = await turns.execute(() => correlated(envelope, () => take([envelope])))
    return own ?? 'done'
  }

  /** The event is received, so that those after it may come, and kept aside; not before those that it comes after. */
  async function bury(delivery: Delivery, error: string): Promise<Verdict> {
    const { envelope, subject, body, sequence } = delivery
    const arrival = await database.$transaction(async (tx) => {
      const arrived = envelope ? (await receive(tx, consumer, [envelope])).get(envelope.id) : 'next'
      if (arrived !== 'next') return arrived
      const eventId = envelope?.id ?? `${subject}#${sequence}`
      await buryDeadLetter(tx, { consumer, eventId, subject, envelope: envelope ?? body, error })
      return arrived
    })
    if (arrival !== 'next') return verdictOf(arrival)
    log.error({ subject, eventId: envelope?.id, error }, 'dead letter')
    return 'unusable'
  }

  async function handle(delivery: Delivery): Promise<Verdict> {
    const { envelope, attempt } = delivery
    if (!envelope) return bury(delivery, 'not an event')
    return correlated(envelope, async () => {
      try {
        return await takeOne(envelope)
      } catch (error) {
        const unusable = error instanceof Error && error.name === 'ZodError'
        const away = isPassingFailure(error)
        const giveUp = unusable || (!options.neverGiveUp && !away && attempt >= mostAttempts)
        if (giveUp) return bury(delivery, String(error))
        const level = attempt >= mostAttempts ? 'error' : 'warn'
        log[level]({ err: error, eventId: envelope.id, attempt }, 'event not handled, trying again')
        return { retryAfterMs: pause(attempt, away ? longestPauseAwayMs : longestPauseMs) }
      }
    })
  }

  const retries = loop({
    name: `dead letters of ${consumer}`,
    everyMs: 1_000,
    log,
    work: () =>
      database.$transaction(async (tx) => {
        const envelope = await takeDeadLetter(tx, consumer)
        if (!envelope?.type) return false
        await byType.get(envelope.type)?.react([envelope], tx)
        log.info({ eventId: envelope.id }, 'dead letter taken in')
        return true
      }),
  })
  const parts = [
    ...contexts.map((context) => bus.consume({ context, durable: consumer, concurrency: handedOut, handle })),
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
