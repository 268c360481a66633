import { beforeEach, describe, expect, test } from 'vitest'
import type { Provider } from '../application/ports.ts'
import { noSuchPaymentMethod } from '../domain/decide.ts'
import { newRefund } from '../domain/refund.ts'
import { aCharge } from './examples.ts'

/** A provider to be tested, and what a test must be able to do to it. */
export type ProviderUnderTest = {
  provider: Provider
  /** From now on charges are made, but their answers get lost; `false` ends it. */
  loseAnswers(lose: boolean): Promise<void> | void
  /** From now on every call fails and does nothing; `false` ends it. */
  fail(fail: boolean): Promise<void> | void
  /** What was captured and refunded, with our keys. */
  captured(): Promise<{ key: string; amount: number; currency: string }[]>
  refunded(): Promise<{ key: string; amount: number }[]>
}

/** What every provider, real or fake, must do. */
export function providerContract(name: string, start: () => Promise<ProviderUnderTest> | ProviderUnderTest) {
  describe(`${name} as a payment provider`, () => {
    let under: ProviderUnderTest
    let provider: Provider
    const withinMs = 2_000
    const charge = (asked: ReturnType<typeof aCharge>) => provider.charge(asked, withinMs)

    beforeEach(async () => {
      under = await start()
      provider = under.provider
    })

    test('a key charges once, however often and however concurrently', async () => {
      const asked = aCharge()
      const first = await charge(asked)
      expect(first).toEqual({ outcome: 'captured', providerPaymentId: expect.any(String) })
      const more = await Promise.all([charge(asked), charge(asked)])
      for (const answer of more) expect(answer).toEqual(first)
      expect(await provider.find(asked)).toEqual(first)
      expect(await under.captured()).toEqual([{ key: asked.key, ...asked.amount }])
    })

    test.each([
      ['pm_card_visa_chargeDeclined', 'generic_decline'],
      ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
      ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ])('%s is declined, again and again', async (method, code) => {
      const asked = aCharge({ method })
      const declined = { outcome: 'declined', code, message: expect.any(String) }
      expect(await charge(asked)).toEqual(declined)
      expect(await charge(asked)).toEqual(declined)
      expect(await provider.find(asked)).toEqual(declined)
      expect(await under.captured()).toEqual([])
    })

    test('a method that does not exist is told apart from a declined card', async () => {
      const asked = aCharge({ method: 'pm_nobody' })
      expect(await charge(asked)).toMatchObject({ outcome: 'declined', code: noSuchPaymentMethod })
      expect(await provider.find(asked)).toEqual({ outcome: 'none' })
    })

    test('a lost answer leaves the outcome unknown; asking tells it, and charging again charges nothing', async () => {
      const asked = aCharge()
      await under.loseAnswers(true)
      expect(await charge(asked)).toMatchObject({ outcome: 'unknown' })
      await under.loseAnswers(false)
      const found = await provider.find(asked)
      expect(found).toMatchObject({ outcome: 'captured' })
      expect(await charge(asked)).toEqual(found)
      expect(await under.captured()).toHaveLength(1)
    })

    test('a failure leaves the outcome unknown, too', async () => {
      const asked = aCharge()
      await under.fail(true)
      expect(await charge(asked)).toMatchObject({ outcome: 'unknown' })
      expect(await provider.find(asked)).toMatchObject({ outcome: 'unknown' })
      expect(await provider.close(asked)).toMatchObject({ outcome: 'unknown' })
      await under.fail(false)
      expect(await provider.find(asked)).toEqual({ outcome: 'none' })
    })

    test('a closed key charges nothing any more', async () => {
      const asked = aCharge()
      expect(await provider.close(asked)).toEqual({ outcome: 'closed' })
      expect(await charge(asked)).toEqual({ outcome: 'closed' })
      expect(await provider.find(asked)).toEqual({ outcome: 'closed' })
      expect(await provider.close(asked)).toEqual({ outcome: 'closed' })
      expect(await under.captured()).toEqual([])
    })

    test('a key that has charged cannot be closed: the charge is told', async () => {
      const asked = aCharge()
      const captured = await charge(asked)
      expect(await provider.close(asked)).toEqual(captured)
    })

    test('a refund gives back once, and never more than was charged', async () => {
      const captured = await charge(aCharge())
      const id = captured.outcome === 'captured' ? captured.providerPaymentId : ''
      const part = newRefund(`refund:${id}`, 10_000)
      expect(await provider.refund(id, part, 'EUR')).toEqual({ outcome: 'refunded' })
      expect(await provider.refund(id, part, 'EUR')).toEqual({ outcome: 'refunded' })
      expect(await under.refunded()).toEqual([{ key: part.key, amount: 10_000 }])

      const tooMuch = { ...part, key: `void:${id}` }
      expect(await provider.refund(id, tooMuch, 'EUR')).toMatchObject({ outcome: 'refused' })
      await under.fail(true)
      expect(await provider.refund(id, { ...tooMuch, amount: 2_300 }, 'EUR')).toMatchObject({
        outcome: 'unknown',
      })
      await under.fail(false)
      expect(await provider.refund(id, { ...tooMuch, amount: 2_300 }, 'EUR')).toEqual({ outcome: 'refunded' })
      expect(await under.refunded()).toHaveLength(2)
    })
  })
}
