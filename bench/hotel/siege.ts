import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Requests } from '../measure/load-types.ts'
import { usageOf } from '../measure/processes.ts'
import { cpuOf } from '../measure/rounds.ts'
import type { Scenario } from '../report.ts'
import type { Hotel } from './hotel.ts'
import { countBookings, underWayIsOver } from './ledger.ts'

/** What siege says, as far as it is told here. */
type Told = {
  transactions: number
  availability: number
  elapsed_time: number
  response_time: number
  transaction_rate: number
  failed_transactions: number
  longest_transaction: number
}

/** The test of the system that MyHotel replaces: siege, users who book without a pause, a connection a request. */
export async function siege(
  hotel: Hotel,
  { documents, tokens, requests }: Requests,
  options: { connections: number; seconds: number; tell: (line: string) => void },
): Promise<Scenario> {
  const folder = mkdtempSync(join(tmpdir(), 'myhotel-siege-'))
  try {
    const url = hotel.system.record.router
    // siege takes a dollar for the beginning of one of its own variables.
    const bodies = requests.map(({ variables }) =>
      JSON.stringify({ query: documents[0], variables }).replaceAll('$', '\\u0024'),
    )
    writeFileSync(join(folder, 'urls'), bodies.map((body) => `${url} POST ${body}\n`).join(''))
    writeFileSync(
      join(folder, 'siegerc'),
      'verbose = false\nquiet = true\njson_output = true\ntimeout = 30\nlogging = false\n',
    )
    const before = { usage: usageOf(hotel.contender.pids), bookings: await countBookings(hotel) }
    options.tell(`siege -c${options.connections} -t${options.seconds}S`)
    const { stdout } = await promisify(execFile)(
      'siege',
      [
        ...['-R', join(folder, 'siegerc'), '-f', join(folder, 'urls'), '-b', '-j'],
        ...[`-c${options.connections}`, `-t${options.seconds}S`, '-T', 'application/json'],
        ...['-H', `authorization: Bearer ${tokens[0]}`],
      ],
      { env: { PATH: process.env.PATH, HOME: folder }, maxBuffer: 64 * 1024 * 1024 },
    )
    const json = /\{[^{}]*"transactions"[^{}]*\}/.exec(stdout)?.[0]
    if (!json) throw new Error(`siege measured nothing:\n${stdout.slice(-2_000)}`)
    const told = JSON.parse(json) as Told
    const after = usageOf(hotel.contender.pids)
    await underWayIsOver(hotel)
    const booked = (await countBookings(hotel)) - before.bookings
    if (booked === 0) throw new Error(`siege booked nothing:\n${stdout.slice(-2_000)}`)
    const cpuSecondsPer1000 = Object.fromEntries(
      Object.entries(after).map(([name, { cpuSeconds }]) => [
        name,
        ((cpuSeconds - (before.usage[name]?.cpuSeconds ?? 0)) / booked) * 1000,
      ]),
    )
    return {
      title: `Bookings: siege -c${options.connections} -t${options.seconds}S`,
      notes: [
        'the whole system on this machine; one guest, many rooms, a new connection for each request',
        `${told.transactions} answers, ${booked} bookings in the database`,
        `CPU seconds a thousand bookings: ${cpuOf({ cpuSecondsPer1000 })}`,
      ],
      columns: ['', 'availability %', 'bookings/s', 'mean ms', 'longest ms', 'failed'],
      rows: [
        [
          'MyHotel',
          told.availability.toFixed(2),
          booked / told.elapsed_time,
          told.response_time * 1000,
          told.longest_transaction * 1000,
          String(told.failed_transactions),
        ],
        [
          'the system that it replaces, on a cluster of 10 pods',
          '99.98',
          63.4,
          3_880,
          'not told',
          'not told',
        ],
      ],
      details: { told, booked, cpuSecondsPer1000 },
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
