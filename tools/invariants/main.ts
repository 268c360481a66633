import { createReadStream } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findStores } from '../system/stores.ts'
import { check } from './checks.ts'
import { readClientLog } from './client-log.ts'
import { readFacts } from './facts.ts'
import { type Finding, invariants } from './finding.ts'

const USAGE = `npm run invariants -- [options]

Counts the invariants of bookings in the databases, Redis and the provider of a system at rest, and says each in words.
Exits 1 on any violation. I5 and I9 are about what clients were told: with --log only.

  --data-dir DIR   the system (DATA_DIR, else .data); without it, also one whose stores and PAYMENT_PROVIDER_URL the
                   environment names
  --log FILE       what clients were told, a JSON object a line: {operation, guest, key, answer, bookingId, at, ms};
                   - is the standard input
  --within N       gives the system so many seconds to come to rest: counts again while anything is violated (0)
  --most N         violations shown of each invariant (5)
`

const countAgainAfterMs = 2_000

async function count(options: { 'data-dir'?: string; log?: string; within: string }): Promise<Finding[]> {
  const { log, within } = options
  const stores = await findStores(options['data-dir'])
  const told = log ? await readClientLog(log === '-' ? process.stdin : createReadStream(log)) : undefined
  const deadline = Date.now() + Number(within) * 1_000
  for (;;) {
    const findings = check(await readFacts(stores), told)
    if (findings.every(({ violations }) => violations.length === 0) || Date.now() > deadline) return findings
    await delay(countAgainAfterMs)
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      log: { type: 'string' },
      within: { type: 'string', default: '0' },
      most: { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const findings = await count(values)
  for (const { invariant, compared, violations } of findings) {
    const result = violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS`
    process.stdout.write(`${invariant.padEnd(4)} ${result.padEnd(14)} ${invariants[invariant]}\n`)
    process.stdout.write(`${' '.repeat(20)}compared: ${compared}\n`)
    for (const violation of violations.slice(0, Number(values.most)))
      process.stdout.write(`       ${violation}\n`)
  }
  return findings.some(({ violations }) => violations.length > 0) ? 1 : 0
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  return 1
})
