import { parseArgs } from 'node:util'
import { withClient } from './migrate/databases.ts'
import { findStores } from './system/stores.ts'

const USAGE = `npm run events:republish [-- NAME… --since TIME --data-dir DIR]

Has the events of these subgraphs, of all unless told, published again from their outboxes: after a stream was lost.
The relays do it as soon as they run. Who has an event already drops it, so this is always safe.

  --since TIME   only what was published since then: after a stream was put back to a copy of that time
`

/**
 * Marks the events of these subgraphs, those published since then where told, as not published. Answers how many each has.
 * @throws in a sentence where one has no database
 */
export async function republish(
  databases: Record<string, string>,
  names: readonly string[],
  since?: Date,
): Promise<Record<string, number>> {
  const unknown = names.filter((name) => !databases[name])
  if (unknown.length > 0) throw new Error(`No database: ${unknown.join(', ')}`)
  const counts = names.map(async (name) => {
    const sql = `UPDATE outbox SET published_at = NULL WHERE published_at >= coalesce($1::timestamptz, '-infinity')`
    const result = await withClient(databases[name] ?? '', (client) => client.query(sql, [since ?? null]))
    return [name, result.rowCount ?? 0] as const
  })
  return Object.fromEntries(await Promise.all(counts))
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
  const names = positionals.length > 0 ? positionals : Object.keys(databases)
  const counts = await republish(databases, names, since)
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
