import { constants } from 'node:os'
import { parseArgs } from 'node:util'
import { whenCallersGo } from './system/callers.ts'
import { dataDirOption, resolveDataDir } from './system/client.ts'
import { type System, startSystem } from './system/index.ts'

const USAGE = `npm start -- [options]

Starts MyHotel and keeps it running until Ctrl-C.

  --data-dir DIR  where databases, streams, keys and logs live (DATA_DIR, else .data)
  --port N        the router's port (4000); 0 takes a free one
  --reset         empty the data directory first
  --no-demo       no demo data on the first start
  --observe       a Prometheus with the rules of infra/observability (Debian's package), and a page that shows traces
  --help
`

/** Steps that tools/bootstrap has shown before, and all. */
const STEPS_BEFORE = 2
const STEPS = 7

/** What is not stopped in order by then is ended at once: all of it lives through that. */
const STOP_WITHIN_MS = 3_500

const options = readOptions()
const stopping = new AbortController()
let system: System | undefined
let firstSignalAt = 0

// A closed terminal: nobody reads what is said, which is no reason to end before all is stopped.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => onSignal(signal))
whenCallersGo(() => onSignal('SIGTERM'))
// Whatever still waits for an answer has nobody to give it to.
process.exit(await main())

/** @returns the exit code */
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
    if (stopping.signal.aborted) {
      process.stdout.write('Stopped before MyHotel was ready; nothing is left running.\n')
      return 128 + constants.signals[stopping.signal.reason as NodeJS.Signals]
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
  say(describe(system))
  if (!stopping.signal.aborted) {
    await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve))
  }
  process.stdout.write('stopping …\n')
  const hurry = setTimeout(system.quitAll, STOP_WITHIN_MS)
  await system.stopAll()
  clearTimeout(hurry)
  process.stdout.write('stopped\n')
  return 0
}

/** Nothing more of the start is told to who wants it to end. */
function say(line: string): void {
  if (!stopping.signal.aborted) process.stdout.write(`${line}\n`)
}

function describe({ record }: System): string {
  const at = dataDirOption(record.dataDir)
  return `
MyHotel is running. Ctrl-C stops it.

  GraphQL      ${record.router}
  Playground   ${record.playground}
  Mail         ${record.mail ?? record.smtp}
  Payments     ${record.paymentProvider ?? 'Stripe'}
${record.prometheus ? `  Prometheus   ${record.prometheus}\n` : ''}${record.traces ? `  Traces       ${record.traces}\n` : ''}  Data, logs   ${record.dataDir}
  A token      npm run --silent token -- guest1${at}      (or host1, agent1, any number)
  What runs    npm run status${at && ` --${at}`}
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
        observe: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
      allowNegative: true,
    })
    if (values.help) {
      process.stdout.write(USAGE)
      process.exit(0)
    }
    const port = Number(values.port)
    if (!/^\d+$/.test(values.port) || port > 65_535)
      throw new Error(`--port ${values.port}: a port is a number from 0 to 65535; 0 takes a free one.`)
    const { reset, demo, observe } = values
    const watched = observe ? { observe: {}, traces: true } : {}
    return { dataDir: resolveDataDir(values['data-dir']), port, reset, demo, ...watched }
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}\nType npm start -- --help for all options.\n`,
    )
    process.exit(1)
  }
}

/**
 * Ctrl-C reaches this process more than once, from the terminal, the bootstrap and npm. A signal that comes later than
 * that is from somebody who cannot wait for everything to stop in order.
 */
function onSignal(signal: NodeJS.Signals): void {
  const now = Date.now()
  if (!stopping.signal.aborted) {
    firstSignalAt = now
    stopping.abort(signal)
  } else if (now - firstSignalAt > 1_000) system?.quitAll()
}
