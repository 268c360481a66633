import { chargingOf } from '@myhotel/kit/charging'
import { currencyCodes, decimalsOf } from '@myhotel/kit/currency'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Provider } from '../application/ports.ts'
import { newRefund } from '../domain/refund.ts'
import { aCharge } from '../testing/examples.ts'
import { stripeStandIn, stripeUnitOf } from '../testing/stripe-stand-in.ts'
import { fromStripeAmount, toStripeAmount } from './stripe-amounts.ts'
import { stripeProvider } from './stripe-provider.ts'

const chargeable = chargingOf('stripe')
const accepted = currencyCodes.filter((code) => chargeable(code))
const others = currencyCodes.filter((code) => !chargeable(code))

let stripe: Awaited<ReturnType<typeof stripeStandIn>>
let provider: Provider
beforeAll(async () => {
  stripe = await stripeStandIn()
  const { hostname, port } = new URL(stripe.url)
  const api = { host: hostname, port: Number(port), protocol: 'http' } as const
  provider = stripeProvider({ secretKey: 'sk_test_1', withinMs: 2_000, api })
})
afterAll(() => stripe.stop())

const charge = (amount: number, currency: string, method = 'pm_card_visa') =>
  provider.charge(aCharge({ amount: { amount, currency }, method }), 2_000)

/** Whether an amount by ISO 4217 and one of Stripe's are the same money. */
const isSame = (amount: number, units: number, currency: string) =>
  BigInt(amount) * 10n ** BigInt(stripeUnitOf(currency).decimals) ===
  BigInt(units) * 10n ** BigInt(decimalsOf(currency))

test('most currencies are charged by Stripe', () => {
  expect(accepted.length).toBeGreaterThan(125)
  expect(others.length).toBeGreaterThan(25)
})

describe.each(accepted)('%s at Stripe', (currency) => {
  const { step = 0, largest = 0 } = chargeable(currency) ?? {}

  test('is charged, and given back in parts and whole, to the same money', async () => {
    const amount = 30 * step
    const outcome = await charge(amount, currency)
    const id = outcome.outcome === 'captured' ? outcome.providerPaymentId : ''
    const [intent] = stripe.intents
    expect(intent).toMatchObject({ id, currency: currency.toLowerCase() })
    expect(isSame(amount, intent?.amount ?? 0, currency)).toBe(true)

    expect(await provider.refund(id, newRefund(`half:${id}`, 15 * step), currency)).toEqual({
      outcome: 'refunded',
    })
    expect(isSame(15 * step, stripe.refunds.at(-1)?.amount ?? 0, currency)).toBe(true)
    expect(await provider.refund(id, newRefund(`more:${id}`, 16 * step), currency)).toMatchObject({
      outcome: 'refused',
    })
    expect(await provider.refund(id, newRefund(`rest:${id}`, 15 * step), currency)).toEqual({
      outcome: 'refunded',
    })
    const back = stripe.refunds.filter((refund) => refund.payment_intent === id)
    expect(back.reduce((sum, refund) => sum + refund.amount, 0)).toBe(intent?.amount)
  })

  test('is charged up to the largest amount and not beyond', async () => {
    expect(await charge(largest, currency)).toMatchObject({ outcome: 'captured' })
    const asked = stripe.intents.length
    for (const amount of [largest + step, 2 ** 53 - 1]) {
      expect(await charge(amount, currency)).toMatchObject({
        outcome: 'declined',
        code: 'amount_not_chargeable',
      })
    }
    expect(stripe.intents).toHaveLength(asked)
  })

  test('is converted both ways exactly', () => {
    for (const amount of [0, step, 7 * step, largest, -step]) {
      const units = toStripeAmount(amount, currency)
      expect(units).not.toBeNull()
      expect(fromStripeAmount(units ?? 0, currency)).toBe(amount)
    }
  })
})

test.each([
  [1_234, 'KWD'],
  [1, 'TND'],
  [150, 'MGA'],
  [1, 'MGA'],
])('%d %s is refused and not rounded, as a charge and as a refund', async (amount, currency) => {
  const asked = stripe.intents.length
  expect(await charge(amount, currency)).toMatchObject({ outcome: 'declined', code: 'amount_not_chargeable' })
  expect(stripe.intents).toHaveLength(asked)
  const { step = 0 } = chargeable(currency) ?? {}
  const whole = await charge(100 * step, currency)
  const id = whole.outcome === 'captured' ? whole.providerPaymentId : ''
  const given = stripe.refunds.length
  expect(await provider.refund(id, newRefund(`odd:${id}`, amount), currency)).toMatchObject({
    outcome: 'refused',
  })
  expect(stripe.refunds).toHaveLength(given)
})

test.each(others)('%s is not charged', async (currency) => {
  const asked = aCharge({ amount: { amount: 10_000, currency } })
  expect(await provider.charge(asked, 2_000)).toMatchObject({
    outcome: 'declined',
    code: 'amount_not_chargeable',
  })
  expect(await provider.close(asked)).toEqual({ outcome: 'closed' })
})

test.each([
  [5, 'ISK', 500],
  [5, 'UGX', 500],
  [500, 'JPY', 500],
  [1_000, 'USD', 1_000],
  [5_120, 'KWD', 5_120],
  [2_500_000, 'HUF', 2_500_000],
  [10_000, 'MGA', 100],
])('%d minor units of %s are %d of Stripe’s', (amount, currency, units) => {
  expect(toStripeAmount(amount, currency)).toBe(units)
  expect(fromStripeAmount(units, currency)).toBe(amount)
})

test('what no whole number of minor units is cannot come back', () => {
  expect(fromStripeAmount(550, 'ISK')).toBeNull()
})
