import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Charge, Provider } from '../application/ports.ts'
import { newRefund } from '../domain/refund.ts'
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
  return { stripe, provider: stripeProvider({ secretKey: 'sk_test_1', withinMs: 60_000, api }) }
}

async function captured(provider: Provider, charge: Charge): Promise<string> {
  const outcome = await provider.charge(charge, 60_000)
  if (outcome.outcome !== 'captured') throw new Error(JSON.stringify(outcome))
  return outcome.providerPaymentId
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
  const captured = await provider.charge(asked, 60_000)
  for (let others = 0; others < 5; others += 1) await provider.charge(aCharge(), 60_000)
  expect(await provider.find(asked)).toEqual(captured)
})

test('long after Stripe has forgotten the keys, nothing is refunded twice and no charge is overlooked', async () => {
  const { stripe, provider } = await start()
  const asked = aCharge()
  const captured = await provider.charge(asked, 60_000)
  const id = captured.outcome === 'captured' ? captured.providerPaymentId : ''
  const refund = newRefund('refund:1', 1_000)
  await provider.refund(id, refund, 'EUR')
  stripe.forgetKeys()
  expect(await provider.refund(id, refund, 'EUR')).toEqual({ outcome: 'refunded' })
  expect(stripe.refunds).toHaveLength(1)
  expect(await provider.close(asked)).toEqual(captured)
})

test('a refund that Stripe has refused is asked for anew when it is tried again, and given once', async () => {
  const { stripe, provider } = await start()
  const id = await captured(provider, aCharge())
  const refund = newRefund('refund:1', 1_000)
  stripe.faults.refuse = 'charge_disputed'
  const refused = { outcome: 'refused', reason: 'charge_disputed: switched on' }
  expect(await provider.refund(id, refund, 'EUR')).toEqual(refused)
  stripe.faults.refuse = ''
  expect(await provider.refund(id, refund, 'EUR'), 'Stripe keeps its answers').toEqual(refused)
  const again = { ...refund, refusals: 1 }
  expect(await provider.refund(id, again, 'EUR')).toEqual({ outcome: 'refunded' })
  expect(await provider.refund(id, { ...refund, refusals: 2 }, 'EUR')).toEqual({ outcome: 'refunded' })
  expect(stripe.refunds).toHaveLength(1)
})

test('a refund that fails later at the bank is refused', async () => {
  const { stripe, provider } = await start()
  const id = await captured(provider, aCharge())
  stripe.faults.failRefunds = 'lost_or_stolen_card'
  const refused = { outcome: 'refused', reason: 'lost_or_stolen_card' }
  expect(await provider.refund(id, newRefund('refund:1', 1_000), 'EUR')).toEqual(refused)
})

test.each([
  'charge_already_refunded',
  'charge_disputed',
  'resource_missing',
  'amount_too_large',
  'account_closed',
])('%s is for good', async (code) => {
  const { stripe, provider } = await start()
  const id = await captured(provider, aCharge())
  stripe.faults.refuse = code
  expect(await provider.refund(id, newRefund('k', 1), 'EUR')).toMatchObject({ outcome: 'refused' })
})

test('that Stripe has no money of ours left passes', async () => {
  const { stripe, provider } = await start()
  const id = await captured(provider, aCharge())
  stripe.faults.refuse = 'balance_insufficient'
  expect(await provider.refund(id, newRefund('k', 1), 'EUR')).toMatchObject({ outcome: 'unknown' })
})

test('where nobody listens, nothing was taken in', async () => {
  const { stripe, provider } = await start()
  await stripe.stop()
  standIns.splice(0)
  expect(await provider.charge(aCharge(), 60_000)).toMatchObject({ outcome: 'not taken in' })
})

test('is chosen by the environment', async () => {
  const { stripe } = await start()
  const { provider } = createProvider({
    ...{
      kind: 'stripe',
      url: stripe.url,
      secretKey: 'sk_test_1',
      withinMs: 60_000,
      concurrent: 4,
      breakMs: 1_000,
    },
  })
  expect(await provider.charge(aCharge(), 60_000)).toMatchObject({ outcome: 'captured' })
  expect(stripe.intents).toHaveLength(1)
})

test.each<[string, number, string]>([
  ['a page', 200, '<html></html>'],
  ['half of its JSON', 200, '{"id":"pi_1","stat'],
  ['null', 200, 'null'],
  ['a list', 200, '[]'],
  ['an empty object', 200, '{}'],
  ['data that is a text', 200, '{"object":"list","data":"none"}'],
  ['a status that is unknown', 200, '{"id":"pi_1","object":"payment_intent","status":"maybe"}'],
  ['no id', 200, '{"object":"payment_intent","status":"succeeded"}'],
  ['an error that says nothing', 400, '{}'],
  ['nothing', 204, ''],
])('%s tells nothing of a charge or a refund', async (_, status, body) => {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const api = { host: '127.0.0.1', port, protocol: 'http' } as const
  const provider = stripeProvider({ secretKey: 'sk_test_1', withinMs: 2_000, api })
  const asked = aCharge()
  expect({
    charge: (await provider.charge(asked, 2_000)).outcome,
    find: (await provider.find(asked)).outcome,
    close: (await provider.close(asked)).outcome,
    refund: (await provider.refund('pi_1', newRefund('refund:b1', 100), 'EUR')).outcome,
  }).toEqual({ charge: 'unknown', find: 'unknown', close: 'unknown', refund: 'unknown' })
  server.closeAllConnections()
  server.close()
})
