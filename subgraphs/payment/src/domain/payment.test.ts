import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Command, decide } from './decide.ts'
import { evolve, type Payment, type PaymentEvent, type Pending, refundedOf } from './payment.ts'
import { keepsNothing, nextStep, standingOf } from './standing.ts'

const pending: Pending = {
  id: 'p1',
  attemptId: 'a1',
  startedAt: 0,
  version: 0,
  voided: false,
  state: 'PENDING',
  intent: {
    bookingId: 'b1',
    guestId: 'guest1',
    hostId: 'host1',
    roomId: 'r1',
    amount: { amount: 10_000, currency: 'EUR' },
    method: 'pm_card_visa',
    deadline: 20_000,
  },
}
const tombstone: Payment = { ...pending, state: 'TOMBSTONED', intent: null }

const given = (...events: PaymentEvent[]): Payment => events.reduce<Payment>(evolve, pending)
const outcome = { outcome: 'captured', providerPaymentId: 'pay_1' } as const
const settle: Command = { type: 'settle', outcome, dead: false, at: 5 }
const euros = (amount: number) => ({ amount, currency: 'EUR' })
const cancelBooking = (amount: number): Command => ({ type: 'cancelBooking', refund: euros(amount), at: 7 })
const approved: PaymentEvent = { type: 'PaymentApproved', providerPaymentId: 'pay_1', at: 5 }
const requested = (amount: number): PaymentEvent => ({ type: 'RefundRequested', key: 'refund:b1', amount })
const refunded: PaymentEvent = { type: 'Refunded', key: 'refund:b1', at: 9 }

describe('settling a pending payment', () => {
  test('what was captured is approved', () => {
    expect(decide(settle, pending)).toEqual([approved])
    expect(given(approved)).toMatchObject({ state: 'APPROVED', approvedAt: 5, version: 1, refunds: [] })
  })

  test('what was declined says why', () => {
    const decline = { code: 'lost_card', message: 'no' }
    const command: Command = { ...settle, outcome: { outcome: 'declined', ...decline } }
    expect(decide(command, pending)).toEqual([{ type: 'PaymentDeclined', decline }])
  })

  test('what was closed is a tombstone', () => {
    expect(decide({ ...settle, outcome: { outcome: 'closed' } }, pending)).toEqual([
      { type: 'PaymentTombstoned' },
    ])
  })

  test.each([
    ['past its deadline', { ...settle, dead: true }, pending],
    ['given up by book', settle, given({ type: 'VoidRequested' })],
  ])('what was captured %s is not approved: all of it goes back', (_, command, payment) => {
    const events = decide(command, payment)
    expect(events).toEqual([
      { type: 'CaptureVoided', providerPaymentId: 'pay_1' },
      { type: 'RefundRequested', key: 'void:a1', amount: 10_000 },
    ])
    const voiding = (events as PaymentEvent[]).reduce<Payment>(evolve, payment)
    expect(voiding).toMatchObject({ state: 'VOIDING', version: 0 })
    const back = evolve(voiding, { type: 'Refunded', key: 'void:a1', at: 9 })
    expect(back).toMatchObject({ state: 'VOIDED', version: 0 })
  })

  test('an answer that comes after another changes nothing', () => {
    const lateDecline: Command = { ...settle, outcome: { outcome: 'declined', code: 'x', message: '' } }
    expect(decide(lateDecline, given(approved))).toEqual([])
    expect(decide(settle, tombstone)).toEqual([])
  })
})

describe('a cancelled booking', () => {
  test.each([
    ['all', 10_000, 'CANCELED'],
    ['a part', 4_000, 'PARTIALLY_REFUNDED'],
  ])('gets %s back, once the provider has given it', (_, amount, state) => {
    expect(decide(cancelBooking(amount), given(approved))).toEqual([requested(amount)])
    expect(given(approved, requested(amount))).toMatchObject({ state: 'REFUND_PENDING', version: 1 })
    const done: Command = { type: 'completeRefund', key: 'refund:b1', at: 9 }
    expect(decide(done, given(approved, requested(amount)))).toEqual([refunded])
    const payment = given(approved, requested(amount), refunded)
    expect(payment).toMatchObject({ state, version: 2 })
    expect(decide(done, payment)).toEqual([])
  })

  test('gets nothing back at once, without the provider', () => {
    expect(decide(cancelBooking(0), given(approved))).toEqual([requested(0), { ...refunded, at: 7 }])
    expect(given(approved, requested(0), refunded)).toMatchObject({ state: 'PARTIALLY_REFUNDED', version: 2 })
  })

  test('heard of twice, is refunded once', () => {
    expect(decide(cancelBooking(10_000), given(approved, requested(10_000)))).toEqual([])
    expect(decide(cancelBooking(10_000), given(approved, requested(10_000), refunded))).toEqual([])
  })

  test.each([pending, tombstone, given({ type: 'PaymentTombstoned' })])(
    'of a payment that is not approved is refused',
    (payment) => {
      expect(decide(cancelBooking(1), payment)).toMatchObject({ code: 'PAYMENT_NOT_APPROVED' })
    },
  )

  test.each([euros(10_001), euros(-1), { amount: 1, currency: 'USD' }])(
    'with a refund of %j of 10000 EUR is refused',
    (refund) => {
      expect(decide({ type: 'cancelBooking', refund, at: 7 }, given(approved))).toMatchObject({
        code: 'REFUND_DOES_NOT_FIT',
      })
    },
  )
})

