import { parseArgs } from 'node:util'
import { withClient } from '@myhotel/kit/postgres'
import { findStores } from './system/stores.ts'

const USAGE = `npm run events:republish [-- CONTEXT… --since TIME --data-dir DIR]

Has the events of these contexts (book, payment, … and audit, which all subgraphs tell), of all unless told, published
again from the outboxes: after a stream was lost. The relays do it as soon as they run. Who has an event already drops
it, so this is always safe.

  --since TIME   only what was published since then: after a stream was put back to a copy of that time
`

/** Events of it are in every outbox, those of another context in that of the subgraph of its name. */
const everybodys = 'audit'

const republishSql = `
  WITH marked AS (
    UPDATE outbox SET published_at = NULL
    WHERE published_at >= coalesce($1::timestamptz, '-infinity') AND ($2::text[] IS NULL OR context = ANY($2))
    RETURNING context
  )
  SELECT context, count(*)::int AS count FROM marked GROUP BY context`

/**
 * Marks the events of these contexts, of all unless told, as not published; only those published since then, where
 * told. Answers how many there were of each.
 * @throws in a sentence where nobody publishes one of them
 */
export async function republish(
  databases: Record<string, string>,
  contexts?: readonly string[],
  since?: Date,
): Promise<Record<string, number>> {
  const unknown = contexts?.filter((name) => name !== everybodys && !databases[name]) ?? []
  if (unknown.length > 0) throw new Error(`Nobody publishes events of ${unknown.join(', ')}`)
  const counts: Record<string, number> = Object.fromEntries((contexts ?? []).map((name) => [name, 0]))
  await Promise.all(
    Object.values(databases).map(async (url) => {
      const { rows } = await withClient(url, (client) =>
        client.query<{ context: string; count: number }>(republishSql, [since ?? null, contexts ?? null]),
      )
      for (const { context, count } of rows) counts[context] = (counts[context] ?? 0) + count
    }),
  )
  return counts
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'data-dir': { type: 'string' },
      since: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(USAGE)
  const since = values.since === undefined ? undefined : new Date(values.since)
  if (since && Number.isNaN(since.getTime())) throw new Error(`--since ${values.since} is not a time`)
  const { databases } = await findStores(values['data-dir'])
  const counts = await republish(databases, positionals.length > 0 ? positionals : undefined, since)
  for (const [name, count] of Object.entries(counts)) {
    process.stdout.write(`${name.padEnd(14)} ${count} events are published again\n`)
  }
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
}
