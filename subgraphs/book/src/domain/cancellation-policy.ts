import type { Price } from './price.ts'
import type { CancellationPolicy, Money } from './stay.ts'

/** Who cancelled a booking. */
export type CanceledBy = 'GUEST' | 'HOST' | 'SERVICE_CENTER' | 'ROOM_DELETED'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs

/** What a policy gives back, by the time left until check-in. */
type RefundRule = (left: number, total: number, oneNight: number) => number

const refundRules: Record<CancellationPolicy, RefundRule> = {
  FLEXIBLE: (left, total, oneNight) => (left >= 24 * hourMs ? total : total - oneNight),
  MODERATE: (left, total) => (left >= 5 * dayMs ? total : half(total)),
  STRICT: (left, total) => (left >= 14 * dayMs ? total : left >= 7 * dayMs ? half(total) : 0),
}

/** Half of an amount, an odd minor unit staying with the host. */
const half = (amount: number) => Math.floor(amount / 2)

/**
 * What the guest gets back. Only a guest's own cancellation falls under the policy: whoever else cancels, all
 * comes back. `now` and `checkInAt` are milliseconds since the epoch.
 */
export function refundOf(
  stay: { policy: CancellationPolicy; price: Price; nights: number; checkInAt: number },
  canceledBy: CanceledBy,
  now: number,
): Money {
  const { amount: total, currency } = stay.price.total
  if (canceledBy !== 'GUEST') return { amount: total, currency }
  const nights = stay.price.lines.find((line) => line.kind === 'NIGHTS')?.amount.amount ?? total
  const oneNight = Math.round(nights / stay.nights)
  return { amount: refundRules[stay.policy](stay.checkInAt - now, total, oneNight), currency }
}
