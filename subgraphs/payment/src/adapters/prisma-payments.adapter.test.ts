import { createTestDatabase } from '@myhotel/kit/testing'
import { afterAll, beforeAll } from 'vitest'
import { paymentsContract } from '../testing/payments-contract.ts'
import { createDatabase } from './database.ts'
import { prismaPayments } from './prisma-payments.ts'

let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let database: ReturnType<typeof createDatabase>

beforeAll(async () => {
  postgres = await createTestDatabase('payment')
  database = createDatabase(postgres.url, 5)
})
afterAll(async () => {
  await database?.part.stop?.()
  await postgres?.drop()
})

paymentsContract('PostgreSQL', () => ({
  payments: prismaPayments(database.prisma),
  announced: async () => {
    const rows = await database.prisma.outbox.findMany({ select: { eventId: true } })
    return rows.map(({ eventId }) => eventId)
  },
}))
