import { readdirSync } from 'node:fs'
import { defineEvent } from '@myhotel/contracts/event'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Envelope } from './bus.ts'
import { buryDeadLetter, receive, takeDeadLetter } from './inbox.ts'
import { announcement, appendToOutbox, createRelay } from './outbox.ts'
import type { Sql } from './sql.ts'
import { fill, statementsOf, waysOf } from './testing/plans.ts'
import { asEvent, createPostman, createTestDatabase, createTestLog, eventually } from './testing.ts'

/** Each has an outbox, an inbox and dead letters of its own. */
const databases = readdirSync(new URL('../../../prisma', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

/** What a consumer has seen and a service has told by and by; the last thousand are not published yet. */
const tables = [
  `INSERT INTO inbox (consumer, event_id, aggregate, version)
   SELECT 'consumer', 'kit.' || n || ':1', 'kit.' || n, 1 FROM generate_series(1, 100000) n`,
  `INSERT INTO outbox (event_id, context, aggregate_id, version, type, schema_version, data, correlation_id, traceparent,
     published_at)
   SELECT 'kit.' || n || ':1', 'kit', n, 1, 'Told', 1, '{}', '', '', CASE WHEN n <= 99000 THEN now() END
   FROM generate_series(1, 100000) n`,
  `INSERT INTO dead_letter (consumer, event_id, subject, envelope, error, retry_requested_at)
   SELECT 'consumer', 'kit.' || n || ':2', 'kit.' || n, '{}', 'why', CASE WHEN n % 10000 = 0 THEN now() END
   FROM generate_series(1, 50000) n`,
]

const Told = defineEvent('kit', 'Told', z.object({}))
const told = (aggregateId: string, version: number) => announcement(Told, aggregateId, version, {})

describe.each(databases)('%s', (name) => {
  let server: Awaited<ReturnType<typeof createTestDatabase>>
  let pool: Pool
  let sql: Sql
  beforeAll(async () => {
    server = await createTestDatabase(name)
    await fill(server.url, ...tables)
    pool = new Pool({ connectionString: server.url })
    sql = {
      $queryRawUnsafe: async <Rows>(text: string, ...values: unknown[]) =>
        (await pool.query(text, values)).rows as Rows,
      $executeRawUnsafe: async (text, ...values) => (await pool.query(text, values)).rowCount ?? 0,
    }
  })
  afterAll(async () => {
    await pool?.end()
    await server?.drop()
  })

  const ways = async (work: () => Promise<unknown>) => waysOf(server.url, await statementsOf(work))

  it('receives events by the inbox: those that are next, seen before, and early', async () => {
    const events = [1, 2, 3].map((version) => asEvent(told(String(version), version)))
    const many = Array.from({ length: 90 }, (_, index) => asEvent(told(`new ${index}`, 1)))
    expect(await ways(() => receive(sql, 'consumer', [...events, ...many]))).toEqual(['inbox_pkey'])
  })

  it('publishes what is not published, and marks it', async () => {
    const published: string[] = []
    const publish = async (event: Envelope) => void published.push(event.id)
    const bus = { ...createPostman().bus, publish }
    const relay = createRelay({ databaseUrl: server.url, bus, log: createTestLog().log })
    const turn = async () => {
      await appendToOutbox(sql, [told('last', 1)])
      await relay.start?.({ check: async () => ({ ready: true, parts: {} }) })
      await eventually(() => published.includes('kit.last:1'))
      await relay.stop?.()
    }
    expect(await ways(turn)).toEqual(['outbox_pkey', 'outbox_unpublished'])
  })

  it('puts dead letters aside and takes out those that are to be tried again', async () => {
    const letter = { consumer: 'consumer', eventId: 'kit.1:2', subject: 'kit.1', envelope: {}, error: 'why' }
    const turn = async () => {
      await buryDeadLetter(sql, letter)
      expect(await takeDeadLetter(sql, 'consumer')).not.toBeNull()
    }
    expect(await ways(turn)).toEqual(['dead_letter_pkey', 'dead_letter_to_retry'])
  })
})
