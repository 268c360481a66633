import type { Envelope } from './bus.ts'
import type { Sql } from './sql.ts'

/** How an event stands to what a consumer has seen: the next of its aggregate, seen before, or too early. */
export type Arrival = 'next' | 'seen' | 'early'

const receiveSql = `
  WITH arrived AS (
    INSERT INTO inbox (consumer, event_id, aggregate, version)
    SELECT $1::text, $2::text, $3::text, $4::int
    WHERE $4::int = 1
       OR EXISTS (SELECT 1 FROM inbox WHERE consumer = $1::text AND aggregate = $3::text AND version = $4::int - 1)
    ON CONFLICT DO NOTHING
    RETURNING 1
  )
  SELECT CASE WHEN EXISTS (SELECT 1 FROM arrived) THEN 'next'
              WHEN EXISTS (SELECT 1 FROM inbox WHERE consumer = $1::text AND event_id = $2::text) THEN 'seen'
              ELSE 'early' END AS arrival`

/**
 * Enters an event in the consumer's inbox, in the transaction of its effect: so it takes effect once, however
 * often it is delivered, and in the order of its aggregate.
 */
export async function receive(tx: Sql, consumer: string, event: Envelope): Promise<Arrival> {
  const aggregate = `${event.context}.${event.aggregateId}`
  const rows = await tx.$queryRawUnsafe<{ arrival: Arrival }[]>(
    receiveSql,
    consumer,
    event.id,
    aggregate,
    event.version,
  )
  return rows[0]?.arrival ?? 'early'
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
