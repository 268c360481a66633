import type { Attributes } from '@opentelemetry/api'
import { createHistogram } from './histogram.ts'
import { tell } from './metrics.ts'
import { survey } from './survey.ts'

/** A pool of connections to a database. */
export type CountedPool = {
  readonly name: string
  readonly most: number
  counts(): { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number }
  isClosed(): boolean
}

/** All pools of this process; those of one name are one in what is told. */
export const pools = new Set<CountedPool>()

/** A circuit breaker before calls to somebody. */
export type CountedBreaker = {
  /** Who is called: `payment`, `payment-provider`. */
  readonly callee: string
  /** Which calls go through it. */
  readonly calls: string
  isOpen(): boolean
}

const breakers = new Set<CountedBreaker>()
const notMade = new Map<string, { readonly attributes: Attributes; count: number }>()

/**
 * Has a breaker counted until `end`; those before the same calls, to several replicas, are one in what is told. `refused`
 * counts a call that was not let through.
 */
export function countBreaker(breaker: CountedBreaker): { refused(): void; end(): void } {
  const { callee, calls } = breaker
  const key = `${callee} ${calls}`
  const counted = notMade.get(key) ?? { attributes: { callee, calls }, count: 0 }
  notMade.set(key, counted)
  breakers.add(breaker)
  return {
    refused() {
      counted.count += 1
    },
    end: () => void breakers.delete(breaker),
  }
}

/** Consumers of streams in this process: `unprocessed` asks how many events are not done with. */
export type CountedConsumer = {
  readonly consumer: string
  readonly context: string
  unprocessed(): Promise<number>
}

const consumers = new Map<CountedConsumer, () => Promise<number | undefined>>()

/** Has a consumer counted until what is returned is called. */
export function countConsumer(consumer: CountedConsumer): () => void {
  consumers.set(consumer, survey(consumer.unprocessed))
  return () => void consumers.delete(consumer)
}

/** Relays of this process: whether each is the one that publishes what its database has. */
export const relays = new Set<{ leads(): boolean }>()

/** From when an event happened to when a consumer was done with it. */
export const recordEventDelay = createHistogram({
  name: 'myhotel.event.delay.seconds',
  description: 'From when an event happened to when a consumer was done with it.',
  labels: ['consumer', 'context'],
  boundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600],
})

tell({
  kind: 'amount',
  name: 'db.client.connection.count',
  description: 'Connections to a database, used and idle.',
  read: () => [
    ...ofPools((pool) => pool.counts().idleCount, { 'db.client.connection.state': 'idle' }),
    ...ofPools((pool) => pool.counts().totalCount - pool.counts().idleCount, {
      'db.client.connection.state': 'used',
    }),
  ],
})
tell({
  kind: 'amount',
  name: 'db.client.connection.max',
  description: 'Connections to a database that this process may open.',
  read: () => ofPools(({ most }) => most),
})
tell({
  kind: 'amount',
  name: 'db.client.connection.pending_requests',
  description: 'Who waits for a free connection to a database.',
  read: () => ofPools((pool) => pool.counts().waitingCount),
})

function ofPools(count: (pool: CountedPool) => number, more: Attributes = {}) {
  const sums = new Map<string, number>()
  for (const pool of pools) {
    if (pool.isClosed()) pools.delete(pool)
    else sums.set(pool.name, (sums.get(pool.name) ?? 0) + count(pool))
  }
  return [...sums].map(([name, sum]) => [sum, { 'db.client.connection.pool.name': name, ...more }] as const)
}

tell({
  kind: 'amount',
  name: 'myhotel.breaker.open',
  description: 'Circuit breakers that are open, of those before calls to a service or a third party.',
  read() {
    const sums = new Map<string, readonly [number, Attributes]>()
    for (const { callee, calls, isOpen } of breakers) {
      const key = `${callee} ${calls}`
      const [sum = 0] = sums.get(key) ?? []
      sums.set(key, [sum + (isOpen() ? 1 : 0), { callee, calls }])
    }
    return sums.values()
  },
})
tell({
  kind: 'growing',
  name: 'myhotel.breaker.calls.refused',
  description: 'Calls that were not made, because a breaker was open or too many were under way.',
  read: () => [...notMade.values()].map(({ attributes, count }) => [count, attributes] as const),
})
tell({
  kind: 'level',
  name: 'myhotel.consumer.unprocessed',
  description: 'Events in a stream that a consumer is not done with.',
  async read() {
    const asked = [...consumers].map(async ([{ consumer, context }, ask]) => ({
      consumer,
      context,
      found: await ask(),
    }))
    const told = await Promise.all(asked)
    return told.flatMap(({ found, ...attributes }) =>
      found === undefined ? [] : [[found, attributes] as const],
    )
  },
})
tell({
  kind: 'amount',
  name: 'myhotel.relay.leading',
  description: 'Whether the relay of this process is the one that publishes what its database has.',
  read: () => [...relays].map(({ leads }) => [leads() ? 1 : 0] as const),
})
