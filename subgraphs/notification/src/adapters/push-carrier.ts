import webPush from 'web-push'
import type { Carrier, Delivery, PushSubscriptions } from '../application/ports.ts'
import type { PushSubscription } from '../domain/push-subscription.ts'

export type VapidKeys = {
  readonly publicKey: string
  readonly privateKey: string
  /** `mailto:` or `https:` address of whoever runs the hotel. */
  readonly subject: string
}

const answerWithinMs = 10_000
const keptForSeconds = 24 * 60 * 60

/**
 * Sends Web Push messages (RFC 8030, encrypted, VAPID) to all of a user's browsers. It is delivered as soon as one
 * has taken it; a browser that has gone is forgotten.
 */
export function webPushCarrier(options: { vapid: VapidKeys; subscriptions: PushSubscriptions }): Carrier {
  const { vapid, subscriptions } = options
  return {
    channel: 'PUSH',
    async deliver(delivery) {
      const { recipientId } = delivery.message
      const all = await subscriptions.of(recipientId)
      const answers = await Promise.all(all.map((subscription) => push(subscription, delivery, vapid)))
      const gone = all.filter((_, index) => answers[index] === 'gone')
      for (const { endpoint } of gone) await subscriptions.remove(recipientId, endpoint)
      if (answers.includes('taken')) return { kind: 'delivered' }
      const failure = answers.find((answer) => answer !== 'gone')
      if (failure) return { kind: 'failed', why: failure }
      return { kind: 'unreachable', why: 'the user has no browser that takes push messages' }
    },
    async close() {},
  }
}

/** `taken`, `gone`, or why it failed. */
async function push(subscription: PushSubscription, delivery: Delivery, vapidDetails: VapidKeys) {
  const { endpoint, p256dh, auth } = subscription
  const { notificationId: id, message } = delivery
  const { recipientId: _, ...shown } = message
  let details: ReturnType<typeof webPush.generateRequestDetails>
  try {
    details = webPush.generateRequestDetails(
      { endpoint, keys: { p256dh, auth } },
      JSON.stringify({ id, ...shown }),
      // The topic makes a second copy replace the first one as long as the browser has not fetched it.
      { vapidDetails, TTL: keptForSeconds, topic: id.replaceAll('-', ''), urgency: 'normal' },
    )
  } catch {
    // The key is no point of the curve: nothing can ever be encrypted for this browser.
    return 'gone'
  }
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: Object.entries(details.headers).map(([name, value]) => [name, String(value)]),
      body: details.body ? new Uint8Array(details.body) : null,
      redirect: 'error',
      signal: AbortSignal.timeout(answerWithinMs),
    })
    await response.body?.cancel()
    if (response.ok) return 'taken'
    return response.status === 404 || response.status === 410 ? 'gone' : `push service: ${response.status}`
  } catch (error) {
    return `push service: ${String(error)}`
  }
}
