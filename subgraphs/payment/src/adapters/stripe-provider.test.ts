import { afterEach, expect, test } from 'vitest'
import { aCharge } from '../testing/examples.ts'
import { providerContract } from '../testing/provider-contract.ts'
import { stripeStandIn } from '../testing/stripe-stand-in.ts'
import { createProvider } from './provider.ts'
import { stripeProvider } from './stripe-provider.ts'

const standIns: Awaited<ReturnType<typeof stripeStandIn>>[] = []

async function start() {
  const stripe = await stripeStandIn()
  standIns.push(stripe)
  const { hostname, port } = new URL(stripe.url)
  const api = { host: hostname, port: Number(port), protocol: 'http' } as const
  return { stripe, provider: stripeProvider({ secretKey: 'sk_test_1', withinMs: 2_000, api }) }
}

afterEach(async () => {
  await Promise.all(standIns.splice(0).map(({ stop }) => stop()))
})

providerContract("Stripe's documented API", async () => {
  const { stripe, provider } = await start()
  return {
    provider,
    loseAnswers(lose) {
      stripe.faults.lose = lose
    },
    fail(fail) {
      stripe.faults.fail = fail
    },
    captured: async () =>
      stripe.intents
        .filter(({ status }) => status === 'succeeded')
        .map(({ metadata, amount, currency }) => ({
          key: metadata.attemptId ?? '',
          amount,
          currency: currency.toUpperCase(),
        })),
    refunded: async () => stripe.refunds.map(({ metadata, amount }) => ({ key: metadata.key ?? '', amount })),
  }
})

test('a charge is found among many, page by page', async () => {
  const { provider } = await start()
  const asked = aCharge()
  const captured = await provider.charge(asked, 2_000)
  for (let others = 0; others < 5; others += 1) await provider.charge(aCharge(), 2_000)
  expect(await provider.find(asked)).toEqual(captured)
})

test('long after Stripe has forgotten the keys, nothing is refunded twice and no charge is overlooked', async () => {
  const { stripe, provider } = await start()
  const asked = aCharge()
  const captured = await provider.charge(asked, 2_000)
  const id = captured.outcome === 'captured' ? captured.providerPaymentId : ''
  const refund = { key: 'refund:1', amount: 1_000, refundedAt: null }
  await provider.refund(id, refund)
  stripe.forgetKeys()
  expect(await provider.refund(id, refund)).toEqual({ outcome: 'refunded' })
  expect(stripe.refunds).toHaveLength(1)
  expect(await provider.close(asked)).toEqual(captured)
})

test('where nobody listens, nothing was taken in', async () => {
  const { stripe, provider } = await start()
  await stripe.stop()
  standIns.splice(0)
  expect(await provider.charge(aCharge(), 2_000)).toMatchObject({ outcome: 'not taken in' })
})

test('is chosen by the environment', async () => {
  const { stripe } = await start()
  const { provider } = createProvider({
    ...{
      kind: 'stripe',
      url: stripe.url,
      secretKey: 'sk_test_1',
      withinMs: 2_000,
      concurrent: 4,
      breakMs: 1_000,
    },
  })
  expect(await provider.charge(aCharge(), 2_000)).toMatchObject({ outcome: 'captured' })
  expect(stripe.intents).toHaveLength(1)
})
