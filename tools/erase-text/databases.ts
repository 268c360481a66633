import type { Client } from '@myhotel/kit/postgres'

/** A kind of event, and the fields that must be blank in it. */
export type Withheld = {
  readonly context: string
  readonly type: string
  readonly blank: Readonly<Record<string, '' | null>>
}

/** Rows that are changed in one statement, so that the relay never waits long for one. */
const batch = 10_000

/** Blanks the fields of a database's own events. Answers how many events carried text. */
export async function eraseFromOutbox(
  client: Client,
  withheld: readonly Withheld[],
  apply: boolean,
): Promise<number> {
  let events = 0
  for (const { context, type, blank } of withheld) {
    const carriesText = `context = $1 AND type = $2 AND data || $3::jsonb <> data`
    const values = [context, type, blank]
    const { rows } = await client.query<{ events: number; first: string; last: string }>(
      `SELECT count(*)::int AS events, min(seq) AS first, max(seq) AS last FROM outbox WHERE ${carriesText}`,
      values,
    )
    const [row] = rows
    if (!row?.events) continue
    events += row.events
    for (let from = Number(row.first); apply && from <= Number(row.last); from += batch) {
      await client.query(
        `UPDATE outbox SET data = data || $3::jsonb WHERE ${carriesText} AND seq >= $4 AND seq < $5`,
        [...values, from, from + batch],
      )
    }
  }
  // The text is still in the old versions of the rows until they are swept.
  if (apply && events > 0) await client.query('VACUUM outbox')
  return events
}

/** Blanks the fields of events that a consumer could not use, whoever published them. */
export async function eraseFromDeadLetters(
  client: Client,
  withheld: readonly Withheld[],
  apply: boolean,
): Promise<number> {
  let events = 0
  for (const { context, type, blank } of withheld) {
    const carriesText = `envelope->>'context' = $1 AND envelope->>'type' = $2
      AND jsonb_typeof(envelope->'data') = 'object' AND (envelope->'data') || $3::jsonb <> envelope->'data'`
    const erase = `UPDATE dead_letter SET envelope = jsonb_set(envelope, '{data}', (envelope->'data') || $3::jsonb)
      WHERE ${carriesText}`
    const count = `SELECT FROM dead_letter WHERE ${carriesText}`
    const { rowCount } = await client.query(apply ? erase : count, [context, type, blank])
    events += rowCount ?? 0
  }
  if (apply && events > 0) await client.query('VACUUM dead_letter')
  return events
}
