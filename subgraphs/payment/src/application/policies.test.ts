import { BookCanceled } from '@myhotel/contracts/book'
import { v7 } from 'uuid'
import { beforeEach, describe, expect, test } from 'vitest'
import { type UnderTest, underTest } from '../testing/harness.ts'
import { refundWheneverBookCanceled } from './policies.ts'

let under: UnderTest
beforeEach(() => {
  under = underTest()
})

describe('whenever a booking is cancelled', () => {
  const canceled = async (refund: number, changes: Partial<BookCanceled> = {}): Promise<BookCanceled> => {
    const payment = (await under.store.payments.byAttempt(under.attemptId))?.payment
    return BookCanceled.schema.parse({
      bookingId: payment?.intent?.bookingId,
      ...{ roomId: v7(), roomName: 'Sea view', hostId: 'host1', guestId: 'guest1', guests: 2 },
      ...{ startDate: '2027-03-01', endDate: '2027-03-03', canceledBy: 'GUEST', reason: null },
      total: { amount: 12_300, currency: 'EUR' },
      paymentId: payment?.id,
      refund: { amount: refund, currency: 'EUR' },
      canceledAt: '2026-11-23T12:00:00.000Z',
      ...changes,
    })
  }
  const policy = async (event: BookCanceled) => {
    const { payments } = under.store
    await refundWheneverBookCanceled(payments, await payments.byId(event.paymentId), event, under.clock)
  }

  test.each([
    [12_300, 'CANCELED'],
    [4_000, 'PARTIALLY_REFUNDED'],
  ])('%d goes back once, and it is told when it is back', async (refund, status) => {
    await under.approve()
    const event = await canceled(refund)
    await policy(event)
    await policy(event)
    expect(await under.state()).toBe('REFUND_PENDING')
    expect(under.announced()).toEqual(['PaymentApproved'])
    await under.recover()
    expect(await under.provider.refunded()).toEqual([{ key: `refund:${event.bookingId}`, amount: refund }])
    expect(under.store.announcements[1]?.data).toMatchObject({ refunded: { amount: refund }, status })
    await policy(event)
    await under.recover()
    expect(await under.provider.refunded()).toHaveLength(1)
    expect(under.announced()).toEqual(['PaymentApproved', 'PaymentCanceled'])
  })

  test('and nothing goes back, it is told without asking the provider', async () => {
    await under.approve()
    await policy(await canceled(0))
    expect(under.store.announcements[1]).toMatchObject({
      version: 2,
      data: { refunded: { amount: 0 }, status: 'PARTIALLY_REFUNDED' },
    })
    expect(await under.provider.refunded()).toEqual([])
  })

  test('whose payment is not known, not of it, or does not fit, it is an error: the event is tried again', async () => {
    await under.approve()
    await expect(policy(await canceled(1, { paymentId: v7() }))).rejects.toThrow('not known')
    await expect(policy(await canceled(1, { bookingId: v7() }))).rejects.toThrow('not known')
    await expect(policy(await canceled(12_301))).rejects.toThrow('REFUND_DOES_NOT_FIT')
    expect(await under.state()).toBe('APPROVED')
  })
})
