import { parseArgs } from 'node:util'
import { findStores } from './system/stores.ts'
import { type Finding, mendTimes } from './times-mend/mend.ts'

const USAGE = `npm run times:mend [-- --apply --data-dir DIR]

Earlier versions wrote and read instants wrong by hours where PostgreSQL was not in UTC: Prisma's adapter wrote them without
a zone, and what was read wrong and saved again was moved once more. This compares what is stored with what was published
at the same moment, and where nothing was published with the time in the row's id. It lists what is off by whole zones
and, with --apply, puts it right. Run it after every replica has the new version. It is safe to repeat.

What it cannot know: rows of which nothing tells (it says how many), and rows that are otherwise off. What PostgreSQL wrote
by its own clock (leases, holds, due times, the outbox) was always right, and so is My Page, which is made of events. The
records of agents' actions and of refusals are append-only, also for their owner: --apply lets go of that for the
statement that mends them, as whom the tables belong to.
`

const hours = (milliseconds: number) => {
  const minutes = Math.abs(milliseconds) / 60_000
  const rest = minutes % 60 === 0 ? '' : ` ${minutes % 60} min`
  return `${Math.floor(minutes / 60)} h${rest} too ${milliseconds < 0 ? 'early' : 'late'}`
}

const counted = (rows: number) => `${rows} ${rows === 1 ? 'row' : 'rows'}`

const mostShown = 5

function linesOf({ database, table, column, off, strange, untold }: Finding): string[] {
  const name = `${database}: ${table}.${column}`.padEnd(52)
  return [
    ...[...off].map(([by, rows]) => `${name} ${counted(rows)} ${hours(by)}`),
    ...strange
      .slice(0, mostShown)
      .map(
        ({ key, stored, told }) =>
          `${name} ${key} says ${stored.toISOString()}, and ${told.toISOString()} is told of it: left as it is`,
      ),
    ...(strange.length > mostShown ? [`${name} ${strange.length - mostShown} more like that`] : []),
    ...(untold > 0 ? [`${name} nothing tells of ${counted(untold)}: left as it is`] : []),
  ]
}

async function main() {
  const { values } = parseArgs({
    options: {
      apply: { type: 'boolean', default: false },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(USAGE)
  const { databases } = await findStores(values['data-dir'])
  const findings = await mendTimes(databases, values.apply)
  for (const line of findings.flatMap(linesOf)) process.stdout.write(`${line}\n`)
  const wrong = findings.flatMap(({ off }) => [...off.values()]).reduce((sum, rows) => sum + rows, 0)
  if (wrong === 0) process.stdout.write('No instant is off by whole zones.\n')
  else if (values.apply) process.stdout.write(`${wrong} instants were put right.\n`)
  else process.stdout.write(`${wrong} instants are wrong. To put them right: npm run times:mend -- --apply\n`)
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
}