describe('an attempt given up', () => {
  test('while pending, is dead for book at once, and its worker closes it', () => {
    const events = decide({ type: 'void' }, pending)
    expect(events).toEqual([{ type: 'VoidRequested' }])
    expect(standingOf(given(...(events as PaymentEvent[])))).toEqual({ is: 'tombstoned' })
    expect(nextStep(given({ type: 'VoidRequested' }), 0)).toEqual({ do: 'settle', dead: true })
  })

  test('when approved, gives all back', () => {
    const events = decide({ type: 'void' }, given(approved)) as PaymentEvent[]
    expect(events).toEqual([
      { type: 'VoidRequested' },
      { type: 'RefundRequested', key: 'void:a1', amount: 10_000 },
    ])
    const voided = given(approved, ...events, { type: 'Refunded', key: 'void:a1', at: 9 })
    expect(voided).toMatchObject({ state: 'CANCELED', version: 2 })
    expect(standingOf(voided)).toEqual({ is: 'tombstoned' })
    expect(keepsNothing(voided)).toBe(true)
  })

  test('gives back only what no other refund has', () => {
    const partly = given(approved, requested(4_000), refunded)
    expect(decide({ type: 'void' }, partly)).toContainEqual({
      type: 'RefundRequested',
      key: 'void:a1',
      amount: 6_000,
    })
  })

  test('again, or when nothing was charged, changes nothing', () => {
    expect(decide({ type: 'void' }, given({ type: 'VoidRequested' }))).toEqual([])
    expect(decide({ type: 'void' }, tombstone)).toEqual([])
    const declined = given({ type: 'PaymentDeclined', decline: { code: 'x', message: '' } })
    expect(decide({ type: 'void' }, declined)).toEqual([])
  })
})

test('a pending payment is alive until its deadline', () => {
  expect(nextStep(pending, 19_999)).toEqual({ do: 'settle', dead: false })
  expect(nextStep(pending, 20_000)).toEqual({ do: 'settle', dead: true })
  expect(nextStep(given(approved), 0)).toBeNull()
})

test('an event that cannot have happened is a bug', () => {
  expect(() => given(approved, approved)).toThrow('not PENDING')
  expect(() => evolve(tombstone, refunded)).toThrow('nothing was charged')
})

test('whatever comes in whatever order: never more goes back than came in, and versions have no gap', () => {
  const commands = fc.array(
    fc.oneof(
      fc.constantFrom<Command>(settle, { ...settle, dead: true }, { type: 'void' }),
      fc.nat(10_000).map(cancelBooking),
      fc.constantFrom('refund:b1', 'void:a1').map((key): Command => ({ type: 'completeRefund', key, at: 9 })),
    ),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(commands, (sequence) => {
      let payment: Payment = pending
      for (const command of sequence) {
        const events = decide(command, payment)
        if ('code' in events) continue
        for (const event of events) {
          const next: Payment = evolve(payment, event)
          expect(next.version - payment.version).toBeLessThanOrEqual(1)
          payment = next
        }
        if ('refunds' in payment) {
          const asked = payment.refunds.reduce((sum, { amount }) => sum + amount, 0)
          expect(asked).toBeLessThanOrEqual(payment.intent.amount.amount)
        }
        if (payment.state === 'CANCELED') expect(refundedOf(payment).amount).toBe(10_000)
        if (payment.state === 'VOIDED')
          expect(payment.refunds.every(({ refundedAt }) => refundedAt)).toBe(true)
      }
    }),
  )
})
