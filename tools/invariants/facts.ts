import { toMinorUnits } from '@myhotel/kit/minor-units'
import { types, withClient } from '@myhotel/kit/postgres'
import { readRedisUrl } from '@myhotel/kit/redis-url'
import { Redis } from 'ioredis'
import type { Stores } from '../system/stores.ts'
import { readStreams, type Streamed } from './streams.ts'

/** What the databases, Redis and the provider say. Plain facts: no rule of the services is in here. */
export type Facts = {
  readonly bookings: readonly Booking[]
  readonly attempts: readonly Attempt[]
  readonly claims: readonly Claim[]
  readonly payments: readonly Payment[]
  readonly captures: readonly Capture[]
  readonly refunds: readonly Refund[]
  readonly rooms: readonly Room[]
  readonly unread: readonly { user: string; id: string }[]
  readonly outboxes: readonly Published[]
  /** What is stored in the streams. */
  readonly streams: readonly Streamed[]
  readonly inboxes: readonly Seen[]
  readonly deadLetters: readonly { consumer: string; event: string }[]
  /** null where there is no read model. */
  readonly page: Page | null
}

export type Booking = {
  id: string
  attempt: string
  payment: string
  room: string
  guest: string
  host: string
  from: string
  to: string
  amount: number
  currency: string
  status: string
  refund: number | null
}
export type Attempt = {
  id: string
  guest: string
  key: string
  state: string
  overdue: boolean
}
export type Claim = { id: string; room: string; from: string; to: string; state: string; kind: string }
export type Payment = {
  id: string
  attempt: string
  booking: string | null
  room: string | null
  state: string
  voided: boolean
  amount: number | null
  currency: string | null
  provider: string | null
  approved: boolean
}
export type Capture = { id: string; key: string; amount: number; currency: string }
export type Refund = { key: string; paymentId: string; amount: number; currency: string }
export type Room = { id: string; host: string; name: string; deleted: boolean }
/** The last version of an aggregate that a context has written to its outbox, and how many there are. */
export type Published = { aggregate: string; last: number; rows: number; unpublished: number }
export type Seen = { consumer: string; aggregate: string; last: number; rows: number }
export type Page = {
  records: ReadonlyMap<string, Readonly<Record<string, string>>>
  lists: ReadonlyMap<string, readonly string[]>
  versions: Readonly<Record<string, string>>
}

const queries = {
  bookings: `SELECT id::text, attempt_id::text AS attempt, payment_id::text AS payment, room_id::text AS room,
    guest_id AS guest, host_id AS host, start_date::text AS "from", end_date::text AS "to", total_amount AS amount,
    currency, status, refund_amount AS refund FROM booking`,
  attempts: `SELECT id::text, guest_id AS guest, idempotency_key AS key, state,
    state IN ('PAYING', 'ABORTING') AND hold_expires_at < now() AS overdue FROM booking_attempt`,
  claims: `SELECT id::text, room_id::text AS room, lower(stay)::text AS "from", upper(stay)::text AS "to", state, kind
    FROM stay_claim WHERE state <> 'RELEASED'`,
  payments: `SELECT id::text, attempt_id::text AS attempt, booking_id::text AS booking, room_id::text AS room, state,
    voided, amount, currency, provider_payment_id AS provider, approved_at IS NOT NULL AS approved FROM payment`,
  rooms: `SELECT id::text, host_id AS host, name, deleted_at IS NOT NULL AS deleted FROM room`,
  unread: `SELECT recipient_id AS user, id::text FROM notification WHERE read_at IS NULL`,
  outbox: `SELECT context || '.' || aggregate_id AS aggregate, max(version) AS last, count(*)::int AS rows,
    count(*) FILTER (WHERE published_at IS NULL)::int AS unpublished FROM outbox GROUP BY 1`,
  inbox: `SELECT consumer, aggregate, max(version) AS last, count(*)::int AS rows FROM inbox GROUP BY 1, 2`,
  deadLetters: 'SELECT consumer, event_id AS event FROM dead_letter',
}

/** Reads everything. The system should be at rest: what is under way is told as a violation. */
export async function readFacts(system: Stores): Promise<Facts> {
  const databases = Object.keys(system.databases)
  const read = <Row extends object>(database: string, query: keyof typeof queries) =>
    readRows<Row>(system.databases[database], queries[query])
  const each = async <Row extends object>(query: keyof typeof queries) =>
    (await Promise.all(databases.map((database) => read<Row>(database, query)))).flat()
  return {
    bookings: await read('book', 'bookings'),
    attempts: await read('book', 'attempts'),
    claims: await read('book', 'claims'),
    payments: await read('payment', 'payments'),
    rooms: await read('room', 'rooms'),
    unread: await read('notification', 'unread'),
    outboxes: await each('outbox'),
    streams: await readStreams(system.nats),
    inboxes: await each('inbox'),
    deadLetters: await each('deadLetters'),
    captures: await readProvider(system.paymentProvider, 'captures'),
    refunds: await readProvider(system.paymentProvider, 'refunds'),
    page: await readPage(system.redis),
  }
}

/** The driver gives a bigint as text, and an amount must not be compared as one. */
const exactNumbers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === types.builtins.INT8 ? toMinorUnits : types.getTypeParser(oid, format),
}

const readRows = async <Row extends object>(url: string | undefined, sql: string): Promise<Row[]> =>
  (await withClient(url ?? '', (client) => client.query<Row>(sql), { types: exactNumbers })).rows

async function readProvider<Row>(url: string | null, list: 'captures' | 'refunds'): Promise<Row[]> {
  if (!url) throw new Error("the payment provider is not the sandbox: what it captured can't be listed")
  return (await (await fetch(new URL(`/v1/${list}`, url))).json()) as Row[]
}

async function readPage(url: string): Promise<Page | null> {
  const redis = new Redis({ ...readRedisUrl(url), enableAutoPipelining: true })
  try {
    const generation = await redis.get('rm:active')
    if (!generation) return null
    const prefix = `rm:${generation}:`
    const records = new Map<string, Record<string, string>>()
    const lists = new Map<string, string[]>()
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      const names = (keys as string[]).filter((key) => key !== `${prefix}versions`)
      const types = await Promise.all(names.map((key) => redis.type(key)))
      await Promise.all(
        names.map(async (key, index) => {
          const name = key.slice(prefix.length)
          if (types[index] === 'zset') lists.set(name, await redis.zrange(key, '0', '-1'))
          if (types[index] === 'hash') records.set(name, await redis.hgetall(key))
        }),
      )
    }
    return { records, lists, versions: await redis.hgetall(`${prefix}versions`) }
  } finally {
    redis.disconnect()
  }
}
