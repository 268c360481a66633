import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createApi } from '../api/client.ts'
import { findSystem, requestToken, resolveDataDir } from '../system/client.ts'
import { today } from './calendar.ts'
import { createClocks } from './clocks.ts'
import { compareAll } from './compare.ts'
import { readHistory } from './history.ts'
import { openHotel } from './hotel.ts'
import { popularity } from './marketing.ts'
import { guestPages, hostPages } from './my-page.ts'
import { captures, refunds } from './payments.ts'
import { planReplay } from './plan.ts'
import { showProgress } from './progress.ts'
import { describe, differencesIn } from './report.ts'
import { type Accounts, registerRooms, runPlan } from './run.ts'

const USAGE = `npm run replay -- FILE.csv [options]

Replays a hotel's booking history, in the format of the "hotel booking demand" data set, through the router, and
compares what the system then shows with what the file says. Exits 1 on any difference.

  --rows N         only the first N rows
  --concurrency N  steps at a time (16)
  --url URL        where the router takes GraphQL, if not where the data directory says
  --data-dir DIR   the system to use (DATA_DIR, else .data)
`

/** Guests of one replay; each has a handful of bookings. */
const guests = 1_000

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}

async function main(): Promise<number> {
  const options = readOptions()
  if (!options) {
    process.stdout.write(USAGE)
    return 0
  }
  const system = findSystem(options.dataDir)
  const history = await readHistory(options.file, options.rows)
  const plan = planReplay(history.bookings, today())
  const clocks = createClocks()
  const url = options.url ?? system.router
  const api = createApi({ url, token: (account) => requestToken(system.tokenIssuer, account) })
  const { run, accounts } = newAccounts()
  const hotel = openHotel({ api, plan, run, clocks, today: today() })
  const { concurrency } = options

  const registering = showProgress('registering rooms', plan.rooms.length)
  const rooms = await registerRooms(plan, hotel, accounts, { concurrency, onRoom: registering.advance })
  registering.end()

  const started = performance.now()
  const steps = plan.rooms.reduce((sum, room) => sum + room.steps.length, 0)
  const running = showProgress('booking, cancelling', steps)
  const outcomes = await runPlan(plan, rooms, hotel, accounts, { concurrency, onStep: running.advance })
  running.end()
  const ended = performance.now()

  const provider = system.paymentProvider
  const comparisons = [
    hostPages(api, outcomes),
    guestPages(api, outcomes, plan.shift),
    popularity(api, outcomes),
    ...(provider ? [captures(provider, outcomes), refunds(provider, outcomes)] : []),
  ]
  const comparison = await compareAll(comparisons, (name, differences) => {
    process.stderr.write(`comparing ${name}: ${differences === 0 ? 'as the file says' : 'not there yet'}\n`)
  })
  await api.close()
  const replay = {
    ...{ history, plan, outcomes, clocks, comparison },
    seconds: (ended - started) / 1_000,
    catchUpSeconds: (performance.now() - ended) / 1_000,
  }
  process.stdout.write(`\n${describe(replay)}`)
  return differencesIn(replay).length === 0 ? 0 : 1
}

/** Accounts that no other replay has: guest<N> and host<N> exist for any number. */
function newAccounts(): { run: string; accounts: Accounts } {
  const base = randomInt(1_000, 900_000) * 1_000
  const hosts = new Map<string, string>()
  const accounts: Accounts = {
    guestOf: ({ line }) => `guest${base + (line % guests)}`,
    hostOf(roomType) {
      const host = hosts.get(roomType) ?? `host${base + hosts.size}`
      hosts.set(roomType, host)
      return host
    },
  }
  return { run: String(base), accounts }
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      concurrency: { type: 'string', default: '16' },
      url: { type: 'string' },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const [file, ...more] = positionals
  if (!file || more.length > 0) throw new Error(USAGE)
  return {
    file: resolve(process.env.INIT_CWD ?? '.', file),
    rows: values.rows === undefined ? undefined : wholeNumber('rows', values.rows),
    concurrency: wholeNumber('concurrency', values.concurrency),
    url: values.url,
    dataDir: resolveDataDir(values['data-dir']),
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${option} ${text}: a whole number is needed.`)
  return Number(text)
}
