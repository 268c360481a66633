import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { whenCallersGo } from '../system/callers.ts'
import { promisesNamed } from './promises/index.ts'
import { promisesToMarkdown, tryPromises } from './promises/run.ts'
import { toMarkdown } from './report.ts'
import { anyFaultNamed, runSuite } from './suite.ts'

const USAGE = `npm run faults [-- options]

Starts a system of its own with several replicas, drives it with a seeded load, kills and disturbs it, waits until it
is at rest, and counts the invariants. Exits 1 on any violation, 2 where there is none but the time was too short for all.

  --minutes N        how long in all, about (20); each group gets its share, and each of its faults at least one try
  --injections N     of each random fault (30); how many there were is in the report
  --intents N        to book: what the faults leave of the time, the load goes on until there are so many (20000)
  --workers N        people who act at a time (32)
  --seed S           fixes what is asked for and what is hit (1)
  --only NAME        faults whose name, or whose group's, has this in it, or crash, pairs, promises; may be given several times
  --count N          of the promises: bookings after which a guest looks at My Page; others in proportion (10000)
  --older COMMIT     what older replicas run (the last commit that changed the databases)
  --report DIR       where faults.json and faults.md are put (.)
  --keep             leaves the data directory with its logs
`

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    injections: { type: 'string', default: '30' },
    intents: { type: 'string', default: '20000' },
    workers: { type: 'string', default: '32' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    count: { type: 'string', default: '10000' },
    older: { type: 'string' },
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
  const folder = resolve(process.env.INIT_CWD ?? '.', values.report)
  mkdirSync(folder, { recursive: true })
  const put = (file: string, text: string) => writeFileSync(join(folder, file), text)
  const common = { signal: stopping.signal, tell }
  let broken = false
  let cutShort: readonly string[] = []

  const promises = promisesNamed(values.only)
  if (promises.length > 0) {
    const place = join(dataDir, 'promises')
    const kept = await tryPromises({ dataDir: place, promises, count: Number(values.count), ...common })
    put('promises.json', `${JSON.stringify(kept, null, 2)}\n`)
    put('promises.md', promisesToMarkdown(kept))
    process.stdout.write(promisesToMarkdown(kept))
    broken = kept.some(({ holds }) => !holds)
  }
  if (anyFaultNamed(values.only)) {
    const { only, older } = values
    const report = await runSuite({
      dataDir: join(dataDir, 'faults'),
      minutes: Number(values.minutes),
      injections: Number(values.injections),
      intents: Number(values.intents),
      workers: Number(values.workers),
      seed: Number(values.seed),
      only,
      older,
      ...common,
    })
    put('faults.json', `${JSON.stringify(report, null, 2)}\n`)
    put('faults.md', toMarkdown(report))
    process.stdout.write(toMarkdown(report))
    cutShort = report.cutShort
    broken ||= report.rows.some(({ violations }) => violations.length > 0)
  }
  if (values.keep) tell(`the data are left in ${dataDir}`)
  else rmSync(dataDir, { recursive: true, force: true })
  if (cutShort.length > 0) tell(`Not everything was tried; give it more --minutes: ${cutShort.join('; ')}`)
  return broken ? 1 : cutShort.length > 0 ? 2 : 0
}

if (values.help) process.stdout.write(USAGE)
else process.exitCode = await main()
