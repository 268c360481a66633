import type { Announcement } from '@myhotel/contracts/event'
import type { Bus, Envelope } from './bus.ts'
import { type Correlation, correlation } from './context.ts'
import { failpoint } from './failpoint.ts'
import { relays } from './figures.ts'
import type { Logger } from './logger.ts'
import { type Loop, loop } from './loop.ts'
import { type Client, connect } from './postgres.ts'
import { plannedByKeys } from './prisma.ts'
import { relayConnections } from './server-limit.ts'
import type { Sql } from './sql.ts'

export { type Announcement, announcement } from '@myhotel/contracts/event'

/** An announcement and what it belongs to, where that is not what is being done now. */
export type Announced = Announcement & { readonly under?: Correlation }

/** A row of the outbox as one JSON object. */
function toOutboxRow({ contract, aggregateId, version, data, under = correlation() }: Announced) {
  return {
    event_id: `${contract.context}.${aggregateId}:${version}`,
    context: contract.context,
    aggregate_id: aggregateId,
    version,
    type: contract.type,
    schema_version: contract.version,
    data: contract.schema.parse(data),
    correlation_id: under.correlationId,
    traceparent: under.traceparent,
  }
}

const columns =
  'event_id, context, aggregate_id, version, type, schema_version, data, correlation_id, traceparent'

/**
 * The statement that appends announcements: `parameter`, `$1` say, holds the JSON of `toOutboxRow` of each. It is
 * exported so that a hot path can make it part of a larger statement; there `condition` says which rows are appended,
 * `aggregate_id IN (SELECT id::text FROM saved)` say.
 */
export const appendToOutboxSql = (parameter: string, condition = 'true') => `
  INSERT INTO outbox (${columns})
  SELECT ${columns}
  FROM jsonb_to_recordset(${parameter}::jsonb) AS row(event_id text, context text, aggregate_id text, version int,
    type text, schema_version int, data jsonb, correlation_id text, traceparent text)
  WHERE ${condition}`

const appendSql = appendToOutboxSql('$1')

/** Writes announcements in the transaction that makes them true; the relay publishes them after its commit. */
export async function appendToOutbox(tx: Sql, announcements: readonly Announced[]): Promise<void> {
  if (announcements.length > 0) await tx.$executeRawUnsafe(appendSql, toOutboxJson(announcements))
}

/** Announcements as the parameter of `appendToOutboxSql`. */
export const toOutboxJson = (announcements: readonly Announced[]) =>
  JSON.stringify(announcements.map(toOutboxRow))

/** The JSON of several callers' announcements as one; each was made under its own correlation. */
export const joinOutboxJson = (each: readonly string[]) =>
  `[${each
    .map((json) => json.slice(1, -1))
    .filter((rows) => rows !== '')
    .join()}]`

const batchSize = 500
/**
 * How soon what another replica has committed is seen; what this process commits wakes the relay. Seven services that
 * look twenty times a second keep a small machine from ever being idle.
 */
const pollEveryMs = 200

/**
 * A leader that the database has not heard of for so long loses its session, and with it the lock: a process that was
 * stopped, or a machine that is gone, does not keep events from being published. Publishing a batch takes less.
 */
const leaseMs = 15_000

/** The bus did not take all of a batch; the database is well. */
class NotPublished extends Error {}

type OutboxRow = {
  seq: string
  event_id: string
  context: string
  aggregate_id: string
  version: number
  type: string
  schema_version: number
  data: unknown
  correlation_id: string
  traceparent: string
  occurred_at: Date
}

/** The relay of one replica of a service. */
export type Relay = Loop & {
  /** While this replica's relay is the one that works on the database: a signal that is aborted when it no longer is. */
  leading(): AbortSignal | undefined
}

/**
 * The relay of one database's outbox: whatever is not marked as published is published and, after the stream has
 * stored it, marked. One relay at a time works on a database: the one that holds its advisory lock; the others
 * stand by. Its session ends when it is silent for long. It polls, because a cursor over ids loses rows of
 * transactions that commit late; `wake` spares the wait after a commit.
 */
export function createRelay(options: {
  /** Where no pooler is between that shares connections: the lock is held by a session. */
  databaseUrl: string
  bus: Bus
  log: Logger
  leaseMs?: number
}): Relay {
  let lead: { client: Client; lost: AbortController } | undefined

  async function close() {
    const closing = lead
    lead = undefined
    closing?.lost.abort()
    await closing?.client.end().catch(() => undefined)
  }

  /** A connection of its own that holds the lock, or undefined while another relay does. */
  async function leader(): Promise<Client | undefined> {
    if (lead) return lead.client
    const url = plannedByKeys(options.databaseUrl)
    const candidate = await connect(url, { application_name: 'outbox-relay' })
    candidate.on('error', () => void (lead?.client === candidate && close()))
    try {
      const { rows } = await candidate.query(`SELECT pg_try_advisory_lock(hashtext('outbox-relay')) AS leads`)
      if (rows[0].leads) {
        await candidate.query(`SET idle_session_timeout = ${options.leaseMs ?? leaseMs}`)
        lead = { client: candidate, lost: new AbortController() }
      }
    } finally {
      if (!lead) await candidate.end().catch(() => undefined)
    }
    return lead?.client
  }

  async function publishBatch(connection: Client): Promise<boolean> {
    const { rows } = await connection.query<OutboxRow>({
      name: 'outbox-unpublished',
      text: `SELECT seq, event_id, context, aggregate_id, version, type, schema_version, data, correlation_id,
                    traceparent, occurred_at
             FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT ${batchSize}`,
    })
    if (rows.length === 0) return false
    failpoint('relay:before-publish')
    const results = await Promise.allSettled(rows.map((row) => options.bus.publish(toEnvelope(row))))
    const stored = rows.filter((_, index) => results[index]?.status === 'fulfilled').map((row) => row.seq)
    failpoint('relay:before-mark')
    if (stored.length > 0) {
      await connection.query({
        name: 'outbox-mark',
        text: 'UPDATE outbox SET published_at = now() WHERE seq = ANY($1::bigint[])',
        values: [stored],
      })
    }
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw new NotPublished('events wait in the outbox', { cause: failed.reason })
    return rows.length === batchSize
  }

  const relay = loop({
    name: 'outbox-relay',
    everyMs: pollEveryMs,
    log: options.log,
    async work(signal) {
      const connection = await leader()
      if (!connection) {
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, 1_000)
          signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
        })
        return false
      }
      try {
        return await publishBatch(connection)
      } catch (error) {
        if (!(error instanceof NotPublished)) await close()
        throw error
      }
    },
  })
  const counted = { leads: () => lead !== undefined }
  return {
    ...relay,
    connections: { postgres: relayConnections },
    async start(service) {
      relays.add(counted)
      await relay.start?.(service)
    },
    leading: () => lead?.lost.signal,
    async stop() {
      relays.delete(counted)
      await relay.stop?.()
      await close()
    },
  }
}

function toEnvelope(row: OutboxRow): Envelope {
  return {
    id: row.event_id,
    context: row.context,
    aggregateId: row.aggregate_id,
    version: row.version,
    type: row.type,
    schemaVersion: row.schema_version,
    time: row.occurred_at.toISOString(),
    correlationId: row.correlation_id,
    traceparent: row.traceparent,
    data: row.data,
  }
}
