import { parseArgs } from 'node:util'
import { withClient } from './migrate/databases.ts'
import { findStores } from './system/stores.ts'

const USAGE = `npm run events:republish [-- NAME… --data-dir DIR]

Has the events of these subgraphs, of all unless told, published again from their outboxes: after a stream was lost.
The relays do it as soon as they run. Who has an event already drops it, so this is always safe.
`

/**
 * Marks the events of these subgraphs as not published. Answers how many each has.
 * @throws in a sentence where one has no database
 */
export async function republish(
  databases: Record<string, string>,
  names: readonly string[],
): Promise<Record<string, number>> {
  const unknown = names.filter((name) => !databases[name])
  if (unknown.length > 0) throw new Error(`No database: ${unknown.join(', ')}`)
  const counts = names.map(async (name) => {
    const sql = 'UPDATE outbox SET published_at = NULL WHERE published_at IS NOT NULL'
    const result = await withClient(databases[name] ?? '', (client) => client.query(sql))
    return [name, result.rowCount ?? 0] as const
  })
  return Object.fromEntries(await Promise.all(counts))
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'data-dir': { type: 'string' }, help: { type: 'boolean', default: false } },
  })
  if (values.help) return void process.stdout.write(USAGE)
  const { databases } = await findStores(values['data-dir'])
  const counts = await republish(databases, positionals.length > 0 ? positionals : Object.keys(databases))
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
