import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from './system/client.ts'
import { findStores } from './system/stores.ts'

const USAGE = `npm run mypage:rebuild [-- --accept-missing --data-dir DIR]

Builds My Page anew from all that was ever published, while the old one is read, and then takes its place.
--accept-missing  also where the streams lack events that the old one has
`

/** Finds the stores, then hands over to the command of the subgraph, which knows how. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'accept-missing': { type: 'boolean', default: false },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const { redis, nats } = await findStores(values['data-dir'])
  const command = join(ROOT, 'subgraphs/mypage/src/rebuild-command.ts')
  const child = spawn(
    process.execPath,
    [command, ...(values['accept-missing'] ? ['--accept-missing'] : [])],
    {
      stdio: 'inherit',
      env: { ...process.env, REDIS_URL: redis, NATS_URL: nats },
    },
  )
  const [code] = await once(child, 'exit')
  return code ?? 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
