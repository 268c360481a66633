import { execFile, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sessionSettings, toOptions, withClient } from '@myhotel/kit/postgres'
import { ROOT } from '../../tools/system/client.ts'
import type { LoadTool, Requests } from '../measure/load-types.ts'
import { median } from '../measure/rounds.ts'
import type { Scenario } from '../report.ts'
import { bookingRound } from './booking-rounds.ts'
import type { Hotel } from './hotel.ts'

const clients = 32

/** Bookings through the router, and pgbench sending the SQL of bookings to the same server, in turn. */
export async function pgbench(
  hotel: Hotel,
  requests: Requests,
  options: {
    tool: LoadTool
    connections: number
    seconds: number
    rounds: number
    tell: (line: string) => void
  },
): Promise<Scenario> {
  if (spawnSync('pgbench', ['--version']).error)
    throw new Error('there is no pgbench here: leave it out by --only')
  const { rounds, tell, ...load } = options
  const url = await prepare(hotel, 'myhotel_bench')
  const through: number[] = []
  const bare: number[] = []
  let from = 0
  for (let number = 0; number <= rounds; number += 1) {
    const measured = await bookingRound(hotel, requests, { ...load, expect: '"RoomBooked"', from })
    from += measured.answered + load.connections
    const transactions = await run(url, load.seconds)
    tell(
      `${number === 0 ? 'to warm up' : `round ${number}`}: ${Math.round(measured.bookingsPerSecond)} bookings/s, ` +
        `pgbench ${Math.round(transactions)}/s`,
    )
    if (number === 0) continue
    through.push(measured.bookingsPerSecond)
    bare.push(transactions)
  }
  return {
    title: 'Bookings: through the router, and pgbench sending their SQL',
    notes: [
      `in turn, ${rounds} rounds of ${load.seconds} s, medians; pgbench with ${clients} clients and prepared statements, which writes`,
      'what bookings write (four commits each), and nothing of what comes of them: no event is published, taken in or told',
    ],
    columns: ['', 'bookings/s', 'ratio'],
    rows: [
      ['through the router', median(through), (median(through) / median(bare)).toFixed(2)],
      ['pgbench', median(bare), '1'],
    ],
    details: { through, bare },
  }
}

async function run(url: string, seconds: number): Promise<number> {
  const script = join(import.meta.dirname, 'booking.sql')
  const options = [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(clients),
    '-j',
    '1',
    '-T',
    String(seconds),
    '-f',
    script,
  ]
  const env = { ...process.env, PGOPTIONS: toOptions(sessionSettings) }
  const { stdout } = await promisify(execFile)('pgbench', [...options, url], { env })
  const rate = /^tps = ([\d.]+)/m.exec(stdout)?.[1]
  if (!rate || !/number of failed transactions: 0 /.test(stdout))
    throw new Error(`pgbench failed:\n${stdout}`)
  return Number(rate)
}

/** What the SQL of a booking costs where there are few claims, and where there are a million of 3,000 rooms. */
export async function claims(
  hotel: Hotel,
  { seconds, rounds, tell }: { seconds: number; rounds: number; tell: (line: string) => void },
): Promise<Scenario> {
  const few = await prepare(hotel, 'myhotel_few')
  const many = await prepare(hotel, 'myhotel_many')
  tell('making a million claims')
  await withClient(many, async (client) => {
    await client.query(manyClaimsSql)
    await client.query('VACUUM ANALYZE book.stay_claim')
  })
  const rates = { few: [] as number[], many: [] as number[] }
  for (let number = 0; number <= rounds; number += 1) {
    const [one, other] = [await run(few, seconds), await run(many, seconds)]
    tell(
      `${number === 0 ? 'to warm up' : `round ${number}`}: ${Math.round(one)}/s, with a million ${Math.round(other)}/s`,
    )
    if (number === 0) continue
    rates.few.push(one)
    rates.many.push(other)
  }
  const growth = (median(rates.few) / median(rates.many) - 1) * 100
  return {
    title: 'Bookings: the overlap check with few claims, and with a million',
    notes: [
      `pgbench in turn on two databases, ${rounds} rounds of ${seconds} s, ${clients} clients, medians`,
      `a booking costs ${growth.toFixed(0)} % more time of the database with a million claims`,
    ],
    columns: ['', 'bookings/s'],
    rows: [
      ['few claims', median(rates.few)],
      ['a million claims', median(rates.many)],
    ],
    details: rates,
  }
}

const manyClaimsSql = `
  INSERT INTO book.stay_claim (id, room_id, stay, kind, state)
  SELECT gen_random_uuid(), md5('full' || number / 330)::uuid,
    daterange(current_date + number % 330, current_date + number % 330 + 1), 'BOOKING', 'BOOKED'
  FROM generate_series(0, 999999) AS number`

/** A database of the same server with the tables of book and payment, each in a schema of its own. */
async function prepare(hotel: Hotel, name: string): Promise<string> {
  await hotel.sql('book', `CREATE DATABASE ${name}`)
  const url = new URL(hotel.system.databaseUrl('book'))
  url.pathname = `/${name}`
  await withClient(url.href, async (client) => {
    await client.query('CREATE EXTENSION btree_gist')
    for (const schema of ['book', 'payment']) {
      await client.query(`CREATE SCHEMA ${schema}`)
      await client.query(`SET search_path = ${schema}, public`)
      const folder = join(ROOT, 'prisma', schema, 'migrations')
      for (const migration of readdirSync(folder).sort()) {
        if (/^\d/.test(migration))
          await client.query(readFileSync(join(folder, migration, 'migration.sql'), 'utf8'))
      }
    }
    await client.query(
      `INSERT INTO book.room_listing (room_id, version, host_id, offer) VALUES (md5('listed')::uuid, 1, 'host1', '{}')`,
    )
  })
  return url.href
}
