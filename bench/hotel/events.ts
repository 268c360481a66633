import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ROOT } from '../../tools/system/client.ts'
import type { BenchOptions } from '../options.ts'
import { createReport } from '../report.ts'
import { type Hotel, openHotel } from './hotel.ts'
import { bookingsOfManyRooms } from './requests.ts'
import { sendAll } from './send.ts'

const looks = 200
const guests = 50

/** From a booking's commit to My Page; how fast what was missed is caught up with; how fast My Page is built anew. */
export async function events({ results, tell, rest }: BenchOptions): Promise<void> {
  const { values } = parseArgs({
    args: rest,
    options: { events: { type: 'string', default: '20000' }, full: { type: 'boolean', default: false } },
  })
  const count = values.full ? 1_000_000 : Number(values.events)
  const store = createReport('events', results)
  const hotel = await openHotel(tell)
  try {
    const rooms = await hotel.registerRooms(guests)
    const tokens = await hotel.tokens('guest', guests)
    const latencies: number[] = []
    const { requests, ...given } = bookingsOfManyRooms(rooms, Math.ceil(looks / guests), tokens)
    for (const request of requests.slice(0, looks)) {
      const [answer = ''] = await sendAll(
        hotel.system.record.router,
        { ...given, requests: [request] },
        booked,
      )
      const since = performance.now()
      const id = /"id":"([^"]+)"/.exec(answer)?.[1] ?? ''
      while (!(await pageOf(hotel, tokens[request.token ?? 0] ?? '')).includes(id)) await delay(2)
      latencies.push(performance.now() - since)
    }
    latencies.sort((a, b) => a - b)
    const at = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] ?? 0
    tell(`seen on My Page after ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms`)

    // Nobody is to be told of bookings that nobody has made.
    await hotel.system.stop('notification')
    await hotel.system.stop('mypage')
    tell(`${count} bookings are announced while My Page is down`)
    const published = await announce(hotel, count)
    tell(`published in ${published.toFixed(1)} s`)
    await hotel.system.start('mypage')
    await hotel.system.waitReady('mypage')
    const caughtUp = await untilSeen(hotel, count)
    tell(`caught up with in ${caughtUp.toFixed(1)} s`)

    const since = performance.now()
    const command = [join(ROOT, 'tools/mypage-rebuild.ts'), '--data-dir', hotel.system.record.dataDir]
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`My Page was not rebuilt: ${stdout}${stderr}`)
    const rebuilt = (performance.now() - since) / 1000
    const row = (what: string, seconds: number) => [what, String(count), seconds, count / seconds]
    store('events', {
      title: 'Events: from the commit to My Page',
      notes: [
        `a guest sees what was booked after ${at(0.5).toFixed(0)} ms (median), ${at(0.95).toFixed(0)} (p95), ${at(0.99).toFixed(0)} (p99) of ${looks} bookings, one after the other, from the answer on`,
        'all parts on this machine; while My Page catches up, the other consumers do, too',
      ],
      columns: ['', 'events', 's', 'events/s'],
      rows: [
        row('published by the relay', published),
        row('caught up with by My Page', caughtUp),
        row('My Page rebuilt from nothing', rebuilt),
      ],
      details: { latencies, published, caughtUp, rebuilt },
    })
  } finally {
    await hotel.stop()
  }
}

const booked = { expect: '"RoomBooked"' }

async function pageOf({ system }: Hotel, token: string): Promise<string> {
  const query = '{ myPage { guest { bookings(first: 5) { edges { node { bookingId } } } } } }'
  const response = await fetch(system.record.router, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  })
  return response.text()
}

/** The last of the made-up guests, whose booking is announced last. */
const lastGuest = (count: number) => `guest${100_000 + (count % 1_000)}`

/** Enters announcements of bookings that nobody has made in book's outbox; seconds until all are published. */
async function announce(hotel: Hotel, count: number): Promise<number> {
  const since = performance.now()
  const batch = 20_000
  for (let from = 1; from <= count; from += batch) {
    await hotel.sql('book', announceSql, [from, Math.min(count, from + batch - 1)])
  }
  for (;;) {
    const [left] = await hotel.sql('book', 'SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT 1')
    if (!left) return (performance.now() - since) / 1000
    await delay(50)
  }
}

const announceSql = `
  INSERT INTO outbox (event_id, context, aggregate_id, version, type, schema_version, data, correlation_id, traceparent)
  SELECT 'book.' || id || ':1', 'book', id, 1, 'Booked', 1,
    jsonb_build_object('bookingId', id, 'roomId', gen_random_uuid(), 'roomName', 'Room ' || number, 'hostId',
      'host' || 100000 + number % 100, 'guestId', 'guest' || 100000 + number % 1000, 'startDate', '2030-01-01',
      'endDate', '2030-01-02', 'guests', 2, 'total', money, 'paymentId', gen_random_uuid(), 'city', 'Porto',
      'country', 'Portugal', 'timeZone', 'Europe/Lisbon', 'lines', '[]'::jsonb, 'cancellationPolicy', 'FLEXIBLE',
      'checkInTime', '15:00', 'checkOutTime', '11:00', 'bookedAt', '2029-01-01T00:00:00.000Z'),
    'bench', '00-11111111111111111111111111111111-2222222222222222-01'
  FROM generate_series($1::int, $2::int) AS number,
    LATERAL (SELECT gen_random_uuid()::text AS id, '{"amount": 10000, "currency": "EUR"}'::jsonb AS money
             WHERE number > 0) AS made`

/** Seconds until My Page has all of the made-up bookings: the guest of the last one has a full page. */
async function untilSeen(hotel: Hotel, count: number): Promise<number> {
  const since = performance.now()
  const token = await hotel.system.token(lastGuest(count))
  const expected = Math.floor(count / 1_000) + (count % 1_000 === 0 ? 0 : 1)
  const query = `{ myPage { guest { bookings(first: 1) { totalCount } } } }`
  for (;;) {
    const response = await fetch(hotel.system.record.router, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    })
    const seen = Number(/"totalCount":(\d+)/.exec(await response.text())?.[1] ?? 0)
    if (seen >= expected) return (performance.now() - since) / 1000
    if (performance.now() - since > 600_000) throw new Error(`My Page has ${seen} of ${expected} bookings`)
    await delay(50)
  }
}
