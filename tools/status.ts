import { parseArgs } from 'node:util'
import { findSystem, resolveDataDir } from './system/client.ts'

const USAGE = `npm run --silent status [-- --data-dir DIR]

Says what runs, where, and how often it had to be started again.
`

try {
  const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, help: { type: 'boolean' } } })
  if (values.help) {
    process.stdout.write(USAGE)
    process.exit(0)
  }
  const { processes, router, state } = findSystem(resolveDataDir(values['data-dir']))
  const rows = processes.map((each) => [
    each.name,
    each.state,
    String(each.pid ?? ''),
    each.restarts ? `restarted ${each.restarts} times` : '',
    each.url.replace(/:[^:@/]*@/, ':…@'),
  ])
  process.stdout.write(`${state}, GraphQL at ${router}\n`)
  for (const [name = '', itsState = '', pid = '', restarts = '', url = ''] of rows) {
    process.stdout.write(
      `  ${name.padEnd(18)} ${itsState.padEnd(8)} ${pid.padStart(8)}  ${url}  ${restarts}\n`,
    )
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
