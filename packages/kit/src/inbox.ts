import type { Envelope } from './bus.ts'
import type { Sql } from './sql.ts'

/** How an event stands to what a consumer has seen: the next of its aggregate, seen before, or too early. */
export type Arrival = 'next' | 'seen' | 'early'

// Each looks for its own rows: PostgreSQL would rather read all that the consumer has ever seen, once. An event's id is
// its aggregate and its version, which the table checks.
const receiveSql = `
  WITH asked AS (
    SELECT event_id, aggregate, version, is_seen, version = 1 OR is_followed IS NOT NULL AS is_next
    FROM jsonb_to_recordset($2::jsonb) AS event(event_id text, aggregate text, version int)
    LEFT JOIN LATERAL (
      SELECT true AS is_seen FROM inbox WHERE consumer = $1::text AND inbox.event_id = event.event_id LIMIT 1
    ) AS same ON true
    LEFT JOIN LATERAL (
      SELECT true AS is_followed FROM inbox
      WHERE consumer = $1::text AND inbox.event_id = event.aggregate || ':' || (event.version - 1) LIMIT 1
    ) AS predecessor ON true
  ), arrived AS (
    INSERT INTO inbox (consumer, event_id, aggregate, version)
    SELECT $1::text, event_id, aggregate, version FROM asked WHERE is_next
    ORDER BY event_id
    ON CONFLICT DO NOTHING
    RETURNING event_id
  )
  SELECT event_id AS id,
    CASE WHEN event_id IN (SELECT event_id FROM arrived) THEN 'next' WHEN is_seen OR is_next THEN 'seen' ELSE 'early' END
      AS arrival
  FROM asked`

/**
 * Enters events in the consumer's inbox, in the transaction of their effect: so each takes effect once, however
 * often it is delivered, and in the order of its aggregate. Answers, by id, how each has arrived; of one aggregate
 * there may be one event at a time.
 */
export async function receive(
  tx: Sql,
  consumer: string,
  events: readonly Envelope[],
): Promise<ReadonlyMap<string, Arrival>> {
  const asked = events.map(({ id, context, aggregateId, version }) => ({
    event_id: id,
    aggregate: `${context}.${aggregateId}`,
    version,
  }))
  type Row = { id: string; arrival: Arrival }
  const rows = await tx.$queryRawUnsafe<Row[]>(receiveSql, consumer, JSON.stringify(asked))
  return new Map(rows.map(({ id, arrival }) => [id, arrival]))
}

/** Puts an event aside that its consumer cannot use, with what was wrong, for a person to look at. */
export async function buryDeadLetter(
  tx: Sql,
  letter: { consumer: string; eventId: string; subject: string; envelope: unknown; error: string },
): Promise<void> {
  await tx.$executeRawUnsafe(
    `INSERT INTO dead_letter (consumer, event_id, subject, envelope, error)
     VALUES ($1::text, $2::text, $3::text, $4::jsonb, $5::text)
     ON CONFLICT (consumer, event_id) DO UPDATE SET error = excluded.error, died_at = now(), retry_requested_at = NULL`,
    letter.consumer,
    letter.eventId,
    letter.subject,
    JSON.stringify(letter.envelope),
    letter.error.slice(0, 4_000),
  )
}

/** Takes out one dead letter whose retry a person has asked for; it stays locked until the transaction ends. */
export async function takeDeadLetter(tx: Sql, consumer: string): Promise<Envelope | null> {
  const rows = await tx.$queryRawUnsafe<{ envelope: Envelope }[]>(
    `DELETE FROM dead_letter WHERE (consumer, event_id) = (
       SELECT consumer, event_id FROM dead_letter
       WHERE consumer = $1::text AND retry_requested_at IS NOT NULL
       ORDER BY retry_requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING envelope`,
    consumer,
  )
  return rows[0]?.envelope ?? null
}
