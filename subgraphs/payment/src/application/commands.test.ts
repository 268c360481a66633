import { v7 } from 'uuid'
import { beforeEach, describe, expect, test } from 'vitest'
import { anIntent } from '../testing/examples.ts'
import { type UnderTest, underTest } from '../testing/harness.ts'

let under: UnderTest
beforeEach(() => {
  under = underTest()
})

describe('approving', () => {
  test('charges, announces, and answers the same ever after', async () => {
    const intent = anIntent()
    const first = await under.commands.approve(under.attemptId, intent)
    expect(first).toMatchObject({ is: 'approved', approvedAt: under.clock })
    expect(await under.commands.approve(under.attemptId, intent)).toEqual(first)
    expect(await under.commands.resolve(under.attemptId)).toEqual(first)
    expect(under.provider.charges).toBe(1)
    expect(under.announced()).toEqual(['PaymentApproved'])
    expect(under.store.announcements[0]?.data).toMatchObject({
      bookingId: intent.bookingId,
      amount: intent.amount,
    })
  })

  test('tells a decline, charges and announces nothing', async () => {
    const declined = { is: 'declined', code: 'generic_decline', message: expect.any(String) }
    expect(await under.approve({ method: 'pm_card_visa_chargeDeclined' })).toEqual(declined)
    expect(await under.commands.resolve(under.attemptId)).toEqual(declined)
    expect(under.announced()).toEqual([])
  })

  test('of the same attempt with another intent is a bug', async () => {
    await under.approve()
    await expect(under.approve({ amount: { amount: 1, currency: 'EUR' } })).rejects.toThrow('another intent')
  })

  test('after its deadline is refused without asking the provider', async () => {
    expect(await under.approve({ deadline: under.clock })).toEqual({ is: 'tombstoned' })
    expect(under.provider.charges).toBe(0)
  })

  test('is not taken in, and nothing written, where too much is under way or the breaker is open', async () => {
    const gate = Promise.withResolvers<void>()
    under.provider.beforeCharge = () => gate.promise
    const underWay = [v7(), v7()].map((id) => under.commands.approve(id, anIntent()))
    expect(await under.approve()).toEqual({ outcome: 'not taken in', retryAfterSeconds: 1 })
    gate.resolve()
    await Promise.all(underWay)
    under.provider.refuse(4)
    expect(await under.approve()).toEqual({ outcome: 'not taken in', retryAfterSeconds: 4 })
    expect(await under.state()).toBeUndefined()
    under.provider.refuse(null)
    expect(await under.approve()).toMatchObject({ is: 'approved' })
  })

  test('is not taken in where the provider is not reached; nothing stays written', async () => {
    under.provider.reachable(false)
    expect(await under.approve()).toEqual({ outcome: 'not taken in', retryAfterSeconds: 2 })
    expect(await under.state()).toBeUndefined()
    under.provider.reachable(true)
    await under.recover()
    expect(await under.commands.resolve(under.attemptId)).toEqual({ is: 'tombstoned' })
    expect(await under.provider.captured()).toEqual([])
  })
})

describe('giving an attempt up', () => {
  test('that was never seen: an approval that comes after is refused', async () => {
    expect(await under.commands.resolve(under.attemptId)).toEqual({ is: 'tombstoned' })
    expect(await under.approve()).toEqual({ is: 'tombstoned' })
    expect(under.provider.charges).toBe(0)
    expect(await under.commands.voidAttempt(v7())).toEqual({ settled: true })
  })

  test('that is approved gives all back, with limitless patience', async () => {
    await under.approve()
    under.provider.fail(true)
    expect(await under.commands.voidAttempt(under.attemptId)).toEqual({ settled: false })
    await under.recover()
    expect(under.setbacks.at(-1)).toMatchObject({ step: 'refund', tries: 5 })
    under.provider.fail(false)
    await under.recover()
    expect(await under.commands.voidAttempt(under.attemptId)).toEqual({ settled: true })
    expect(await under.commands.resolve(under.attemptId)).toEqual({ is: 'tombstoned' })
    expect(under.announced()).toEqual(['PaymentApproved', 'PaymentCanceled'])
    expect(under.store.announcements[1]).toMatchObject({
      version: 2,
      data: { refunded: { amount: 12_300 }, status: 'CANCELED' },
    })
  })

  test('that was declined changes nothing', async () => {
    await under.approve({ method: 'pm_card_visa_chargeDeclined' })
    expect(await under.commands.voidAttempt(under.attemptId)).toEqual({ settled: true })
    expect(await under.commands.resolve(under.attemptId)).toMatchObject({ is: 'declined' })
  })
})
