import { parseArgs } from 'node:util'
import { whenCallersGo } from './system/callers.ts'
import { resolveDataDir } from './system/client.ts'
import { type System, startSystem } from './system/index.ts'

const USAGE = `npm start -- [options]

Starts MyHotel and keeps it running until Ctrl-C.

  --data-dir DIR  where databases, streams, keys and logs live (DATA_DIR, else .data)
  --port N        the router's port (4000); 0 takes a free one
  --reset         empty the data directory first
  --no-demo       no demo data on the first start
  --help
`

/** Steps that tools/bootstrap.mjs has shown before, and all. */
const STEPS_BEFORE = 2
const STEPS = 7

const options = readOptions()
const stopping = new AbortController()
let system: System | undefined
let firstSignalAt = 0

process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal)
whenCallersGo(() => {
  if (!stopping.signal.aborted) onSignal()
})
process.exitCode = await main()

async function main(): Promise<number> {
  let step = STEPS_BEFORE
  try {
    system = await startSystem({
      ...options,
      signal: stopping.signal,
      log: say,
      progress: (text) => {
        step += 1
        say(`[${step}/${STEPS}] ${text}`)
      },
    })
  } catch (error) {
    if (stopping.signal.aborted) return 130
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
  say(describe(system))
  await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve))
  say('stopping …')
  await system.stopAll()
  say('stopped')
  return 0
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function describe({ record }: System): string {
  return `
MyHotel is running. Ctrl-C stops it.

  GraphQL      ${record.router}
  Playground   ${record.playground}
  Mail         ${record.mail ?? record.smtp}
  Payments     ${record.paymentProvider ?? 'Stripe'}
  Data, logs   ${record.dataDir}
  A token      npm run --silent token -- guest1      (or host1, agent1, any number)
`
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        'data-dir': { type: 'string' },
        port: { type: 'string', default: '4000' },
        reset: { type: 'boolean', default: false },
        demo: { type: 'boolean', default: true },
        help: { type: 'boolean', default: false },
      },
      allowNegative: true,
    })
    if (values.help) {
      process.stdout.write(USAGE)
      process.exit(0)
    }
    const port = Number(values.port)
    if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`${values.port} is no port.`)
    return { dataDir: resolveDataDir(values['data-dir']), port, reset: values.reset, demo: values.demo }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    process.exit(1)
  }
}

/**
 * Ctrl-C reaches this process twice, from the terminal and from the bootstrap. A signal that comes later than
 * that is from somebody who cannot wait: then the guard (see system/reaping.ts) has to stop what is left.
 */
function onSignal(): void {
  const now = Date.now()
  if (stopping.signal.aborted && now - firstSignalAt > 1_000) process.exit(130)
  if (!stopping.signal.aborted) firstSignalAt = now
  stopping.abort()
}
