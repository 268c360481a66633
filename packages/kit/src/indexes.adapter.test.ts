import { readdirSync } from 'node:fs'
import { defineEvent } from '@myhotel/contracts/event'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Envelope } from './bus.ts'
import { buryDeadLetter, receive, takeDeadLetter } from './inbox.ts'
import { announcement, appendToOutbox, createRelay } from './outbox.ts'
import { openPool } from './postgres.ts'
import type { Sql } from './sql.ts'
import { databaseOf, largeTables, rows } from './testing/plans.ts'
import { asEvent, createPostman, createTestLog, eventually } from './testing.ts'

/** Each has an outbox, an inbox and dead letters of its own. */
const databases = readdirSync(new URL('../../../prisma', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

/** What a consumer has seen and a service has told by and by; the last thousand are not published yet. */
const tables = [
  `INSERT INTO inbox (consumer, event_id, aggregate, version)
   SELECT 'consumer', 'kit.' || n || ':1', 'kit.' || n, 1 FROM generate_series(1, ${rows}) n`,
  `INSERT INTO outbox (event_id, context, aggregate_id, version, type, schema_version, data, correlation_id, traceparent,
     published_at)
   SELECT 'kit.' || n || ':1', 'kit', n, 1, 'Told', 1, '{}', '', '', CASE WHEN n <= ${rows - 1_000} THEN now() END
   FROM generate_series(1, ${rows}) n`,
  `INSERT INTO dead_letter (consumer, event_id, subject, envelope, error, retry_requested_at)
   SELECT 'consumer', 'kit.' || n || ':2', 'kit.' || n, '{}', 'why', CASE WHEN n % ${rows / 5} = 0 THEN now() END
   FROM generate_series(1, ${rows}) n`,
]

const Told = defineEvent('kit', 'Told', z.object({}))
const told = (aggregateId: string, version: number) => announcement(Told, aggregateId, version, {})

/** A database as the kit's statements see it. */
function openDatabase(url: string) {
  const pool = openPool(url)
  const database: Sql = {
    $queryRawUnsafe: async <Rows>(text: string, ...values: unknown[]) =>
      (await pool.query(text, values)).rows as Rows,
    $executeRawUnsafe: async (text, ...values) => (await pool.query(text, values)).rowCount ?? 0,
  }
  return { database, part: { stop: () => pool.end() } }
}

describe.each(databases)('%s', (name) => {
  const { opened, ways } = largeTables(databaseOf(name, openDatabase), tables)

  it('receives events by the inbox: those that are next, seen before, and early', async () => {
    const events = [1, 2, 3].map((version) => asEvent(told(String(version), version)))
    const many = Array.from({ length: 90 }, (_, index) => asEvent(told(`new ${index}`, 1)))
    expect(await ways(() => receive(opened().database, 'consumer', [...events, ...many]))).toEqual([
      'inbox_pkey',
    ])
  })

  it('publishes what is not published, and marks it', async () => {
    const published: string[] = []
    const publish = async (event: Envelope) => void published.push(event.id)
    const bus = { ...createPostman().bus, publish }
    const relay = createRelay({ databaseUrl: opened().url, bus, log: createTestLog().log })
    const turn = async () => {
      await appendToOutbox(opened().database, [told('last', 1)])
      await relay.start?.({ check: async () => ({ ready: true, parts: {} }) })
      await eventually(() => published.includes('kit.last:1'))
      await relay.stop?.()
    }
    expect(await ways(turn)).toEqual(['outbox_pkey', 'outbox_unpublished'])
  })

  it('puts dead letters aside and takes out those that are to be tried again', async () => {
    const letter = { consumer: 'consumer', eventId: 'kit.1:2', subject: 'kit.1', envelope: {}, error: 'why' }
    const turn = async () => {
      await buryDeadLetter(opened().database, letter)
      expect(await takeDeadLetter(opened().database, 'consumer')).not.toBeNull()
    }
    expect(await ways(turn)).toEqual(['dead_letter_pkey', 'dead_letter_to_retry'])
  })
})
