import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from './system/client.ts'
import { findStores } from './system/stores.ts'

const USAGE = `npm run rooms:mend [-- --dry-run --room ID --country COUNTRY --time-zone ZONE --data-dir DIR]

Finds the rooms on offer that an earlier version stored with a country or a time zone that would not be accepted today,
and mends those where it is plain what is meant. Each is announced as changed, so that all copies follow. Ends with 1
where rooms are left that have to be mended by hand, one at a time.

  --dry-run         says what it would do
  --room ID         only this room, with
  --country COUNTRY   this country
  --time-zone ZONE    this time zone
`

/** Finds the database, then hands over to the command of the subgraph, which knows how. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'dry-run': { type: 'boolean', default: false },
      room: { type: 'string' },
      country: { type: 'string' },
      'time-zone': { type: 'string' },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const { databases } = await findStores(values['data-dir'])
  const args = (['room', 'country', 'time-zone'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  )
  const command = join(ROOT, 'subgraphs/room/src/mend-rooms-command.ts')
  const child = spawn(process.execPath, [command, ...(values['dry-run'] ? ['--dry-run'] : []), ...args], {
    stdio: 'inherit',
    env: { ...process.env, ROOM_DATABASE_URL: databases.room },
  })
  const [code] = await once(child, 'exit')
  return code ?? 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
