import { randomUUID } from 'node:crypto'
import { type Client, withClient, withUnfitClient } from '@myhotel/kit/postgres'
import { createTestDatabase } from '@myhotel/kit/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { toldColumns, untoldColumns } from './times-mend/columns.ts'
import { type Finding, mendTimes } from './times-mend/mend.ts'

const hour = 3_600_000
const names = [...new Set(toldColumns.map(({ database }) => database))]
let servers: Record<string, Awaited<ReturnType<typeof createTestDatabase>>>
const urls = () => Object.fromEntries(names.map((name) => [name, servers[name]?.url ?? '']))

beforeEach(async () => {
  servers = {}
  for (const name of names) servers[name] = await createTestDatabase(name)
})
afterEach(async () => {
  for (const { drop } of Object.values(servers)) await drop()
})

/** A UUID v7 as one made at that time, in milliseconds, is. */
function idOf(time: number): string {
  const begin = time.toString(16).padStart(12, '0')
  return `${begin.slice(0, 8)}-${begin.slice(8)}-7${randomUUID().slice(15)}`
}

/** Something for each column that must have something. */
const anything: Record<string, unknown> = {
  ...{ text: 'x', integer: 1, bigint: 1, uuid: null, jsonb: '{}', boolean: false, date: '2027-01-01' },
  ...{ ARRAY: '{}', 'double precision': 0, 'timestamp with time zone': '2027-01-01T00:00:00Z' },
}

async function insert(client: Client, table: string, row: Record<string, unknown>): Promise<void> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'`,
    [table],
  )
  const filled: Record<string, unknown> = { ...row }
  for (const { name, type } of rows) filled[name] ??= type === 'uuid' ? randomUUID() : anything[type]
  const columns = Object.keys(filled)
  await client.query(
    `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map((_, at) => `$${at + 1}`).join()})`,
    Object.values(filled),
  )
}

/** What a session of an earlier version was: in the server's zone, whatever that was. */
const before = (database: string, zone: string, work: (client: Client) => Promise<void>) =>
  withUnfitClient(`${servers[database]?.url}?settings=role`, async (client) => {
    await client.query(`SET TimeZone = '${zone}'`)
    await client.query(`SET DateStyle = 'ISO, MDY'`)
    await client.query('SET standard_conforming_strings = on')
    // Bookings stand for themselves here.
    await client.query('SET session_replication_role = replica')
    await work(client)
  })

const at = (second: number) => new Date(Date.UTC(2026, 10, 3, 12, 30, second, 123)).toISOString()

/** As Prisma's adapter writes an instant. */
const withoutZone = (instant: string) => instant.replace('T', ' ').replace('Z', '')

const event = (client: Client, type: string, id: string, data: object) =>
  insert(client, 'outbox', { event_id: `${type}.${id}`, aggregate_id: id, type, data })

