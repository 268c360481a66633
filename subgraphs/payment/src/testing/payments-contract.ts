import { announcement } from '@myhotel/contracts/event'
import { PaymentApproved } from '@myhotel/contracts/payment'
import { eventually } from '@myhotel/kit/testing'
import { v7 } from 'uuid'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Payments, Stored } from '../application/ports.ts'
import { type Approved, evolve, type Payment, type Pending } from '../domain/payment.ts'
import { anIntent, aPending, aTombstone } from './examples.ts'

export type PaymentsUnderTest = {
  payments: Payments
  /** Ids of the events announced so far. */
  announced(): Promise<string[]>
  /** Refunds that were refused, and why. */
  deadLetters(): Promise<{ key: string; reason: string }[]>
  /** Asks, as a person does, for another try of a refused refund. */
  requestRetry(key: string): Promise<void>
}

/** What every store of payments, real or fake, must do. */
export function paymentsContract(name: string, start: () => Promise<PaymentsUnderTest> | PaymentsUnderTest) {
  describe(`${name} as a store of payments`, () => {
    let under: PaymentsUnderTest
    let payments: Payments

    beforeEach(async () => {
      under = await start()
      payments = under.payments
    })

    async function begin(payment: Pending = aPending(), leaveAloneMs = 60_000): Promise<Stored<Pending>> {
      const entered = await payments.begin(payment, leaveAloneMs)
      if (!('begun' in entered)) throw new Error('known already')
      return entered.begun
    }

    const byBooking = async (bookingId: string) =>
      (await payments.byBookings([bookingId])).get(bookingId) ?? null

    const approve = (payment: Pending) =>
      evolve(payment, {
        type: 'PaymentApproved',
        providerPaymentId: `pay_${payment.id}`,
        at: 1_000,
      }) as Approved

    const approval = ({ id, intent }: Approved) =>
      announcement(PaymentApproved, id, 1, {
        paymentId: id,
        ...{
          bookingId: intent.bookingId,
          roomId: intent.roomId,
          guestId: intent.guestId,
          hostId: intent.hostId,
        },
        amount: intent.amount,
        approvedAt: '2026-11-23T12:00:00.000Z',
      })

    /** Takes what is due until `wanted` is among it, and puts the others back to where they were. */
    async function due(wanted: Stored): Promise<Stored | undefined> {
      let found: Stored | undefined
      await payments.workOnDue(
        100,
        () => 60_000,
        async (taken) => {
          if (taken.payment.id === wanted.payment.id) found = taken
        },
      )
      return found
    }

    test('an attempt is entered once, whoever comes at the same time', async () => {
      const first = aPending()
      const others = Array.from({ length: 5 }, () => aPending({ attemptId: first.attemptId }))
      const entered = await Promise.all([first, ...others].map((payment) => payments.begin(payment, 60_000)))
      const begun = entered.flatMap((result) => ('begun' in result ? [result.begun] : []))
      expect(begun).toHaveLength(1)
      for (const result of entered) {
        if ('known' in result) expect(result.known).toEqual(begun[0])
      }
      expect(await payments.byAttempt(first.attemptId)).toEqual(begun[0])
      expect(await payments.byId(begun[0]?.payment.id ?? '')).toEqual(begun[0])
    })

    test('a tombstone and an attempt exclude each other', async () => {
      const { attemptId } = (await begin()).payment
      expect(await payments.begin(aTombstone(attemptId), 0)).toMatchObject({
        known: { payment: { state: 'PENDING' } },
      })
      const tombstone = aTombstone(v7())
      expect(await payments.begin(tombstone, 0)).toMatchObject({ begun: { payment: tombstone } })
      expect(await payments.begin(aPending({ attemptId: tombstone.attemptId }), 0)).toMatchObject({
        known: { payment: tombstone },
      })
    })

    test('what is not known is null, and not among those asked for together', async () => {
      expect(await payments.byAttempt(v7())).toBeNull()
      expect(await payments.byId(v7())).toBeNull()
      expect(await byBooking(v7())).toBeNull()
      const begun = await begin()
      const { id } = begun.payment
      expect(await payments.byIds([v7(), id])).toEqual(new Map([[id, begun]]))
    })

    test('only who has read the latest revision saves, and only then is it announced', async () => {
      const begun = await begin()
      const approved = approve(begun.payment)
      const saves = [
        payments.save(begun, approved, [approval(approved)]),
        payments.save(begun, begun.payment, []),
      ]
      const saved = (await Promise.all(saves)).filter((stored) => stored !== null)
      expect(saved).toHaveLength(1)
      expect(await payments.save(begun, approved, [approval(approved)])).toBeNull()
      expect(await payments.byId(begun.payment.id)).toEqual(saved[0])
      const announced = (await under.announced()).filter((id) => id.includes(begun.payment.id))
      expect(announced).toHaveLength(saved[0]?.payment.state === 'APPROVED' ? 1 : 0)
    })

    test('what nobody else has written can be forgotten, as if it had never been', async () => {
      const begun = await begin()
      expect(await payments.forget(begun)).toBe(true)
      expect(await payments.byAttempt(begun.payment.attemptId)).toBeNull()
      expect(await payments.forget(begun)).toBe(false)
      const written = await begin()
      await payments.save(written, written.payment, [])
      expect(await payments.forget(written)).toBe(false)
      expect(await payments.byId(written.payment.id)).not.toBeNull()
    })

    test('a payment is found by its booking once it is approved', async () => {
      const begun = await begin()
      const { bookingId } = begun.payment.intent
      expect(await byBooking(bookingId)).toBeNull()
      const approved = approve(begun.payment)
      await payments.save(begun, approved, [approval(approved)])
      expect(await byBooking(bookingId)).toEqual(approved)
      expect(await under.announced()).toContain(`payment.${begun.payment.id}:1`)
    })

    test('every state is read as it was saved', async () => {
      const declined = await begin()
      const decline = { code: 'lost_card', message: 'Your card was declined.' }
      const voided = await begin()
      const voiding = [
        { type: 'CaptureVoided', providerPaymentId: 'pay_1' },
        { type: 'RefundRequested', key: `void:${voided.payment.attemptId}`, amount: 12_300 },
      ] as const
      const after = [
        [declined, evolve(declined.payment, { type: 'PaymentDeclined', decline })],
        [voided, voiding.reduce(evolve, voided.payment)],
      ] as const
      for (const [before, payment] of after) {
        const saved = await payments.save(before, payment, [])
        expect(saved?.payment).toEqual(payment)
        expect(await payments.byId(payment.id)).toEqual(saved)
      }
    })

    test('refunds are kept with their payment', async () => {
      const begun = await begin()
      const { bookingId } = begun.payment.intent
      const approved = approve(begun.payment)
      const key = `refund:${bookingId}`
      const requested = evolve(approved, { type: 'RefundRequested', key, amount: 100 })
      const pending = (await payments.save(begun, requested, [])) ?? begun
      expect(await byBooking(bookingId)).toEqual(requested)
      const refunded = evolve(requested, { type: 'Refunded', key, at: 2_000 })
      await payments.save(pending, refunded, [])
      expect(await byBooking(bookingId)).toEqual(refunded)
    })

    test('amounts are kept exactly up to the largest, and so are refunds', async () => {
      const amount = { amount: 2 ** 53 - 1, currency: 'IDR' }
      const begun = await begin(aPending({ intent: anIntent({ amount }) }))
      const { bookingId } = begun.payment.intent
      const key = `refund:${bookingId}`
      const requested = evolve(approve(begun.payment), { type: 'RefundRequested', key, amount: 2 ** 53 - 2 })
      await payments.save(begun, requested, [])
      expect(await byBooking(bookingId)).toEqual(requested)
      expect(requested).toMatchObject({ intent: { amount }, refunds: [{ amount: 2 ** 53 - 2 }] })
    })

    test('a refused refund is a dead letter and never due, until a person asks to try it again', async () => {
      const begun = await begin()
      const key = `refund:${begun.payment.intent.bookingId}`
      const requested = evolve(approve(begun.payment), { type: 'RefundRequested', key, amount: 100 })
      const refuse = (payment: Payment) =>
        evolve(payment, { type: 'RefundRefused', key, reason: 'charge_disputed: no' })
      const letters = async () => (await under.deadLetters()).filter((letter) => letter.key === key)
      const pending = (await payments.save(begun, requested, [])) ?? begun
      const refused = await payments.save(pending, refuse(requested), [])
      expect(await payments.byId(begun.payment.id)).toEqual(refused)
      expect(refused?.payment).toMatchObject({ state: 'REFUND_PENDING', refunds: [{ refusals: 1 }] })
      expect(await letters()).toEqual([{ key, reason: 'charge_disputed: no' }])
      expect(await due(begun)).toBeUndefined()
      expect(await payments.retryRefused()).toBe(false)

      await under.requestRetry(key)
      expect(await payments.retryRefused()).toBe(true)
      expect(await letters()).toEqual([])
      const taken = await eventually(() => due(begun))
      expect(taken.payment).toMatchObject({ refunds: [{ refusals: 1, refusal: null }] })
      await payments.save(taken, refuse(taken.payment), [])
      expect(await letters()).toHaveLength(1)

      await under.requestRetry(key)
      await payments.retryRefused()
      const again = await eventually(() => due(begun))
      const refunded = evolve(again.payment, { type: 'Refunded', key, at: 2_000 })
      expect((await payments.save(again, refunded, []))?.payment).toMatchObject({
        state: 'PARTIALLY_REFUNDED',
      })
      expect(await letters()).toEqual([])
    })

    test('work that is due is taken by one worker, and again when its pause is over', async () => {
      const begun = await begin(aPending(), 0)
      const takers: number[] = []
      const take = () =>
        eventually(async () => {
          const work = async ({ payment, revision }: Stored, tries: number) => {
            if (payment.id !== begun.payment.id) return
            expect(revision).toBeGreaterThan(begun.revision)
            takers.push(tries)
          }
          await Promise.all([1, 2, 3].map(() => payments.workOnDue(100, () => 300, work)))
          return takers.length > 0
        })
      await take()
      expect(takers).toEqual([1])
      takers.length = 0
      await take()
      expect(takers).toEqual([2])
      expect(await payments.save(begun, begun.payment, []), 'the first owner has lost it').toBeNull()
    })

    test('what is begun is left alone; what is saved unfinished is due at once; what is finished never', async () => {
      const begun = await begin()
      expect(await due(begun)).toBeUndefined()
      await payments.save(begun, begun.payment, [])
      const taken = await eventually(() => due(begun))
      await payments.save(taken, evolve(taken.payment, { type: 'PaymentTombstoned' }), [])
      expect(await due(begun)).toBeUndefined()
    })
  })
}
