import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { city, createHotel, type Hotel } from './hotel.ts'
import { bookRoom, inputOf, myPage, searchRooms } from './requests.ts'
import { createStays } from './stays.ts'
import { print, whenToldToStop } from './told.ts'

/** A siege, and what it is laid to. */
export type SiegeOptions = {
  readonly router: string
  readonly issuer: string
  readonly run: string
  /** How many at a time (-c); each request has a connection of its own. */
  readonly users: number
  /** Each of them waits for up to so long between two requests; without it nobody waits. */
  readonly delaySeconds?: number
  /**
   * In how many parts, two seconds apart, they come; at once unless told. With pauses each siege begins with all its users
   * at the same moment, which is another thing to live through than what it does from then on.
   */
  readonly parts?: number
  /** Ends by itself after so many seconds. */
  readonly seconds: number
  /** How many different requests of each kind there are; they are sent in random order, some more than once. */
  readonly bookings?: number
  readonly searches?: number
  readonly pages?: number
}

/** What siege says at its end, as far as proofs look at it. */
export type SiegeReport = {
  readonly transactions: number
  readonly failed_transactions: number
  /** Percent. */
  readonly availability: number
  /** Seconds. */
  readonly elapsed_time: number
  readonly response_time: number
  readonly longest_transaction: number
  /** A second. */
  readonly transaction_rate: number
}

const partsComeEveryMs = 2_000
/** One siege without pauses is of about so many requests. */
const requests = 2_000

/**
 * siege 4.0.7 counts each answer with "connection: close" on a kept connection as failed, so it keeps none. It gives up
 * after 1,024 failures unless told otherwise.
 */
const settings = [
  ...['verbose = false', 'quiet = true', 'json_output = true', 'logging = false', 'color = off'],
  ...['connection = close', 'timeout = 30', 'failures = 10000000', 'limit = 1000', 'internet = true'],
]

async function bodiesOf(hotel: Hotel, options: SiegeOptions): Promise<object[]> {
  const { bookings = 0, searches = 0, pages = 0, run } = options
  const today = new Date().toISOString().slice(0, 10)
  const bodies: object[] = []
  if (bookings > 0) {
    const stays = await createStays({ run, worker: 0, today, newRoom: hotel.newRoom })
    for (let count = 0; count < bookings; count += 1) {
      bodies.push({ query: bookRoom, variables: { input: inputOf(await stays.next()) } })
    }
  }
  for (let count = 0; count < searches; count += 1) {
    bodies.push({ query: searchRooms, variables: { filter: { city } } })
  }
  for (let count = 0; count < pages; count += 1) bodies.push({ query: myPage })
  return bodies
}

/**
 * Lays siege until told to stop or the time is up. All requests are of one guest: siege knows one set of headers.
 *
 * Without pauses one siege of so many requests follows the other and each ends by itself: one that is interrupted cancels its
 * threads wherever they are, and now and then never ends. With pauses most of them sleep, and it is one siege, since each begins
 * with all its users at the same moment.
 */
async function runSieges(options: SiegeOptions): Promise<SiegeReport> {
  const hotel = createHotel({ router: new URL(options.router), issuer: options.issuer })
  // siege takes a dollar for the beginning of one of its own variables.
  const lines = (await bodiesOf(hotel, options)).map(
    (body) => `${options.router} POST ${JSON.stringify(body).replaceAll('$', '\\u0024')}\n`,
  )
  const folder = mkdtempSync(join(tmpdir(), 'siege-'))
  const end = Date.now() + options.seconds * 1_000
  const reports: SiegeReport[] = []
  const stopping = new AbortController()
  try {
    writeFileSync(join(folder, 'urls'), lines.join(''))
    writeFileSync(join(folder, 'siegerc'), settings.map((line) => `${line}\n`).join(''))
    const token = await hotel.token('guest9000')
    print({ begun: true })
    whenToldToStop(() => stopping.abort())
    const { parts = 1 } = options
    const besiege = async (part: number) => {
      await delay(part * partsComeEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      while (!stopping.signal.aborted && Date.now() < end) {
        const siege = startSiege(folder, token, { ...options, users: Math.ceil(options.users / parts) })
        const interrupt = () => options.delaySeconds && siege.kill('SIGINT')
        stopping.signal.addEventListener('abort', interrupt)
        reports.push(await reportOf(siege))
        stopping.signal.removeEventListener('abort', interrupt)
      }
    }
    await Promise.all(Array.from({ length: parts }, (_, part) => besiege(part)))
    return sumUp(reports)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Siege = ChildProcessByStdio<null, Readable, Readable>

function startSiege(folder: string, token: string, options: SiegeOptions): Siege {
  const { users, delaySeconds, seconds } = options
  const pace = delaySeconds
    ? [`-d${delaySeconds}`, `-t${seconds}S`]
    : ['-b', `-r${Math.ceil(requests / users)}`]
  return spawn(
    'siege',
    [
      ...['-R', join(folder, 'siegerc'), '-f', join(folder, 'urls'), '-j', '-T', 'application/json'],
      ...[`-c${users}`, ...pace, '-H', `authorization: Bearer ${token}`],
    ],
    { env: { PATH: process.env.PATH, HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
}

async function reportOf(siege: Siege): Promise<SiegeReport> {
  const [said, complaints] = await Promise.all([text(siege.stdout), text(siege.stderr)])
  const json = /\{[^{}]*"transactions"[^{}]*\}/.exec(said)?.[0]
  if (!json) throw new Error(`siege measured nothing: ${said.slice(-1_000)} ${complaints.slice(-1_000)}`)
  return JSON.parse(json) as SiegeReport
}

/** What several sieges say together. */
export function sumUp(reports: readonly SiegeReport[]): SiegeReport {
  const sum = (read: (report: SiegeReport) => number) =>
    reports.reduce((before, report) => before + read(report), 0)
  const transactions = sum((one) => one.transactions)
  const failed = sum((one) => one.failed_transactions)
  const elapsed = sum((one) => one.elapsed_time)
  return {
    transactions,
    failed_transactions: failed,
    // Cut off, not rounded: 99.999 is no 100.
    availability: Math.floor((10_000 * transactions) / Math.max(1, transactions + failed)) / 100,
    elapsed_time: elapsed,
    response_time: sum((one) => one.response_time * one.transactions) / Math.max(1, transactions),
    longest_transaction: Math.max(0, ...reports.map((one) => one.longest_transaction)),
    transaction_rate: elapsed > 0 ? transactions / elapsed : 0,
  }
}

if (import.meta.main) {
  print({ report: await runSieges(JSON.parse(process.argv[2] ?? '{}') as SiegeOptions) })
  process.exit(0)
}
