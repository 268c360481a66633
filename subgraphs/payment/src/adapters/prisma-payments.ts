import { correlated, correlation } from '@myhotel/kit/context'
import { isOfOneRow } from '@myhotel/kit/failures'
import { gathered } from '@myhotel/kit/gather'
import { firstIdOf } from '@myhotel/kit/ids'
import { joinOutboxJson, toOutboxJson } from '@myhotel/kit/outbox'
import { traced } from '@myhotel/kit/tracing'
import type { Payments, Stored } from '../application/ports.ts'
import { isApproved, type Payment, type Pending, type Tombstone } from '../domain/payment.ts'
import { nextStep } from '../domain/standing.ts'
import type { Database, Transaction } from './database.ts'
import { beginSql, changeSql, refuseSql, retryRefusedSql, takeDueSql } from './payment-statements.ts'
import { type PaymentRow, toPayment, withRefunds } from './rows.ts'

/**
 * How approvals of one moment are put together: more than these are next, or in the other lane. While there are many, a
 * statement waits for more of them.
 */
const together = { most: 50, lanes: 2, waitMs: 20, isOfOne: isOfOneRow }

/** Payments in PostgreSQL. `afterCommit` is told when something may have been announced. */
export function prismaPayments(db: Database | Transaction, afterCommit: () => void = () => {}): Payments {
  const stored = (row: PaymentRow | null): Stored | null =>
    row && { payment: toPayment(row), revision: row.revision }
  const byAttempt = async (attemptId: string) =>
    stored(await db.payment.findUnique({ where: { attemptId }, include: withRefunds }))

  const begin = gathered<ReturnType<typeof toBeginning>, boolean>({
    ...together,
    keyOf: ({ attempt_id }) => attempt_id,
    work: (records) => done(records, beginSql, [JSON.stringify(records)]),
  })

  const save = gathered<{ record: ReturnType<typeof toChange>; announced: string }, boolean>({
    ...together,
    keyOf: ({ record }) => record.id,
    work(changes) {
      const records = changes.map(({ record }) => record)
      const announced = joinOutboxJson(changes.map(({ announced }) => announced))
      const sql = records.some(({ refunds }) => refunds.some(({ envelope }) => envelope))
        ? refuseSql
        : changeSql
      return done(records, sql, [JSON.stringify(records), announced])
    },
  })

  /** Whether a statement has done what each record asks for. */
  async function done(records: readonly { id: string }[], sql: string, values: string[]): Promise<boolean[]> {
    const rows = await db.$queryRawUnsafe<{ id: string }[]>(sql, ...values)
    const ids = new Set(rows.map(({ id }) => id))
    return records.map(({ id }) => ids.has(id))
  }

  return {
    byAttempt,

    async byId(id) {
      return stored(await db.payment.findUnique({ where: { id }, include: withRefunds }))
    },

    async byIds(ids) {
      const rows = await db.payment.findMany({ where: { id: { in: [...ids] } }, include: withRefunds })
      return new Map(rows.map((row) => [row.id, { payment: toPayment(row), revision: row.revision }]))
    },

    async byBookings(bookingIds) {
      const where = { bookingId: { in: [...bookingIds] }, approvedAt: { not: null } }
      const rows = await db.payment.findMany({ where, include: withRefunds })
      const approved = rows.map(toPayment).filter(isApproved)
      return new Map(approved.map((payment) => [payment.intent.bookingId, payment]))
    },

    async approvedBetween(from, before, after, most) {
      // Ids tell when they were made: their index is also that of the time.
      const id = { gte: firstIdOf(from), lt: firstIdOf(before), ...(after && { gt: after }) }
      const where = { id, approvedAt: { not: null } }
      const rows = await db.payment.findMany({
        where,
        orderBy: { id: 'asc' },
        take: most,
        include: withRefunds,
      })
      return rows.map(toPayment).filter(isApproved)
    },

    async begin(payment, leaveAloneMs) {
      if (await begin(toBeginning(payment, leaveAloneMs))) return { begun: { payment, revision: 0 } }
      const known = await byAttempt(payment.attemptId)
      if (!known) throw new Error(`attempt ${payment.attemptId} is neither new nor known`)
      return { known }
    },

    async forget({ payment, revision }) {
      const { count } = await db.payment.deleteMany({ where: { id: payment.id, revision, state: 'PENDING' } })
      return count === 1
    },

    async save(before, after, announcements) {
      const announced = toOutboxJson(announcements)
      if (!(await save({ record: toChange(before, after), announced }))) return null
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
            traced('settle payment', { attributes: { 'myhotel.tries': row.tries } }, () =>
              work({ payment: toPayment(row), revision: row.revision }, row.tries),
            ),
          ),
        ),
      )
      return taken.length
    },

    async retryRefused() {
      return (await db.$queryRawUnsafe<unknown[]>(retryRefusedSql)).length > 0
    },
  }
}

/** A payment as beginSql reads it, under the present correlation. */
function toBeginning({ id, attemptId, state, startedAt, intent }: Pending | Tombstone, leaveAloneMs: number) {
  const { correlationId, traceparent } = correlation()
  return {
    id,
    attempt_id: attemptId,
    state,
    booking_id: intent?.bookingId,
    guest_id: intent?.guestId,
    host_id: intent?.hostId,
    room_id: intent?.roomId,
    amount: intent?.amount.amount,
    currency: intent?.amount.currency,
    method: intent?.method,
    started_at: iso(startedAt),
    deadline: intent && iso(intent.deadline),
    leave_alone_ms: leaveAloneMs,
    correlation_id: correlationId,
    traceparent,
  }
}

/** What saveSql changes in a payment, under the present correlation. */
function toChange({ payment, revision }: Stored, after: Payment) {
  const { correlationId, traceparent } = correlation()
  const refunds = 'refunds' in after ? after.refunds : []
  const refusalsBefore = new Map(
    'refunds' in payment ? payment.refunds.map((each) => [each.key, each.refusals]) : [],
  )
  const decline = after.state === 'DECLINED' ? after.decline : null
  return {
    id: payment.id,
    revision,
    state: after.state,
    voided: after.voided,
    provider_payment_id: 'providerPaymentId' in after ? after.providerPaymentId : null,
    approved_at: isApproved(after) ? iso(after.approvedAt) : null,
    decline_code: decline?.code,
    decline_message: decline?.message,
    version: after.version,
    correlation_id: correlationId,
    traceparent,
    is_due: nextStep(after, 0) !== null,
    refunds: refunds.map(({ key, amount, refundedAt, refusals, refusal }) => ({
      ...{ key, amount, refusals, refusal },
      refunded_at: refundedAt === null ? null : iso(refundedAt),
      // Only what was refused just now is a new dead letter.
      envelope:
        refusal === null || refusalsBefore.get(key) === refusals
          ? null
          : { paymentId: payment.id, key, amount },
    })),
  }
}

const iso = (instant: number) => new Date(instant).toISOString()