/** One of everything, as an earlier version wrote it to a server of that zone. */
async function writeAsBefore(zone: string, offset: number) {
  const [booking, payment, room, complaint, notification, refusal] = Array.from({ length: 6 }, () => idOf(0))
  if (!booking || !payment || !room || !complaint || !notification || !refusal) throw new Error('no ids')
  const action = idOf(Date.parse(at(9)))
  // Read with the zone in the place of UTC and saved again, twice.
  const moved = new Date(Date.parse(at(1)) + 2 * offset).toISOString()
  const canceled = { status: 'CANCELED', canceled_by: 'GUEST', refund_amount: 0, end_date: '2027-01-02' }
  await before('book', zone, async (client) => {
    await insert(client, 'booking', { id: booking, booked_at: at(2), ...canceled, canceled_at: at(3) })
    await event(client, 'Booked', booking, { bookedAt: at(2) })
    await event(client, 'BookCanceled', booking, { canceledAt: at(3) })
  })
  await before('payment', zone, async (client) => {
    const taken = {
      provider_payment_id: 'p',
      booking_id: booking,
      guest_id: 'g',
      host_id: 'h',
      room_id: room,
    }
    const paid = { amount: 1, currency: 'EUR', method: 'm', deadline: at(3), ...taken }
    await insert(client, 'payment', { id: payment, state: 'CANCELED', approved_at: moved, ...paid })
    await insert(client, 'refund', { key: 'r', payment_id: payment, refunded_at: at(4) })
    await event(client, 'PaymentApproved', payment, { approvedAt: at(1) })
    await event(client, 'PaymentCanceled', payment, { canceledAt: at(4) })
    await event(client, 'AccessRefused', refusal, { refusedAt: at(8) })
  })
  await before('room', zone, async (client) => {
    const deletion = { deleted_by: 'HOST', deleted_by_id: 'h', deleted_at: withoutZone(at(5)) }
    const offer = { price_per_night: 1, cancellation_policy: 'STRICT', ...deletion }
    await insert(client, 'room', { id: room, registered_at: withoutZone(at(0)), ...offer })
    await event(client, 'RoomRegistered', room, { registeredAt: at(0) })
    await event(client, 'RoomDeleted', room, { deletedAt: at(5) })
  })
  await before('servicecenter', zone, async (client) => {
    const closed = { status: 'CLOSED', closed_by: 'a', resolution: 'r', closed_at: withoutZone(at(7)) }
    await insert(client, 'complaint', { id: complaint, filed_at: withoutZone(at(6)), ...closed })
    await event(client, 'ComplaintFiled', complaint, { filedAt: at(6) })
    await event(client, 'ComplaintClosed', complaint, { closedAt: at(7) })
    const requested_at = withoutZone(at(9))
    await insert(client, 'agent_action', { id: action, kind: 'DELETE_ROOM', requested_at })
    await insert(client, 'agent_action_outcome', { action_id: action, recorded_at: withoutZone(at(10)) })
    await insert(client, 'access_refusal', { id: refusal, refused_at: withoutZone(at(8)) })
  })
  await before('notification', zone, async (client) => {
    const read_at = withoutZone(at(12))
    await insert(client, 'notification', { id: notification, kind: 'BOOKED', sent_at: at(11), read_at })
    await event(client, 'NotificationSent', notification, { sentAt: at(11) })
    await event(client, 'NotificationRead', notification, { readAt: at(12) })
    await insert(client, 'push_subscription', { endpoint: 'e', subscribed_at: withoutZone(at(0)) })
  })
  await before('marketing', zone, async (client) => {
    const [registered_at, deleted_at] = [withoutZone(at(0)), withoutZone(at(5))]
    await insert(client, 'room', { room_id: room, registered_at, deleted_at })
    const paid_at = new Date(Date.parse(at(1)) + offset).toISOString()
    await insert(client, 'paid_booking', { payment_id: payment, paid_at, canceled_at: at(4) })
  })
}

/** What all columns say, in the order of toldColumns. */
async function stored(): Promise<string[]> {
  const instants: string[] = []
  for (const { database, table, column } of toldColumns) {
    const { rows } = await withClient(urls()[database] ?? '', (client) =>
      client.query<{ at: Date }>(
        `SELECT ${column} AS at FROM ${table} WHERE ${column} IS NOT NULL ORDER BY 1`,
      ),
    )
    instants.push(...rows.map(({ at }) => at.toISOString()))
  }
  return instants
}

const truth = [2, 3, 1, 4, 0, 5, 6, 7, 9, 10, 8, 11, 12, 0, 5, 1, 4].map(at)
const offsOf = (findings: readonly Finding[]) =>
  Object.fromEntries(
    findings.map(({ database, table, column, off }) => [`${database} ${table}.${column}`, [...off]]),
  )

