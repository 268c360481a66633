import { correlation } from '@myhotel/kit/context'
import { isOfOneRow, sqlState } from '@myhotel/kit/failures'
import { gathered } from '@myhotel/kit/gather'
import { joinOutboxJson, toOutboxJson } from '@myhotel/kit/outbox'
import type { Sql } from '@myhotel/kit/sql'
import { announceBooked } from '../application/announce.ts'
import type { Attempts, Correlation } from '../application/ports.ts'
import type { Attempt, BookingRequest } from '../domain/attempt.ts'
import type { BookedStay } from '../domain/booking.ts'
import { beginSql, confirmSql, lookSql } from './attempt-statements.ts'
import { type AttemptRow, attemptColumns, type ListingRow, toAttempt, toListing } from './rows.ts'

/** How attempts are timed, in milliseconds. */
export type AttemptTimes = {
  /** For so long an owner may work on an attempt before another takes it over. */
  readonly lease: number
  /** For so long an attempt may hold nights without an outcome of its payment. */
  readonly hold: number
}

/** An attempt that its owner still has goes to another state, and its claim is released. */
const endSql = (from: string, to: string) => `
  WITH ended AS (
    UPDATE booking_attempt SET state = '${to}', result = $3::jsonb, lease_until = now() + $4 * interval '1 ms'
    WHERE id = $1::uuid AND epoch = $2 AND state IN (${from})
    RETURNING claim_id
  ), released AS (
    UPDATE stay_claim SET state = 'RELEASED' FROM ended WHERE stay_claim.id = ended.claim_id
  )
  SELECT 1 FROM ended`

const declineSql = endSql(`'PAYING'`, 'DECLINED')
const giveUpSql = endSql(`'PAYING'`, 'ABORTING')
const abortSql = endSql(`'PAYING', 'ABORTING'`, 'ABORTED')

const forgetSql = `
  WITH forgotten AS (
    DELETE FROM booking_attempt WHERE id = $1::uuid AND epoch = $2 AND state = 'PAYING' RETURNING claim_id
  ), released AS (
    DELETE FROM stay_claim USING forgotten WHERE stay_claim.id = forgotten.claim_id
  )
  SELECT 1 FROM forgotten`

const takeOverSql = `
  UPDATE booking_attempt AS a SET epoch = epoch + 1, lease_until = now() + $2 * interval '1 ms'
  FROM (SELECT id FROM booking_attempt
        WHERE state IN ('PAYING', 'ABORTING') AND lease_until < now()
        ORDER BY lease_until LIMIT $1 FOR UPDATE SKIP LOCKED) AS due
  WHERE a.id = due.id
  RETURNING ${attemptColumns('a')}, a.hold_expires_at < now() AS expired, a.correlation_id, a.traceparent`

const uniqueViolation = '23505'

/**
 * How bookings of one moment are put together: more than these are next, or in the other lane. While there are many, a
 * statement waits for more of them.
 */
const together = { most: 50, lanes: 2, waitMs: 20, isOfOne: isOfOneRow }

/**
 * Attempts in PostgreSQL: each change is one statement, and so one transaction and one round trip; what every booking
 * does is done for all bookings of the moment by one.
 */
