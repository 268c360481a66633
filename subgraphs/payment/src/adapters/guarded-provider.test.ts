import { eventually } from '@myhotel/kit/testing'
import { expect, test } from 'vitest'
import { newRefund } from '../domain/refund.ts'
import { aCharge } from '../testing/examples.ts'
import { fakeProvider } from '../testing/fake-provider.ts'
import { guardedProvider } from './guarded-provider.ts'

const limits = { concurrent: 4, retryAfterMs: 200 }

test('a provider that fails is left alone for a while, then tried again', async () => {
  const fake = fakeProvider()
  const guarded = guardedProvider(fake.provider, limits)
  const charge = () => guarded.charge(aCharge(), 1_000)
  expect(await charge()).toMatchObject({ outcome: 'captured' })

  fake.fail(true)
  await eventually(async () => {
    expect(await charge()).not.toMatchObject({ outcome: 'captured' })
    return guarded.refusesFor()
  })
  fake.fail(false)
  expect(await charge()).toEqual({ outcome: 'not taken in', retryAfterSeconds: 1 })

  await eventually(async () => (await charge()).outcome === 'captured')
  expect(guarded.refusesFor()).toBeNull()
})

test('a provider that charges nothing is left alone with charges, however well it answers questions', async () => {
  const fake = fakeProvider()
  const guarded = guardedProvider(fake.provider, { ...limits, retryAfterMs: 60_000 })
  let charges = 0
  while (guarded.refusesFor() === null && charges < 50) {
    charges += 1
    fake.fail(true)
    expect(await guarded.charge(aCharge(), 1_000)).not.toMatchObject({ outcome: 'captured' })
    fake.fail(false)
    for (let times = 0; times < 3; times += 1) await guarded.find(aCharge())
  }
  expect(guarded.refusesFor()).not.toBeNull()
  expect(await guarded.find(aCharge())).toEqual({ outcome: 'none' })
})

test('a provider that fails to answer questions is left alone with them', async () => {
  const fake = fakeProvider()
  const guarded = guardedProvider(fake.provider, { ...limits, retryAfterMs: 60_000 })
  fake.fail(true)
  const notTakenIn = { outcome: 'not taken in', retryAfterSeconds: 60 }
  await eventually(async () => (await guarded.find(aCharge())).outcome === 'not taken in')
  expect(await guarded.refund('pay_1', newRefund('k', 1), 'EUR')).toEqual(notTakenIn)
  expect(await guarded.close(aCharge())).toEqual(notTakenIn)
  expect(guarded.refusesFor()).toBeNull()
})

test('no number of declines and refusals opens the breaker', async () => {
  const guarded = guardedProvider(fakeProvider().provider, limits)
  for (let times = 0; times < 50; times += 1) {
    const declined = await guarded.charge(aCharge({ method: 'pm_card_visa_chargeDeclined' }), 1_000)
    expect(declined).toMatchObject({ outcome: 'declined' })
    const refused = await guarded.refund('pay_unknown', newRefund('k', 1), 'EUR')
    expect(refused).toMatchObject({ outcome: 'refused' })
  }
  expect(guarded.refusesFor()).toBeNull()
})

test('beyond its limit nothing is asked of the provider', async () => {
  const fake = fakeProvider()
  const gate = Promise.withResolvers<void>()
  fake.beforeCharge = () => gate.promise
  const guarded = guardedProvider(fake.provider, limits)
  const underWay = [1, 2, 3, 4].map(() => guarded.charge(aCharge(), 1_000))
  expect(await guarded.charge(aCharge(), 1_000)).toMatchObject({ outcome: 'not taken in' })
  gate.resolve()
  for (const answer of await Promise.all(underWay)) expect(answer).toMatchObject({ outcome: 'captured' })
})
