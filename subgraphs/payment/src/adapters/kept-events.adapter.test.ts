import { createLogger } from '@myhotel/kit/logger'
import { subscribe } from '@myhotel/kit/subscription'
import { createPostman, createTestDatabase } from '@myhotel/kit/testing'
import { keptEvents, refusedOf } from '@myhotel/kit/testing/promises'
import { expect, test } from 'vitest'
import { evolve } from '../domain/payment.ts'
import { anIntent, aPending } from '../testing/examples.ts'
import { openDatabase } from './database.ts'
import { reactions } from './event-consumer.ts'
import { prismaPayments } from './prisma-payments.ts'

const paymentId = '01945a00-0000-7000-8000-0000000000c2'
const bookingId = '01945a00-0000-7000-8000-0000000000b2'

test.each(keptEvents)('takes in what $version has published', async ({ events }) => {
  const { url, drop } = await createTestDatabase('payment')
  const { database, part } = openDatabase(url, 5)
  const { bus, deliver } = createPostman()
  const log = createLogger('payment', 'silent')
  subscribe({ consumer: 'payment', bus, database, reactions: reactions(Date.now), log, neverGiveUp: true })

  const amount = { amount: 16_331, currency: 'EUR' }
  const pending = aPending({ id: paymentId, intent: anIntent({ bookingId, guestId: 'guest2', amount }) })
  const entered = await prismaPayments(database).begin(pending, 60_000)
  if (!('begun' in entered)) throw new Error('known already')
  const { begun } = entered
  const approval = { type: 'PaymentApproved', providerPaymentId: 'pay_2', at: 1_000 } as const
  await prismaPayments(database).save(begun, evolve(begun.payment, approval), [])

  expect(await refusedOf(events, deliver)).toEqual([])
  const stored = await database.payment.findUnique({ where: { id: paymentId }, include: { refunds: true } })
  expect(stored).toMatchObject({ state: 'REFUND_PENDING', refunds: [{ amount: 8_166n }] })
  await part.stop?.()
  await drop()
})
