import { BookCanceled, Booked } from '@myhotel/contracts/book'
import { announcement } from '@myhotel/contracts/event'
import { createLogger } from '@myhotel/kit/logger'
import { subscribe } from '@myhotel/kit/subscription'
import { asEvent, createPostman, createTestDatabase } from '@myhotel/kit/testing'
import { v7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Approved } from '../domain/payment.ts'
import { evolve } from '../domain/payment.ts'
import { aPending } from '../testing/examples.ts'
import { openDatabase } from './database.ts'
import { reactions } from './event-consumer.ts'
import { prismaPayments } from './prisma-payments.ts'

let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let opened: ReturnType<typeof openDatabase>
const postman = createPostman()

beforeAll(async () => {
  postgres = await createTestDatabase('payment')
  opened = openDatabase(postgres.url, 5)
  const log = createLogger('test', 'silent')
  const { database } = opened
  subscribe({
    consumer: 'payment',
    bus: postman.bus,
    database,
    reactions: reactions(Date.now),
    log,
    neverGiveUp: true,
  })
})
afterAll(async () => {
  await opened?.part.stop?.()
  await postgres?.drop()
})

/** An approved payment of 123.00 EUR. */
async function anApproved(): Promise<Approved> {
  const payments = prismaPayments(opened.database)
  const entered = await payments.begin(aPending(), 60_000)
  if (!('begun' in entered)) throw new Error('known already')
  const { payment } = entered.begun
  const approved = evolve(payment, {
    type: 'PaymentApproved',
    providerPaymentId: `pay_${payment.id}`,
    at: 1_000,
  })
  await payments.save(entered.begun, approved, [])
  return approved as Approved
}

function events({ id, intent }: Approved, refund: number) {
  const { bookingId, roomId, guestId, hostId, amount } = intent
  const stay = {
    ...{ bookingId, roomId, roomName: 'Sea view', guestId, hostId, guests: 1, total: amount, paymentId: id },
    ...{ startDate: '2027-03-01', endDate: '2027-03-03' },
  }
  const booked = announcement(Booked, bookingId, 1, {
    ...stay,
    ...{ city: 'Busan', country: 'KR', timeZone: 'Asia/Seoul', lines: [], cancellationPolicy: 'FLEXIBLE' },
    ...{ checkInTime: '15:00', checkOutTime: '11:00', bookedAt: '2026-11-23T12:00:00.000Z' },
  })
  const canceled = announcement(BookCanceled, bookingId, 2, {
    ...stay,
    ...{ canceledBy: 'GUEST', reason: null, refund: { ...amount, amount: refund } },
    canceledAt: '2026-11-23T13:00:00.000Z',
  })
  return { booked: asEvent(booked), canceled: asEvent(canceled) }
}

const stored = (id: string) =>
  opened.database.payment.findUniqueOrThrow({ where: { id }, include: { refunds: true } })

test('a cancellation that is delivered again and again, also at the same time, asks for one refund', async () => {
  const payment = await anApproved()
  const { booked, canceled } = events(payment, 4_000)
  expect(await postman.deliver(booked)).toEqual(['done'])
  const verdicts = await Promise.all([1, 2, 3].map(() => postman.deliver(canceled)))
  expect(verdicts.flat()).toContain('done')
  expect(await postman.deliver(canceled)).toEqual(['done'])
  expect(await stored(payment.id)).toMatchObject({
    state: 'REFUND_PENDING',
    correlationId: canceled.correlationId,
    refunds: [{ key: `refund:${payment.intent.bookingId}`, amount: 4_000n, refundedAt: null }],
  })
})

test('a refund of nothing is told in the transaction that receives the event', async () => {
  const payment = await anApproved()
  const { booked, canceled } = events(payment, 0)
  await postman.deliver(booked)
  await postman.deliver(canceled)
  expect((await stored(payment.id)).state).toBe('PARTIALLY_REFUNDED')
  const announced = await opened.database.outbox.findMany({ where: { aggregateId: payment.id } })
  expect(announced).toMatchObject([
    { type: 'PaymentCanceled', version: 2, data: { refunded: { amount: 0 } } },
  ])
})

test('a cancellation that comes before its booking waits for it', async () => {
  const payment = await anApproved()
  const { booked, canceled } = events(payment, 4_000)
  expect(await postman.deliver(canceled)).toEqual([{ retryAfterMs: expect.any(Number) }])
  await postman.deliver(booked)
  expect(await postman.deliver(canceled)).toEqual(['done'])
  expect((await stored(payment.id)).state).toBe('REFUND_PENDING')
})

test('a cancellation whose payment is not known here is never given up', async () => {
  const payment = await anApproved()
  const { booked, canceled } = events({ ...payment, id: v7() }, 4_000)
  await postman.deliver(booked)
  for (const attempt of [1, 10, 1_000]) {
    expect(await postman.deliver(canceled, attempt)).toEqual([{ retryAfterMs: expect.any(Number) }])
  }
  expect(await opened.database.inbox.count({ where: { eventId: canceled.id } })).toBe(0)
  expect(await opened.database.deadLetter.count()).toBe(0)
  expect((await stored(payment.id)).state).toBe('APPROVED')
})
