import { parseArgs } from 'node:util'
import { findSystem, resolveDataDir } from '../system/client.ts'
import { check } from './checks.ts'
import { readClientLog } from './client-log.ts'
import { readFacts } from './facts.ts'
import { invariants } from './finding.ts'

const USAGE = `npm run invariants -- [options]

Counts the invariants of bookings in the databases, Redis and the provider of a system at rest, and says each in words.
Exits 1 on any violation. I5 and I9 are about what clients were told: with --log only.

  --data-dir DIR   the system (DATA_DIR, else .data)
  --log FILE       what clients were told, a JSON object a line: {operation, guest, key, answer, bookingId, at, ms}
  --most N         violations shown of each invariant (5)
`

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    log: { type: 'string' },
    most: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(USAGE)
} else {
  const facts = await readFacts(findSystem(resolveDataDir(values['data-dir'])))
  const findings = check(facts, values.log ? await readClientLog(values.log) : undefined)
  for (const { invariant, compared, violations } of findings) {
    const result = violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS`
    process.stdout.write(`${invariant.padEnd(4)} ${result.padEnd(14)} ${invariants[invariant]}\n`)
    process.stdout.write(`${' '.repeat(20)}compared: ${compared}\n`)
    for (const violation of violations.slice(0, Number(values.most)))
      process.stdout.write(`       ${violation}\n`)
  }
  if (findings.some(({ violations }) => violations.length > 0)) process.exitCode = 1
}
