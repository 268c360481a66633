import { appendToOutboxSql } from '@myhotel/kit/outbox'
import { keysLookedUpByKeptPlans } from '@myhotel/kit/prisma'
import { attemptColumns } from './rows.ts'

// The statements of many bookings at a time: `$1` is a JSON array with an object for each. Every one of them is one
// transaction, so that whoever books at the same moment shares a round trip and a commit.

/** The listing that each asks for, and the attempt that has used its key. */
export const lookSql = `
  SELECT asked.number, listing.room_id, listing.version, listing.deleted, listing.offer, attempt.attempt
  FROM jsonb_to_recordset($1::jsonb) AS asked(number int, room_id uuid, guest_id text, idempotency_key text)
  LEFT JOIN room_listing AS listing ON listing.room_id = asked.room_id
  LEFT JOIN LATERAL (
    SELECT to_jsonb(found) AS attempt
    FROM (SELECT ${attemptColumns('a')} FROM booking_attempt AS a
          WHERE a.guest_id = asked.guest_id AND a.idempotency_key = asked.idempotency_key
            AND a.state <> 'ABORTED') AS found
  ) AS attempt ON true
  ORDER BY asked.number`

/**
 * Holds the nights of each and enters those attempts that have got theirs; gives their ids. ON CONFLICT, not a plain
 * insert: under the exclusion constraint contending plain inserts deadlock. In order of room and day, so that
 * statements that contend wait for each other in one direction only.
 */
export const beginSql = `
  WITH asked AS (
    SELECT row.* FROM ${keysLookedUpByKeptPlans}, jsonb_to_recordset($1::jsonb) AS row(id uuid, claim_id uuid, room_id uuid, start_date date,
      end_date date, guest_id text, idempotency_key text, request_fingerprint text, host_id text, guests int,
      total_amount bigint, currency text, terms jsonb, correlation_id text, traceparent text)
  ), claim AS (
    INSERT INTO stay_claim (id, room_id, stay, kind, state)
    SELECT claim_id, room_id, daterange(start_date, end_date), 'BOOKING', 'HELD' FROM asked
    ORDER BY room_id, start_date, claim_id
    ON CONFLICT DO NOTHING
    RETURNING id
  )
  INSERT INTO booking_attempt (id, claim_id, room_id, start_date, end_date, guest_id, idempotency_key,
    request_fingerprint, state, host_id, guests, total_amount, currency, terms, lease_until, hold_expires_at,
    correlation_id, traceparent)
  SELECT asked.id, claim_id, room_id, start_date, end_date, guest_id, idempotency_key, request_fingerprint, 'PAYING',
    host_id, guests, total_amount, currency, terms, now() + $2 * interval '1 ms', now() + $3 * interval '1 ms',
    correlation_id, traceparent
  FROM asked JOIN claim ON claim.id = asked.claim_id
  RETURNING id`

/**
 * Makes bookings of attempts that their owners still have, and announces them; `$2` holds the announcements. The lock
 * on a listing makes a booking and the deletion of its room wait for each other. `state || ''` is the state, but not as
 * the index of unsettled attempts has it, which would be read through for each, with all that have left it.
 */
export const confirmSql = `
  WITH asked AS (
    SELECT row.* FROM ${keysLookedUpByKeptPlans}, jsonb_to_recordset($1::jsonb) AS row(number int, id uuid, epoch int, room_id uuid, payment_id uuid,
      booked_at timestamptz)
  ), live AS (
    SELECT listing.room_id
    FROM (SELECT DISTINCT room_id FROM asked ORDER BY room_id) AS room
    CROSS JOIN LATERAL (
      SELECT room_id FROM room_listing WHERE room_listing.room_id = room.room_id AND NOT deleted FOR SHARE
    ) AS listing
  ), won AS (
    UPDATE booking_attempt AS attempt SET state = 'CONFIRMED', result = jsonb_build_object('bookingId', attempt.id)
    FROM asked JOIN live USING (room_id)
    WHERE attempt.id = asked.id AND attempt.state || '' = 'PAYING' AND attempt.epoch = asked.epoch
    RETURNING attempt.*, asked.payment_id, asked.booked_at
  ), claimed AS (
    UPDATE stay_claim SET state = 'BOOKED' FROM won WHERE stay_claim.id = won.claim_id
  ), booked AS (
    INSERT INTO booking (id, attempt_id, payment_id, claim_id, room_id, guest_id, host_id, start_date, end_date,
      guests, total_amount, currency, terms, booked_at)
    SELECT id, id, payment_id, claim_id, room_id, guest_id, host_id, start_date, end_date, guests, total_amount,
      currency, terms, booked_at FROM won
  ), announced AS (${appendToOutboxSql('$2', 'aggregate_id IN (SELECT id::text FROM won)')})
  SELECT asked.id IN (SELECT id FROM won) AS won, asked.room_id IN (SELECT room_id FROM live) AS live
  FROM asked ORDER BY asked.number`
