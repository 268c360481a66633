import type { Logger } from '@myhotel/kit/logger'
import { type Loop, loop } from '@myhotel/kit/loop'
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

  async function carry(delivery: Delivery) {
    try {
      const verdict = await attempt(delivery, options)
      if (verdict.state === 'DELIVERED') return
      const { notificationId, channel } = delivery
      const level = verdict.state === 'GIVEN_UP' ? 'error' : 'warn'
      log[level]({ notificationId, channel, attempt: delivery.attempt, ...verdict }, 'not delivered')
    } catch (error) {
      log.error({ err: error, notificationId: delivery.notificationId }, 'attempt not written down')
    }
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
        const carried = carry(delivery).finally(() => underWay.delete(carried))
        underWay.add(carried)
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
      await carrier.close()
    },
  }
}