export function prismaAttempts(db: Sql, times: AttemptTimes, afterCommit: () => void): Attempts {
  const changed = async (sql: string, attempt: Attempt, ...values: unknown[]) =>
    (await db.$queryRawUnsafe<unknown[]>(sql, attempt.id, attempt.epoch, ...values)).length > 0

  const look = gathered<BookingRequest, LookRow>({
    ...together,
    work(requests) {
      const asked = requests.map(({ roomId, guestId, idempotencyKey }, number) => ({
        number,
        room_id: roomId,
        guest_id: guestId,
        idempotency_key: idempotencyKey,
      }))
      return db.$queryRawUnsafe<LookRow[]>(lookSql, JSON.stringify(asked))
    },
  })

  const begin = gathered<ReturnType<typeof toRecord>, boolean>({
    ...together,
    keyOf: ({ guest_id, idempotency_key }) => JSON.stringify([guest_id, idempotency_key]),
    async work(records) {
      const values = [JSON.stringify(records), times.lease, times.hold]
      const rows = await db.$queryRawUnsafe<{ id: string }[]>(beginSql, ...values)
      const begun = new Set(rows.map(({ id }) => id))
      return records.map(({ id }) => begun.has(id))
    },
  })

  type Confirmation = { record: object; announced: string }
  const confirm = gathered<Confirmation, { won: boolean; live: boolean }>({
    ...together,
    work(confirmations) {
      const asked = confirmations.map(({ record }, number) => ({ number, ...record }))
      const announced = joinOutboxJson(confirmations.map(({ announced }) => announced))
      return db.$queryRawUnsafe<{ won: boolean; live: boolean }[]>(
        confirmSql,
        JSON.stringify(asked),
        announced,
      )
    },
  })

  return {
    async look(request) {
      const { attempt, ...listing } = await look(request)
      return {
        listing: listing.room_id ? toListing(listing) : null,
        attempt: attempt ? toAttempt(attempt) : null,
      }
    },

    async begin(attempt) {
      try {
        return (await begin(toRecord(attempt))) ? 'begun' : 'nights taken'
      } catch (error) {
        if (sqlState(error) === uniqueViolation) return 'key used'
        throw error
      }
    },

    async find(attemptId) {
      const sql = `SELECT ${attemptColumns('a')} FROM booking_attempt AS a WHERE a.id = $1::uuid`
      const [row] = await db.$queryRawUnsafe<AttemptRow[]>(sql, attemptId)
      return row ? toAttempt(row) : null
    },

    async confirm(attempt: Attempt, booking: BookedStay) {
      const { id, epoch, roomId } = attempt
      const bookedAt = new Date(booking.bookedAt).toISOString()
      const { won, live } = await confirm({
        record: { id, epoch, room_id: roomId, payment_id: booking.paymentId, booked_at: bookedAt },
        announced: toOutboxJson([announceBooked(booking)]),
      })
      if (won) afterCommit()
      return won ? 'confirmed' : live ? 'lost' : 'room deleted'
    },

    decline: (attempt, refusal) => changed(declineSql, attempt, JSON.stringify({ refusal }), 0),
    giveUp: (attempt) => changed(giveUpSql, attempt, null, 1_000),
    abort: (attempt) => changed(abortSql, attempt, null, 0),
    forget: (attempt) => changed(forgetSql, attempt),

    async leaveToRecovery(attempt, ms) {
      await db.$executeRawUnsafe(
        `UPDATE booking_attempt SET lease_until = now() + $3 * interval '1 ms'
         WHERE id = $1::uuid AND epoch = $2 AND state IN ('PAYING', 'ABORTING')`,
        ...[attempt.id, attempt.epoch, ms],
      )
    },

    async takeOver(most) {
      type Row = AttemptRow & { expired: boolean; correlation_id: string; traceparent: string }
      const rows = await db.$queryRawUnsafe<Row[]>(takeOverSql, most, times.lease)
      return rows.map((row) => {
        const under: Correlation = { correlationId: row.correlation_id, traceparent: row.traceparent }
        return { attempt: toAttempt(row), expired: row.expired, correlation: under }
      })
    },
  }
}

type LookRow = ListingRow & { attempt: AttemptRow | null }

/** An attempt as beginSql reads it, under the present correlation. */
function toRecord(attempt: Attempt) {
  const { correlationId, traceparent } = correlation()
  const { amount, currency } = attempt.terms.price.total
  return {
    id: attempt.id,
    claim_id: attempt.claimId,
    room_id: attempt.roomId,
    start_date: attempt.stay.startDate,
    end_date: attempt.stay.endDate,
    guest_id: attempt.guestId,
    idempotency_key: attempt.idempotencyKey,
    request_fingerprint: attempt.fingerprint,
    host_id: attempt.hostId,
    guests: attempt.guests,
    total_amount: amount,
    currency,
    terms: attempt.terms,
    correlation_id: correlationId,
    traceparent,
  }
}
