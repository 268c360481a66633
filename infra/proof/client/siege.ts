import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
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

/** Lays siege until told to stop, or the time is up. All requests are of one guest: siege knows one set of headers. */
async function runSiege(options: SiegeOptions): Promise<SiegeReport> {
  const hotel = createHotel({ router: new URL(options.router), issuer: options.issuer })
  // siege takes a dollar for the beginning of one of its own variables.
  const lines = (await bodiesOf(hotel, options)).map(
    (body) => `${options.router} POST ${JSON.stringify(body).replaceAll('$', '\\u0024')}\n`,
  )
  const folder = mkdtempSync(join(tmpdir(), 'siege-'))
  try {
    writeFileSync(join(folder, 'urls'), lines.join(''))
    writeFileSync(join(folder, 'siegerc'), settings.map((line) => `${line}\n`).join(''))
    const pace = options.delaySeconds ? `-d${options.delaySeconds}` : '-b'
    const siege = spawn(
      'siege',
      [
        ...['-R', join(folder, 'siegerc'), '-f', join(folder, 'urls'), pace, '-j', '-T', 'application/json'],
        ...[`-c${options.users}`, `-t${options.seconds}S`],
        ...['-H', `authorization: Bearer ${await hotel.token('guest9000')}`],
      ],
      { env: { PATH: process.env.PATH, HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    print({ begun: true })
    whenToldToStop(() => siege.kill('SIGINT'))
    const [said, complaints] = await Promise.all([text(siege.stdout), text(siege.stderr)])
    const json = /\{[^{}]*"transactions"[^{}]*\}/.exec(said)?.[0]
    if (!json) throw new Error(`siege measured nothing: ${said.slice(-1_000)} ${complaints.slice(-1_000)}`)
    return JSON.parse(json) as SiegeReport
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (import.meta.main) {
  print({ report: await runSiege(JSON.parse(process.argv[2] ?? '{}') as SiegeOptions) })
  process.exit(0)
}
