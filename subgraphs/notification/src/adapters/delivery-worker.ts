import { correlated, newCorrelation } from '@myhotel/kit/context'
import type { Logger } from '@myhotel/kit/logger'
import { type Loop, loop } from '@myhotel/kit/loop'
import { type Span, SpanKind, traced } from '@myhotel/kit/tracing'
import { attempt } from '../application/commands.ts'
import type { Carrier, Clock, Deliveries, Delivery } from '../application/ports.ts'

/** How many are taken from the store together, for each that is carried at a time. */
const ahead = 6
/** Longer than any carrier takes for all of them. */
const leaseMs = 180_000

/**
 * Carries what is due by one channel, several at a time. Each channel has a worker of its own, and each delivery its
 * own retries: neither waits for the other. Any number of replicas may work on a channel.
 */
export function deliveryWorker(options: {
  carrier: Carrier
  deliveries: Deliveries
  atATime: number
  clock: Clock
  log: Logger
}): Loop {
  const { carrier, deliveries, atATime, log } = options
  const waiting: Delivery[] = []
  const underWay = new Set<Promise<void>>()
  /** Carried, and not written down yet: the next ones do not wait for that. */
  const writing = new Set<Promise<void>>()

  /** What a delivery causes belongs to what it tells of. */
  function carry(delivery: Delivery): Promise<void> {
    const { notificationId, channel, under } = delivery
    const attributes = {
      'myhotel.notification.id': notificationId,
      'myhotel.delivery.attempt': delivery.attempt,
    }
    return correlated(under ?? newCorrelation(), () =>
      traced(`deliver ${channel}`, { kind: SpanKind.CLIENT, attributes }, (span) => deliver(delivery, span)),
    )
  }

  async function deliver(delivery: Delivery, span: Span | undefined) {
    const { notificationId, channel } = delivery
    const { verdict, written } = await attempt(delivery, options)
    span?.set({ 'myhotel.delivery.state': verdict.state })
    keep(
      writing,
      written.catch((error: unknown) =>
        log.error({ err: error, notificationId }, 'attempt not written down'),
      ),
    )
    if (verdict.state === 'DELIVERED') return
    const level = verdict.state === 'GIVEN_UP' ? 'error' : 'warn'
    log[level]({ notificationId, channel, attempt: delivery.attempt, ...verdict }, 'not delivered')
  }

  const worker = loop({
    name: `delivery ${carrier.channel}`,
    everyMs: 500,
    log,
    async work() {
      if (waiting.length === 0)
        waiting.push(...(await deliveries.take(carrier.channel, atATime * ahead, leaseMs)))
      if (waiting.length === 0) return false
      while (underWay.size < atATime) {
        const delivery = waiting.shift()
        if (!delivery) break
        keep(underWay, carry(delivery))
      }
      if (underWay.size >= atATime) await Promise.race(underWay)
      return true
    },
  })
  return {
    ...worker,
    async stop() {
      await worker.stop?.()
      const back = { state: 'PENDING', why: 'the worker was stopped', againInMs: 0 } as const
      await Promise.all([...underWay, ...waiting.map((delivery) => deliveries.settle(delivery, back))])
      await Promise.all(writing)
      await carrier.close()
    },
  }
}

/** Keeps a promise among those that are not fulfilled yet. */
function keep(promises: Set<Promise<void>>, promise: Promise<void>): void {
  const kept = promise.finally(() => promises.delete(kept))
  promises.add(kept)
}
