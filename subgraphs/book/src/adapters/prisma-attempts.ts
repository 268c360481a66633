import { correlation } from '@myhotel/kit/context'
import { appendToOutboxSql, toOutboxJson } from '@myhotel/kit/outbox'
import type { Sql } from '@myhotel/kit/sql'
import { announceBooked } from '../application/announce.ts'
import type { Attempts, Correlation } from '../application/ports.ts'
import type { Attempt } from '../domain/attempt.ts'
import type { BookedStay } from '../domain/booking.ts'
import { isUniqueViolation } from './prisma-errors.ts'
import { type AttemptRow, attemptColumns, type ListingRow, toAttempt, toListing } from './rows.ts'

/** How attempts are timed, in milliseconds. */
export type AttemptTimes = {
  /** For so long an owner may work on an attempt before another takes it over. */
  readonly lease: number
  /** For so long an attempt may hold nights without an outcome of its payment. */
  readonly hold: number
}

const lookSql = `
  SELECT listing.room_id, listing.version, listing.deleted, listing.offer, attempt.attempt
  FROM (SELECT $1::uuid AS asked) AS request
  LEFT JOIN room_listing AS listing ON listing.room_id = asked
  LEFT JOIN LATERAL (
    SELECT to_jsonb(found) AS attempt
    FROM (SELECT ${attemptColumns('a')} FROM booking_attempt AS a
          WHERE a.guest_id = $2 AND a.idempotency_key = $3 AND a.state <> 'ABORTED') AS found
  ) AS attempt ON true`

// ON CONFLICT, not a plain insert: under the exclusion constraint contending plain inserts deadlock.
const beginSql = `
  WITH claim AS (
    INSERT INTO stay_claim (id, room_id, stay, kind, state)
    VALUES ($1::uuid, $2::uuid, daterange($3::date, $4::date), 'BOOKING', 'HELD')
    ON CONFLICT DO NOTHING
    RETURNING id
  )
  INSERT INTO booking_attempt (id, claim_id, room_id, start_date, end_date, guest_id, idempotency_key,
    request_fingerprint, state, host_id, guests, total_amount, currency, terms, lease_until, hold_expires_at,
    correlation_id, traceparent)
  SELECT $5::uuid, id, $2::uuid, $3::date, $4::date, $6, $7, $8, 'PAYING', $9, $10, $11, $12, $13::jsonb,
    now() + $14 * interval '1 ms', now() + $15 * interval '1 ms', $16, $17
  FROM claim`

// The lock on the listing makes a booking and the deletion of its room wait for each other.
const confirmSql = `
  WITH live AS (
    SELECT 1 FROM room_listing WHERE room_id = $6::uuid AND NOT deleted FOR SHARE
  ), won AS (
    UPDATE booking_attempt SET state = 'CONFIRMED', result = jsonb_build_object('bookingId', id)
    WHERE id = $1::uuid AND state = 'PAYING' AND epoch = $2 AND EXISTS (SELECT 1 FROM live)
    RETURNING *
  ), claimed AS (
    UPDATE stay_claim SET state = 'BOOKED' FROM won WHERE stay_claim.id = won.claim_id
  ), booked AS (
    INSERT INTO booking (id, attempt_id, payment_id, claim_id, room_id, guest_id, host_id, start_date, end_date,
      guests, total_amount, currency, terms, booked_at)
    SELECT id, id, $3::uuid, claim_id, room_id, guest_id, host_id, start_date, end_date, guests, total_amount,
      currency, terms, $4::timestamptz FROM won
  ), announced AS (${appendToOutboxSql('$5', 'won')})
  SELECT EXISTS (SELECT 1 FROM won) AS won, EXISTS (SELECT 1 FROM live) AS live`

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

/** Attempts in PostgreSQL: each change is one statement, and so one transaction and one round trip. */
export function prismaAttempts(db: Sql, times: AttemptTimes, afterCommit: () => void): Attempts {
  const changed = async (sql: string, attempt: Attempt, ...values: unknown[]) =>
    (await db.$queryRawUnsafe<unknown[]>(sql, attempt.id, attempt.epoch, ...values)).length > 0

  return {
    async look({ roomId, guestId, idempotencyKey }) {
      type Row = ListingRow & { attempt: AttemptRow | null }
      const [row] = await db.$queryRawUnsafe<Row[]>(lookSql, roomId, guestId, idempotencyKey)
      return {
        listing: row?.room_id ? toListing(row) : null,
        attempt: row?.attempt ? toAttempt(row.attempt) : null,
      }
    },

    async begin(attempt) {
      const { startDate, endDate } = attempt.stay
      const { amount, currency } = attempt.terms.price.total
      const { correlationId, traceparent } = correlation()
      const values = [
        ...[
          attempt.claimId,
          attempt.roomId,
          startDate,
          endDate,
          attempt.id,
          attempt.guestId,
          attempt.idempotencyKey,
        ],
        ...[
          attempt.fingerprint,
          attempt.hostId,
          attempt.guests,
          amount,
          currency,
          JSON.stringify(attempt.terms),
        ],
        ...[times.lease, times.hold, correlationId, traceparent],
      ]
      try {
        return (await db.$executeRawUnsafe(beginSql, ...values)) === 1 ? 'begun' : 'nights taken'
      } catch (error) {
        if (isUniqueViolation(error)) return 'key used'
        throw error
      }
    },

    async find(attemptId) {
      const sql = `SELECT ${attemptColumns('a')} FROM booking_attempt AS a WHERE a.id = $1::uuid`
      const [row] = await db.$queryRawUnsafe<AttemptRow[]>(sql, attemptId)
      return row ? toAttempt(row) : null
    },

    async confirm(attempt: Attempt, booking: BookedStay) {
      const [row] = await db.$queryRawUnsafe<{ won: boolean; live: boolean }[]>(
        confirmSql,
        ...[attempt.id, attempt.epoch, booking.paymentId, new Date(booking.bookedAt).toISOString()],
        ...[toOutboxJson([announceBooked(booking)]), attempt.roomId],
      )
      if (row?.won) afterCommit()
      return row?.won ? 'confirmed' : row?.live ? 'lost' : 'room deleted'
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
