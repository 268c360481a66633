import type { Price } from './price.ts'
import type { CancellationPolicy, Money } from './stay.ts'

/** Who cancelled a booking. */
export type CanceledBy = 'GUEST' | 'HOST' | 'SERVICE_CENTER' | 'ROOM_DELETED'

/** A stay as the policies look at it. Instants are milliseconds since the epoch. */
export type RefundableStay = {
  readonly policy: CancellationPolicy
  readonly price: Price
  readonly nights: number
  readonly checkInAt: number
  /** Nights that have begun: each does at the check-in time of its day. */
  readonly nightsBegun: number
}

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs

type RefundRule = {
  /** What comes back before check-in, by the milliseconds left until then. */
  readonly before: (left: number, total: number, oneNight: number) => number
  /** What comes back afterwards of what the nights to come cost; at least one night is to come. */
  readonly after: (toCome: number, nightsToCome: number) => number
}

const refundRules: Record<CancellationPolicy, RefundRule> = {
  FLEXIBLE: {
    before: (left, total, oneNight) => (left >= 24 * hourMs ? total : total - oneNight),
    after: (toCome, nightsToCome) => share(toCome, nightsToCome - 1, nightsToCome),
  },
  MODERATE: {
    before: (left, total) => (left >= 5 * dayMs ? total : half(total)),
    after: (toCome) => half(toCome),
  },
  STRICT: {
    before: (left, total) => (left >= 14 * dayMs ? total : left >= 7 * dayMs ? half(total) : 0),
    after: () => 0,
  },
}

/**
 * What the guest gets back at `now`, milliseconds since the epoch. Only a guest's own cancellation falls under the
 * policy: whoever else cancels, all comes back. After check-in the nights that have begun are kept, and so is the
 * cleaning fee, since the room is used; the policy speaks of the nights to come, with the tax on them.
 */
export function refundOf(stay: RefundableStay, canceledBy: CanceledBy, now: number): Money {
  const { total, step = 1 } = stay.price
  if (canceledBy !== 'GUEST') return total
  const amount = refundByPolicy(stay, now)
  // What the provider can give back: less than a step stays with the host, as a fraction of a minor unit does.
  return { amount: amount - (amount % step), currency: total.currency }
}

function refundByPolicy(stay: RefundableStay, now: number): number {
  const rule = refundRules[stay.policy]
  if (now < stay.checkInAt) {
    const oneNight = Math.round(nightsAmount(stay.price) / stay.nights)
    return rule.before(stay.checkInAt - now, stay.price.total.amount, oneNight)
  }
  const nightsToCome = Math.max(0, stay.nights - stay.nightsBegun)
  if (nightsToCome === 0) return 0
  const toCome = share(nightsWithTax(stay.price), nightsToCome, stay.nights)
  return rule.after(toCome, nightsToCome)
}

/** A share of an amount, exact in between, a fraction of a minor unit staying with the host. */
const share = (amount: number, part: number, whole: number) =>
  Number((BigInt(amount) * BigInt(part)) / BigInt(whole))

const half = (amount: number) => share(amount, 1, 2)

const amountOf = ({ lines }: Price, kind: Price['lines'][number]['kind']) =>
  lines.find((line) => line.kind === kind)?.amount.amount

/** What the nights cost without tax; all, where a price has no such line. */
const nightsAmount = (price: Price) => amountOf(price, 'NIGHTS') ?? price.total.amount

/** What the nights cost with their share of the tax, which is on nights and cleaning alike. */
function nightsWithTax(price: Price): number {
  const nights = nightsAmount(price)
  const taxed = nights + (amountOf(price, 'CLEANING_FEE') ?? 0)
  const tax = amountOf(price, 'TAX') ?? 0
  return taxed > 0 ? nights + share(tax, nights, taxed) : 0
}
