import { join } from 'node:path'
import { check } from '../../invariants/checks.ts'
import { understand } from '../../invariants/client-log.ts'
import { readFacts } from '../../invariants/facts.ts'
import { createLog } from '../log.ts'
import { quiet } from '../quiescence.ts'
import { openStage } from '../stage.ts'
import { createGuests } from './guests.ts'
import { type Measured, type Promised, seconds } from './promise.ts'

export type PromiseOptions = {
  dataDir: string
  promises: readonly Promised[]
  count: number
  env?: Record<string, string>
  signal?: AbortSignal
  tell: (line: string) => void
}

/**
 * Tries promises one after the other on one system, in which each process is the only one of its kind and nothing
 * stands between them. Last of all the checker looks whether anybody was lied to.
 */
export async function tryPromises(options: PromiseOptions): Promise<Measured[]> {
  const { dataDir, promises, count, env, signal, tell } = options
  const log = createLog(join(dataDir, 'client.jsonl'))
  const stage = await openStage({ dataDir, env, lines: [], progress: tell })
  const guests = await createGuests(stage, log.write)
  const rows: Measured[] = []
  try {
    for (const { name, tryIt } of promises) {
      if (signal?.aborted) break
      tell(name)
      const measured = await tryIt({ stage, guests, count, lines: log.lines, tell })
      for (const row of measured)
        tell(`${row.holds ? 'holds' : 'DOES NOT HOLD'}: ${row.promise}: ${row.measured}`)
      rows.push(...measured)
    }
    const took = await quiet(stage)
    const findings = check(await readFacts(stage.system.record), understand(log.lines))
    const violations = findings.flatMap(({ violations: found }) => found)
    const measured = `${log.lines.length} calls, at rest after ${seconds(took)}, ${violations.length} violations`
    rows.push({
      promise: 'none of the answers lied: the invariants after all of it',
      measured: violations.length === 0 ? measured : `${measured}: ${violations.slice(0, 5).join('; ')}`,
      limit: '0 violations',
      holds: violations.length === 0,
    })
    return rows
  } finally {
    await guests.close()
    await stage.close()
  }
}

/** What was measured, as Markdown. */
export const promisesToMarkdown = (rows: readonly Measured[]) => `# Promises

| promise | measured | limit | holds |
|---|---|---|---|
${rows.map(({ promise, measured, limit, holds }) => `| ${promise} | ${measured} | ${limit} | ${holds ? 'yes' : '**no**'} |`).join('\n')}
`
