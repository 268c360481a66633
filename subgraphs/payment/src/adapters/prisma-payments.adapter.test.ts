import { createTestDatabase } from '@myhotel/kit/testing'
import { afterAll, beforeAll } from 'vitest'
import { paymentsContract } from '../testing/payments-contract.ts'
import { openDatabase } from './database.ts'
import { prismaPayments } from './prisma-payments.ts'

let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let opened: ReturnType<typeof openDatabase>

beforeAll(async () => {
  postgres = await createTestDatabase('payment')
  opened = openDatabase(postgres.url, 5)
})
afterAll(async () => {
  await opened?.part.stop?.()
  await postgres?.drop()
})

paymentsContract('PostgreSQL', () => ({
  payments: prismaPayments(opened.database),
  announced: async () => {
    const rows = await opened.database.outbox.findMany({ select: { eventId: true } })
    return rows.map(({ eventId }) => eventId)
  },
  deadLetters: async () => {
    const rows = await opened.database.deadLetter.findMany()
    return rows.map(({ eventId, error }) => ({ key: eventId, reason: error }))
  },
  // As `npm run dead-letters -- retry` does.
  async requestRetry(key) {
    await opened.database.deadLetter.updateMany({
      where: { eventId: key },
      data: { retryRequestedAt: new Date() },
    })
  },
}))
