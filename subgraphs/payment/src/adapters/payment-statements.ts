import { appendToOutboxSql } from '@myhotel/kit/outbox'

// What every approval does is done for all approvals of the moment by one statement, which is one round trip and one
// commit: `$1` is a JSON array with an object for each.

export const beginSql = `
  INSERT INTO payment (id, attempt_id, state, booking_id, guest_id, host_id, room_id, amount, currency, method,
    started_at, deadline, due_at, correlation_id, traceparent)
  SELECT id, attempt_id, state, booking_id, guest_id, host_id, room_id, amount, currency, method, started_at, deadline,
    CASE WHEN state = 'PENDING' THEN now() + leave_alone_ms * interval '1 ms' END, correlation_id, traceparent
  FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, attempt_id uuid, state text, booking_id uuid, guest_id text,
    host_id text, room_id text, amount bigint, currency text, method text, started_at timestamptz, deadline timestamptz,
    leave_alone_ms int, correlation_id text, traceparent text)
  ORDER BY attempt_id
  ON CONFLICT (attempt_id) DO NOTHING
  RETURNING id`

/** Under what name a refund that the provider refuses lies among the dead letters. */
const refusedRefunds = 'refunds'

// State, refunds and announcements, which `$2` holds; `and` is more to do about what was saved.
const saveSql = (and = '') => `
  WITH asked AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, revision int, state text, voided boolean,
      provider_payment_id text, approved_at timestamptz, decline_code text, decline_message text, version int,
      correlation_id text, traceparent text, refunds jsonb, is_due boolean)
  ), saved AS (
    UPDATE payment SET state = asked.state, voided = asked.voided, provider_payment_id = asked.provider_payment_id,
      approved_at = asked.approved_at, decline_code = asked.decline_code, decline_message = asked.decline_message,
      version = asked.version, revision = payment.revision + 1, tries = 0,
      due_at = CASE WHEN asked.is_due THEN now() END,
      refund_refused = NOT asked.is_due AND asked.state IN ('REFUND_PENDING', 'VOIDING'),
      correlation_id = asked.correlation_id, traceparent = asked.traceparent
    FROM asked
    WHERE payment.id = asked.id AND payment.revision = asked.revision
    RETURNING payment.id, asked.refunds
  ), refunded AS (
    INSERT INTO refund (key, payment_id, amount, refunded_at, refusals, refusal)
    SELECT key, saved.id, amount, refunded_at, refusals, refusal
    FROM saved, jsonb_to_recordset(saved.refunds) AS row(key text, amount bigint, refunded_at timestamptz,
      refusals int, refusal text)
    ON CONFLICT (key) DO UPDATE SET refunded_at = excluded.refunded_at, refusals = excluded.refusals,
      refusal = excluded.refusal
  )${and}, announced AS (${appendToOutboxSql('$2', 'aggregate_id IN (SELECT id::text FROM saved)')})
  SELECT id FROM saved`

/** Up to half as long again, at random: what came to a stop together is not to be taken up together again and again. */
export const takeDueSql = `
  UPDATE payment AS p SET revision = revision + 1, tries = tries + 1,
    due_at = now() + ($2::int[])[least(tries + 1, cardinality($2::int[]))] * interval '1 ms' * (1 + random() / 2)
  FROM (SELECT id FROM payment WHERE due_at < now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED) AS due
  WHERE p.id = due.id
  RETURNING p.id::text`

export const changeSql = saveSql()

/** As few refunds are refused, no other change pays for looking whether one is. */
export const refuseSql = saveSql(`, buried AS (
    INSERT INTO dead_letter (consumer, event_id, subject, envelope, error)
    SELECT '${refusedRefunds}', key, 'payment.refund', envelope, refusal
    FROM saved, jsonb_to_recordset(saved.refunds) AS row(key text, refusal text, envelope jsonb)
    WHERE envelope IS NOT NULL
    ON CONFLICT (consumer, event_id) DO UPDATE SET error = excluded.error, died_at = now(), retry_requested_at = NULL
  )`)

/** Takes out the dead letter of one refund whose retry was asked for, and has the worker ask the provider again. */
export const retryRefusedSql = `
  WITH wanted AS (
    DELETE FROM dead_letter WHERE (consumer, event_id) = (
      SELECT consumer, event_id FROM dead_letter
      WHERE consumer = '${refusedRefunds}' AND retry_requested_at IS NOT NULL
      ORDER BY retry_requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING event_id
  ), again AS (
    UPDATE refund SET refusal = NULL FROM wanted WHERE key = event_id AND refunded_at IS NULL RETURNING payment_id
  ), due AS (
    UPDATE payment SET due_at = now(), tries = 0, revision = revision + 1, refund_refused = false
    FROM again WHERE payment.id = again.payment_id
  )
  SELECT event_id FROM wanted`