it.each([
  ['Asia/Seoul', 9 * hour],
  ['America/New_York', -5 * hour],
  ['Asia/Kathmandu', 5.75 * hour],
])('finds what was stored wrong by hours in %s, and puts it right when told to', async (zone, offset) => {
  await writeAsBefore(zone, offset)
  const wrong = await stored()
  expect(wrong).not.toEqual(truth)

  const found = await mendTimes(urls(), false)
  const byZone = [[-offset, 1]]
  expect(offsOf(found)).toEqual({
    'payment payment.approved_at': [[2 * offset, 1]],
    'room room.registered_at': byZone,
    'room room.deleted_at': byZone,
    'servicecenter complaint.filed_at': byZone,
    'servicecenter complaint.closed_at': byZone,
    'servicecenter agent_action.requested_at': byZone,
    'servicecenter agent_action_outcome.recorded_at': byZone,
    'servicecenter access_refusal.refused_at': byZone,
    'notification notification.read_at': byZone,
    'marketing room.registered_at': byZone,
    'marketing room.deleted_at': byZone,
    'marketing paid_booking.paid_at': [[offset, 1]],
    'notification push_subscription.subscribed_at': [],
  })
  expect(await stored()).toEqual(wrong)

  expect(await mendTimes(urls(), true)).toEqual(found)
  expect(await stored()).toEqual(truth)
  expect(await mendTimes(urls(), true)).toEqual([
    { ...untoldColumns[0], off: new Map(), strange: [], untold: 1 },
  ])
})

it('leaves the records of what agents did and were refused as closed to changes as they were', async () => {
  await writeAsBefore('Asia/Seoul', 9 * hour)
  await mendTimes(urls(), true)
  for (const table of ['agent_action', 'agent_action_outcome', 'access_refusal']) {
    await before('servicecenter', 'UTC', async (client) => {
      await expect(client.query(`DELETE FROM ${table}`)).rejects.toThrow('is append-only')
    })
  }
})

it('leaves alone what no zone explains, and says so; and of what nothing tells', async () => {
  const [other, untold] = [idOf(0), idOf(0)]
  await before('servicecenter', 'UTC', async (client) => {
    await insert(client, 'complaint', { id: other, status: 'OPEN', filed_at: at(0) })
    await event(client, 'ComplaintFiled', other, { filedAt: new Date(Date.parse(at(0)) - 20 * 60_000) })
    await insert(client, 'complaint', { id: untold, status: 'OPEN', filed_at: at(0) })
  })
  const was = await stored()
  const told = new Date(Date.parse(at(0)) - 20 * 60_000)
  expect(await mendTimes(urls(), true)).toEqual([
    {
      ...{ database: 'servicecenter', table: 'complaint', column: 'filed_at', off: new Map(), untold: 1 },
      strange: [{ key: other, stored: new Date(at(0)), told }],
    },
  ])
  expect(await stored()).toEqual(was)
})

it('knows every column of an instant that a process writes', async () => {
  const byPostgres =
    /^(outbox|inbox|dead_letter|_prisma_migrations|delivery)\.|\.(created|requested|started)_at$/
  const always = ['lease_until', 'hold_expires_at', 'due_at', 'deadline']
  const known = [...toldColumns, ...untoldColumns].map(
    ({ database, table, column }) => `${database} ${table}.${column}`,
  )
  const unknown: string[] = []
  for (const [database, url] of Object.entries(urls())) {
    const { rows } = await withClient(url, (client) =>
      client.query<{ table: string; column: string; type: string }>(
        `SELECT table_name AS table, column_name AS column, data_type AS type FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type LIKE 'timestamp%'`,
      ),
    )
    expect(rows.filter(({ type }) => type !== 'timestamp with time zone')).toEqual([])
    for (const { table, column } of rows) {
      if (known.includes(`${database} ${table}.${column}`)) continue
      if (!byPostgres.test(`${table}.${column}`) && !always.includes(column))
        unknown.push(`${table}.${column}`)
    }
  }
  expect(unknown).toEqual([])
})
