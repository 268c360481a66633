import { createTestDatabase } from '@myhotel/kit/testing'
import { statementsOf } from '@myhotel/kit/testing/plans'
import { v7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCommands } from '../application/commands.ts'
import { anIntent } from '../testing/examples.ts'
import { fakeProvider } from '../testing/fake-provider.ts'
import { openDatabase } from './database.ts'
import { prismaPayments } from './prisma-payments.ts'

let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let opened: ReturnType<typeof openDatabase>
beforeAll(async () => {
  postgres = await createTestDatabase('payment')
  opened = openDatabase(postgres.url)
})
afterAll(async () => {
  await opened?.part.stop?.()
  await postgres?.drop()
})

function underTest() {
  const payments = prismaPayments(opened.database)
  const ports = { payments, provider: fakeProvider().provider, now: Date.now, newId: v7 }
  return { payments, ...createCommands(ports, { chargeWithinMs: 3_000, mostApprovals: 1_000 }, () => {}) }
}

it('approves in two round trips, each a prepared statement', async () => {
  const { approve } = underTest()
  const asked = await statementsOf(async () => {
    expect(await approve(v7(), anIntent())).toMatchObject({ is: 'approved' })
  })
  expect(asked).toHaveLength(2)
  expect(asked.filter(({ name }) => !name)).toEqual([])
})

it('approves a hundred at a time in as many round trips as a few', async () => {
  const { approve } = underTest()
  const asked = await statementsOf(async () => {
    const approving = Array.from({ length: 100 }, () => approve(v7(), anIntent({ bookingId: v7() })))
    for (const standing of await Promise.all(approving)) expect(standing).toMatchObject({ is: 'approved' })
  })
  // Two batches of both; who comes late to one has another.
  expect(asked.length).toBeLessThanOrEqual(8)
})
