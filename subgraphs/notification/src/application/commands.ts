import { judge } from '../domain/delivery.ts'
import { type Flaw, flawOf, type PushSubscription } from '../domain/push-subscription.ts'
import type { Carrier, Clock, Deliveries, Delivery, PushSubscriptions } from './ports.ts'

/** Sends a user's notifications to a browser, too; answers what is wrong with the subscription, or null. */
export async function subscribeToPush(
  userId: string,
  subscription: PushSubscription,
  ports: { subscriptions: PushSubscriptions; services: readonly string[]; clock: Clock },
): Promise<Flaw | null> {
  const flaw = flawOf(subscription, ports.services)
  if (!flaw) await ports.subscriptions.save(userId, subscription, ports.clock())
  return flaw
}

/** Makes one attempt to deliver. Answers what became of it, and when that is written down. */
export async function attempt(
  delivery: Delivery,
  ports: { carrier: Carrier; deliveries: Deliveries; clock: Clock },
) {
  const outcome = await ports.carrier
    .deliver(delivery)
    .catch((error: unknown) => ({ kind: 'failed' as const, why: String(error) }))
  const verdict = judge(outcome, delivery.attempt, ports.clock().getTime() - delivery.sentAt.getTime())
  return { verdict, written: ports.deliveries.settle(delivery, verdict) }
}
