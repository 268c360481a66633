import { expect, it } from 'vitest'
import { correlated } from './context.ts'
import { summaryOf, traceStatements } from './statement-spans.ts'
import { keepSpans, sampledTrace } from './testing/spans.ts'

it.each([
  ['SELECT 1', 'SELECT'],
  ['COMMIT', 'COMMIT'],
  ['SELECT "public"."payment"."id" FROM "public"."payment" WHERE "id" IN ($1)', 'SELECT payment'],
  ['INSERT INTO outbox (a) SELECT a FROM jsonb_to_recordset($1::jsonb) AS row(a text)', 'INSERT outbox'],
  [
    'DELETE FROM dead_letter WHERE id = (SELECT id FROM dead_letter FOR UPDATE SKIP LOCKED)',
    'DELETE dead_letter',
  ],
  ['UPDATE ONLY payment SET state = $1', 'UPDATE payment'],
  ['INSERT INTO a (b) VALUES (1) ON CONFLICT (b) DO UPDATE SET b = 2', 'INSERT a'],
  [
    `WITH asked AS (SELECT row.* FROM set_config('x', 'y', true) AS kept, jsonb_to_recordset($1) AS row(id uuid)),
       won AS (UPDATE booking_attempt AS attempt SET state = 'X' FROM asked RETURNING attempt.*),
       claimed AS (UPDATE stay_claim SET state = 'BOOKED' FROM won)
     INSERT INTO booking (id) SELECT id FROM won`,
    'UPDATE booking_attempt UPDATE stay_claim INSERT booking',
  ],
  [
    `WITH asked AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS event(id text))
     SELECT asked.id FROM asked LEFT JOIN LATERAL (SELECT true FROM inbox LIMIT 1) AS same ON true`,
    'SELECT inbox',
  ],
])('%s', (sql, summary) => expect(summaryOf(sql)).toBe(summary))

it('makes a span of each statement, in transactions too', async () => {
  const kept = keepSpans()
  const statements = () => ({
    queryRaw: async ({ sql }: { sql: string }) => [sql],
    executeRaw: async (_statement: { sql: string }) => 1,
  })
  const adapter = { ...statements(), startTransaction: async (_isolation?: string) => statements() }
  traceStatements(adapter, 'hotel')
  await correlated({ correlationId: 'c', traceparent: sampledTrace(1) }, async () => {
    expect(await adapter.queryRaw({ sql: 'SELECT 1' })).toEqual(['SELECT 1'])
    const transaction = await adapter.startTransaction()
    await transaction.executeRaw({ sql: 'UPDATE room SET x = 1' })
    await transaction.executeRaw({ sql: 'COMMIT' })
  })
  kept.stop()
  expect(kept.seen().map(({ name }) => name)).toEqual(['SELECT', 'BEGIN', 'UPDATE room', 'COMMIT'])
  expect(kept.seen()[0]?.attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.namespace': 'hotel',
    'db.query.summary': 'SELECT',
  })
})
