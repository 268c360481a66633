import type { Bus, Delivery, Envelope, Verdict } from '@myhotel/kit/bus'
import { correlated } from '@myhotel/kit/context'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { ReplyError } from 'ioredis'
import type { DeadLetters, PageStore } from '../application/ports.ts'
import { emptyStepOf, stepOf } from '../application/steps.ts'
import { contexts, type StartOfDay } from '../views/project.ts'

/** An early event is asked for again so often, then it is set aside in the store until the missing one comes. */
const patience = 5
/** After so many refusals of the store an event becomes a dead letter. A store that is away refuses nothing. */
const mostAttempts = 10
const pause = (attempt: number) => Math.min(30_000, 100 * 2 ** Math.min(attempt, 12))

/**
 * Follows the events of all contexts, many aggregates at a time, so that their steps travel to the store together.
 * `onAbsent` is told when there is no page to apply them to.
 */
export function followEvents(options: {
  durable: string
  bus: Bus
  store: PageStore
  deadLetters: DeadLetters
  startOfDay: StartOfDay
  onAbsent(): void
  log: Logger
}): Part {
  const { bus, store, deadLetters, log } = options

  async function take(delivery: Delivery): Promise<Verdict> {
    const { envelope, attempt } = delivery
    if (!envelope) return bury(delivery, new Error('not an event'))
    const step = read(envelope)
    if (step instanceof Error) return bury(delivery, step)
    try {
      const outcome = await store.apply(step, attempt > patience)
      if (outcome === 'absent') options.onAbsent()
      return outcome === 'early' && attempt <= patience ? { retryAfterMs: 100 * attempt } : 'done'
    } catch (error) {
      if (error instanceof ReplyError && attempt >= mostAttempts) return bury(delivery, error as Error)
      throw error
    }
  }

  function read(envelope: Envelope) {
    try {
      return stepOf(envelope, options.startOfDay)
    } catch (error) {
      return error as Error
    }
  }

  /** The event is kept aside and stepped over, so that those after it may come. */
  async function bury(delivery: Delivery, error: Error): Promise<Verdict> {
    const { envelope, subject } = delivery
    await deadLetters.bury(delivery, String(error))
    if (envelope) await store.apply(emptyStepOf(envelope), true)
    log.error({ err: error, subject, eventId: envelope?.id }, 'dead letter')
    return 'unusable'
  }

  async function handle(delivery: Delivery): Promise<Verdict> {
    const { envelope, attempt } = delivery
    try {
      return await (envelope ? correlated(envelope, () => take(delivery)) : take(delivery))
    } catch (error) {
      // While Redis is away this is true of every event, and the connection has said so.
      const level = error instanceof ReplyError ? 'warn' : 'debug'
      log[level]({ err: error, eventId: envelope?.id, attempt }, 'event not applied, trying again')
      return { retryAfterMs: pause(attempt) }
    }
  }

  const parts = contexts.map((context) =>
    bus.consume({ context, durable: options.durable, concurrency: 200, handle }),
  )
  return {
    name: 'events',
    async start(health) {
      await Promise.all(parts.map((part) => part.start?.(health)))
    },
    async stop() {
      await Promise.all(parts.map((part) => part.stop?.()))
    },
  }
}
