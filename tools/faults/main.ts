import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { whenCallersGo } from '../system/callers.ts'
import { toMarkdown } from './report.ts'
import { runSuite } from './suite.ts'

const USAGE = `npm run faults [-- options]

Starts a system of its own with several replicas, drives it with a seeded load, kills and disturbs it, waits until it
is at rest, and counts the invariants. Exits 1 on any violation.

  --minutes N        how long in all, about (20); each fault gets its share, at most --injections
  --injections N     of each random fault at most (30)
  --workers N        people who act at a time (24)
  --seed S           fixes what is asked for and what is hit (1)
  --only NAME        faults whose name has this in it, or crash, pairs; may be given several times
  --report DIR       where faults.json and faults.md are put (.)
  --keep             leaves the data directory with its logs
`

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    injections: { type: 'string', default: '30' },
    workers: { type: 'string', default: '24' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    report: { type: 'string', default: '.' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'myhotel-faults-'))
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  whenCallersGo(stop)
  const since = Date.now()
  const tell = (line: string) =>
    process.stderr.write(`${String(Math.round((Date.now() - since) / 1000)).padStart(5)} s  ${line}\n`)
  const report = await runSuite({
    dataDir,
    minutes: Number(values.minutes),
    injections: Number(values.injections),
    workers: Number(values.workers),
    seed: Number(values.seed),
    only: values.only,
    signal: stopping.signal,
    tell,
  })
  const folder = resolve(process.env.INIT_CWD ?? '.', values.report)
  writeFileSync(join(folder, 'faults.json'), `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(join(folder, 'faults.md'), toMarkdown(report))
  process.stdout.write(toMarkdown(report))
  if (values.keep) tell(`the data are left in ${dataDir}`)
  else rmSync(dataDir, { recursive: true, force: true })
  return report.rows.some(({ violations }) => violations.length > 0) ? 1 : 0
}

if (values.help) process.stdout.write(USAGE)
else process.exitCode = await main()
