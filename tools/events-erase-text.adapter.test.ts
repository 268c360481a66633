import { randomUUID } from 'node:crypto'
import { defineEvent } from '@myhotel/contracts/event'
import { withheldOptionalText, withheldText } from '@myhotel/contracts/values'
import { type Bus, createBus, type Envelope } from '@myhotel/kit/bus'
import { createRelay } from '@myhotel/kit/outbox'
import { withClient } from '@myhotel/kit/postgres'
import { createTestDatabase, createTestLog, eventually, testService } from '@myhotel/kit/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { eraseText } from './events-erase-text.ts'

const context = `erase${randomUUID().slice(0, 8)}`
const contract = defineEvent(
  context,
  'Complained',
  z.object({ id: z.string(), text: withheldText, reason: withheldOptionalText }),
)
const other = defineEvent(context, 'Booked', z.object({ id: z.string(), text: z.string() }))
const contracts = [contract, other]
const secret = 'what nobody else should read'
const { log } = createTestLog()

let database: Awaited<ReturnType<typeof createTestDatabase>>
let bus: Bus
beforeAll(async () => {
  database = await createTestDatabase('servicecenter')
  bus = createBus({ url: testService('NATS'), replicas: 1, name: 'erase test', log })
  await bus.start?.({ check: async () => ({ ready: true, parts: {} }) })
})
afterAll(async () => {
  await bus?.stop?.()
  await database?.drop()
})

const stores = () => ({
  databases: { [context]: database.url },
  redis: testService('REDIS'),
  nats: testService('NATS'),
})

/** An event as an earlier version left it: text in the outbox and in the stream. */
async function anOldEvent(aggregateId: string, version: number, type: string, data: object) {
  const id = `${context}.${aggregateId}:${version}`
  const event: Envelope = {
    ...{ id, context, aggregateId, version, type, schemaVersion: 1, time: new Date(0).toISOString() },
    ...{ correlationId: 'c', traceparent: '', data },
  }
  await withClient(database.url, (client) =>
    client.query(
      `INSERT INTO outbox (event_id, context, aggregate_id, version, type, schema_version, data, correlation_id,
         traceparent, published_at) VALUES ($1, $2, $3, $4, $5, 1, $6, 'c', '', now())`,
      [id, context, aggregateId, version, type, data],
    ),
  )
  await bus.publish(event)
  return event
}

async function streamed(): Promise<string[]> {
  const bodies: string[] = []
  await bus.replay(context, ({ body }) => void bodies.push(body))
  return bodies
}

it('erases text from outbox, dead letters and stream, and publishes every event again without it', async () => {
  const complained = await anOldEvent('one', 1, 'Complained', { id: 'one', text: secret, reason: secret })
  await anOldEvent('one', 2, 'Booked', { id: 'one', text: 'public' })
  await anOldEvent('two', 1, 'Complained', { id: 'two', text: '', reason: null })
  const redis = new Redis(testService('REDIS'))
  const letter = { subject: 's', envelope: complained, error: 'e', diedAt: 'd', retryRequestedAt: null }
  await redis.hset('mypage:dead-letters', complained.id, JSON.stringify(letter))
  await withClient(database.url, (client) =>
    client.query(
      `INSERT INTO dead_letter (consumer, event_id, subject, envelope, error) VALUES ('c', $1, 's', $2, 'e')`,
      [complained.id, complained],
    ),
  )

  const everywhere = [
    { place: `outbox of ${context}`, events: 1 },
    { place: `dead letters of ${context}`, events: 1 },
    { place: `stream of ${context}`, events: 1 },
    { place: 'dead letters of My Page', events: 1 },
  ]
  expect(await eraseText(stores(), false, contracts)).toEqual(everywhere)
  expect((await streamed()).join()).toContain(secret)
  expect(await eraseText(stores(), true, contracts)).toEqual(everywhere)

  const relay = createRelay({ databaseUrl: database.url, bus, log })
  await relay.start?.({ check: async () => ({ ready: true, parts: {} }) })
  const bodies = await eventually(async () => {
    const all = await streamed()
    return all.length === 3 ? all : null
  })
  await relay.stop?.()
  expect(bodies.map((body) => JSON.parse(body))).toEqual([
    { id: 'one', text: '', reason: null },
    { id: 'one', text: 'public' },
    { id: 'two', text: '', reason: null },
  ])
  const rest = await withClient(database.url, (client) =>
    client.query('SELECT data::text AS row FROM outbox UNION ALL SELECT envelope::text FROM dead_letter'),
  )
  expect(JSON.stringify(rest.rows)).not.toContain(secret)
  expect(await redis.hget('mypage:dead-letters', complained.id)).not.toContain(secret)
  await redis.hdel('mypage:dead-letters', complained.id)
  redis.disconnect()
  expect(await eraseText(stores(), true, contracts)).toEqual([])
  expect((await streamed()).length).toBe(3)
})

it('finishes what a run left that died after it had removed the stream', async () => {
  await bus.remove(context)
  await eraseText(stores(), true, contracts)
  const { rows } = await withClient(database.url, (client) =>
    client.query('SELECT FROM outbox WHERE published_at IS NULL'),
  )
  expect(rows).toHaveLength(3)
})
