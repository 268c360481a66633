import { correlated, correlation } from '@myhotel/kit/context'
import { appendToOutboxSql, toOutboxJson } from '@myhotel/kit/outbox'
import type { Payments, Stored } from '../application/ports.ts'
import { isApproved } from '../domain/payment.ts'
import type { Database, Transaction } from './database.ts'
import { type PaymentRow, toPayment, withRefunds } from './rows.ts'

const beginSql = `
  INSERT INTO payment (id, attempt_id, state, booking_id, guest_id, host_id, room_id, amount, currency, method,
    started_at, deadline, due_at, correlation_id, traceparent)
  VALUES ($1::uuid, $2::uuid, $3, $4::uuid, $5, $6, $7, $8::int, $9, $10, $11::timestamptz, $12::timestamptz,
    CASE WHEN $3 = 'PENDING' THEN now() + $13::int * interval '1 ms' END, $14, $15)
  ON CONFLICT (attempt_id) DO NOTHING`

// One statement, so that state, refunds and announcements cost one round trip and are one commit.
const saveSql = `
  WITH saved AS (
    UPDATE payment SET state = $3, voided = $4, provider_payment_id = $5, approved_at = $6::timestamptz,
      decline_code = $7, decline_message = $8, version = $9::int, revision = revision + 1, tries = 0,
      due_at = CASE WHEN $3 IN ('PENDING', 'REFUND_PENDING', 'VOIDING') THEN now() END,
      correlation_id = $10, traceparent = $11
    WHERE id = $1::uuid AND revision = $2::int
    RETURNING 1
  ), refunds AS (
    INSERT INTO refund (key, payment_id, amount, refunded_at)
    SELECT key, $1::uuid, amount, refunded_at
    FROM jsonb_to_recordset($12::jsonb) AS row(key text, amount int, refunded_at timestamptz)
    WHERE EXISTS (SELECT 1 FROM saved)
    ON CONFLICT (key) DO UPDATE SET refunded_at = excluded.refunded_at
  ), announced AS (${appendToOutboxSql('$13', 'saved')})
  SELECT 1 FROM saved`

const takeDueSql = `
  UPDATE payment AS p SET revision = revision + 1, tries = tries + 1,
    due_at = now() + ($2::int[])[least(tries + 1, cardinality($2::int[]))] * interval '1 ms'
  FROM (SELECT id FROM payment WHERE due_at < now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED) AS due
  WHERE p.id = due.id
  RETURNING p.id::text`

/** Payments in PostgreSQL. `afterCommit` is told when something may have been announced. */
export function prismaPayments(db: Database | Transaction, afterCommit: () => void = () => {}): Payments {
  const stored = (row: PaymentRow | null): Stored | null =>
    row && { payment: toPayment(row), revision: row.revision }
  const byAttempt = async (attemptId: string) =>
    stored(await db.payment.findUnique({ where: { attemptId }, include: withRefunds }))

  return {
    byAttempt,

    async byId(id) {
      return stored(await db.payment.findUnique({ where: { id }, include: withRefunds }))
    },

    async byIds(ids) {
      const rows = await db.payment.findMany({ where: { id: { in: [...ids] } }, include: withRefunds })
      return new Map(rows.map((row) => [row.id, { payment: toPayment(row), revision: row.revision }]))
    },

    async byBooking(bookingId) {
      const where = { bookingId, approvedAt: { not: null } }
      const row = await db.payment.findFirst({ where, include: withRefunds })
      const payment = row && toPayment(row)
      return payment && isApproved(payment) ? payment : null
    },

    async begin(payment, leaveAloneMs) {
      const { correlationId, traceparent } = correlation()
      const { id, attemptId, state, startedAt, intent } = payment
      const values = [
        ...[id, attemptId, state, intent?.bookingId, intent?.guestId, intent?.hostId, intent?.roomId],
        ...[intent?.amount.amount, intent?.amount.currency, intent?.method, new Date(startedAt)],
        ...[intent && new Date(intent.deadline), leaveAloneMs, correlationId, traceparent],
      ]
      const begun = await db.$executeRawUnsafe(beginSql, ...values.map((value) => value ?? null))
      if (begun === 1) return { begun: { payment, revision: 0 } }
      const known = await byAttempt(attemptId)
      if (!known) throw new Error(`attempt ${attemptId} is neither new nor known`)
      return { known }
    },

    async forget({ payment, revision }) {
      const { count } = await db.payment.deleteMany({ where: { id: payment.id, revision, state: 'PENDING' } })
      return count === 1
    },

    async save(before, after, announcements) {
      const { correlationId, traceparent } = correlation()
      const { state, voided, version } = after
      const refunds = 'refunds' in after ? after.refunds : []
      const decline = after.state === 'DECLINED' ? after.decline : null
      const saved = await db.$queryRawUnsafe<unknown[]>(
        saveSql,
        ...[before.payment.id, before.revision, state, voided],
        'providerPaymentId' in after ? after.providerPaymentId : null,
        isApproved(after) ? new Date(after.approvedAt) : null,
        ...[decline?.code ?? null, decline?.message ?? null, version, correlationId, traceparent],
        JSON.stringify(refunds.map(toRefundRow)),
        toOutboxJson(announcements),
      )
      if (saved.length === 0) return null
      if (announcements.length > 0) afterCommit()
      return { payment: after, revision: before.revision + 1 }
    },

    async workOnDue(most, pauseMs, work) {
      const pauses = Array.from({ length: 8 }, (_, tries) => pauseMs(tries))
      const taken = await db.$queryRawUnsafe<{ id: string }[]>(takeDueSql, most, pauses)
      if (taken.length === 0) return 0
      const ids = taken.map(({ id }) => id)
      const rows = await db.payment.findMany({ where: { id: { in: ids } }, include: withRefunds })
      await Promise.all(
        rows.map((row) =>
          correlated({ correlationId: row.correlationId, traceparent: row.traceparent }, () =>
            work({ payment: toPayment(row), revision: row.revision }, row.tries),
          ),
        ),
      )
      return taken.length
    },
  }
}

function toRefundRow({
  key,
  amount,
  refundedAt,
}: {
  key: string
  amount: number
  refundedAt: number | null
}) {
  return { key, amount, refunded_at: refundedAt === null ? null : new Date(refundedAt).toISOString() }
}
