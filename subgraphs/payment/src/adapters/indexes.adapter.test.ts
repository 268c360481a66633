import { plannedByKeys } from '@myhotel/kit/prisma'
import { createTestDatabase } from '@myhotel/kit/testing'
import {
  databaseOf,
  largeTables,
  numberedId,
  numberedIds,
  publishedOutbox,
  rows,
  statementsOf,
  waysOf,
} from '@myhotel/kit/testing/plans'
import { workSql } from '@myhotel/kit/work'
import { v7 } from 'uuid'
import { expect, it } from 'vitest'
import { createCommands } from '../application/commands.ts'
import { anIntent } from '../testing/examples.ts'
import { fakeProvider } from '../testing/fake-provider.ts'
import { openDatabase } from './database.ts'
import { prismaPayments } from './prisma-payments.ts'
import { unsettledWork } from './unsettled.ts'

/** Payments, the last hundred of which wait for the provider; all have a refund. */
const tables = [
  `INSERT INTO payment (id, attempt_id, state, booking_id, guest_id, host_id, room_id, amount, currency, method,
     started_at, deadline, provider_payment_id, approved_at, due_at, correlation_id, traceparent)
   SELECT id, id, CASE WHEN is_due THEN 'PENDING' ELSE 'APPROVED' END, id, 'guest', 'host', 'room', 1, 'EUR', 'card',
     now(), now(), CASE WHEN NOT is_due THEN 'pi_' || n END, CASE WHEN NOT is_due THEN now() END,
     CASE WHEN is_due THEN now() END, '', ''
   FROM generate_series(1, ${rows}) n, LATERAL (SELECT ${numberedIds('n')} AS id, n > ${rows - 100} AS is_due) numbered`,
  `INSERT INTO refund (key, payment_id, amount)
   SELECT 'refund' || n, ${numberedIds('n')}, 1 FROM generate_series(1, ${rows}) n`,
  publishedOutbox,
]

const { opened, ways } = largeTables(databaseOf('payment', openDatabase), tables)

function commandsOf({ database }: Pick<ReturnType<typeof openDatabase>, 'database'>) {
  const ports = { payments: prismaPayments(database), provider: fakeProvider().provider }
  const limits = { chargeWithinMs: 3_000, mostApprovals: 1_000 }
  return createCommands({ ...ports, now: Date.now, newId: v7 }, limits, () => {})
}

it('approving, and learning what became of an approval', async () => {
  const { approve, resolve } = commandsOf(opened())
  const attemptId = v7()
  const approval = async () => expect(await approve(attemptId, anIntent())).toMatchObject({ is: 'approved' })
  expect(await ways(approval)).toEqual(['payment_attempt_id_key', 'payment_pkey', 'refund_pkey'])
  const known = async () => expect(await resolve(attemptId)).toMatchObject({ is: 'approved' })
  expect(await ways(known)).toEqual(['payment_attempt_id_key', 'refund_payment_id_idx'])
})

it('approving in tables that nobody has analysed yet, by the same indexes', async () => {
  const fresh = await createTestDatabase('payment')
  const pool = openDatabase(fresh.url)
  try {
    const { approve } = commandsOf(pool)
    const approval = async () => expect(await approve(v7(), anIntent())).toMatchObject({ is: 'approved' })
    const found = await waysOf(plannedByKeys(fresh.url), await statementsOf(approval))
    expect(found).toEqual(['payment_attempt_id_key', 'payment_pkey', 'refund_pkey'])
  } finally {
    await pool.part.stop?.()
    await fresh.drop()
  }
})

it('payments by their ids, and those of the bookings of a page', async () => {
  const payments = prismaPayments(opened().database)
  const page = Array.from({ length: 100 }, (_, index) => numberedId(1 + index * 7))
  const byKey = ['payment_pkey', 'refund_payment_id_idx']
  expect(await ways(() => payments.byId(numberedId(7)))).toEqual(byKey)
  expect(await ways(() => payments.byIds(page))).toEqual(byKey)
  expect(await ways(() => payments.byBookings(page))).toEqual([
    'payment_approved_of_booking',
    'refund_payment_id_idx',
  ])
})

it('what is due', async () => {
  const pauseMs = () => 60_000
  const work = async () =>
    expect(await prismaPayments(opened().database).workOnDue(10, pauseMs, async () => undefined)).toBe(10)
  expect(await ways(work)).toEqual(['payment_due', 'payment_pkey', 'refund_payment_id_idx'])
})

it('what waits to be done, as figures tell it', async () => {
  const ask = () => opened().database.$queryRawUnsafe(workSql(unsettledWork))
  expect(await ways(ask)).toEqual([
    'all of dead_letter',
    'outbox_unpublished',
    'payment_due',
    'refund_payment_id_idx',
  ])
})
