import { withClient } from '@myhotel/kit/postgres'
import { createTestDatabase, testService } from '@myhotel/kit/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listLetters, retryLetters } from './dead-letters.ts'
import { republish } from './events-republish.ts'

const redis = new Redis(`${testService('REDIS')}/14`)
let book: Awaited<ReturnType<typeof createTestDatabase>>
const stores = () => ({
  databases: { book: book.url },
  redis: `${testService('REDIS')}/14`,
  nats: '',
  paymentProvider: null,
})
const query = (sql: string) => withClient(book.url, (client) => client.query(sql))

beforeAll(async () => {
  book = await createTestDatabase('book')
  await redis.flushdb()
})

afterAll(async () => {
  redis.disconnect()
  await book.drop()
})

it('lists dead letters of databases and of My Page, and asks for another try', async () => {
  await query(`INSERT INTO dead_letter (consumer, event_id, subject, envelope, error, died_at)
    VALUES ('book', 'room.r1:1', 'room.r1', '{}', 'no name', '2027-01-01T00:00:00Z')`)
  const letter = { subject: 'x', envelope: {}, error: 'no id', diedAt: '2027-01-02T00:00:00.000Z' }
  await redis.hset('mypage:dead-letters', 'book.b1:1', JSON.stringify({ ...letter, retryRequestedAt: null }))
  const [first, second] = [
    {
      store: 'book',
      consumer: 'book',
      eventId: 'room.r1:1',
      error: 'no name',
      diedAt: '2027-01-01T00:00:00.000Z',
    },
    { store: 'mypage', consumer: 'mypage', eventId: 'book.b1:1', error: 'no id', diedAt: letter.diedAt },
  ]
  expect(await listLetters(stores())).toEqual([
    { ...first, retryRequested: false },
    { ...second, retryRequested: false },
  ])
  expect(await retryLetters(stores(), ['book.b1:1'])).toBe(1)
  expect((await listLetters(stores())).map(({ retryRequested }) => retryRequested)).toEqual([false, true])
  expect(await retryLetters(stores(), [])).toBe(2)
  expect((await listLetters(stores())).map(({ retryRequested }) => retryRequested)).toEqual([true, true])
})

it('has what was published published again', async () => {
  await query(`INSERT INTO outbox (event_id, context, aggregate_id, version, type, schema_version, data,
      correlation_id, traceparent, published_at)
    VALUES ('book.b1:1', 'book', 'b1', 1, 'Booked', 1, '{}', 'c', 't', now()),
           ('book.b2:1', 'book', 'b2', 1, 'Booked', 1, '{}', 'c', 't', NULL)`)
  expect(await republish(stores().databases, ['book'])).toEqual({ book: 1 })
  const { rows } = await query('SELECT count(*)::int AS waiting FROM outbox WHERE published_at IS NULL')
  expect(rows).toEqual([{ waiting: 2 }])
  await expect(republish(stores().databases, ['weather'])).rejects.toThrow(
    'Nobody publishes events of weather',
  )
})

it('has what every subgraph tells published again from all outboxes', async () => {
  await query(`INSERT INTO outbox (event_id, context, aggregate_id, version, type, schema_version, data,
      correlation_id, traceparent, published_at)
    VALUES ('audit.a1:1', 'audit', 'a1', 1, 'AccessRefused', 1, '{}', 'c', 't', now())`)
  expect(await republish(stores().databases, ['audit'])).toEqual({ audit: 1 })
})

it('has only that published again which was published since a time', async () => {
  await query(`INSERT INTO outbox (event_id, context, aggregate_id, version, type, schema_version, data,
      correlation_id, traceparent, published_at)
    VALUES ('book.b3:1', 'book', 'b3', 1, 'Booked', 1, '{}', 'c', 't', '2027-01-01T00:00:00Z'),
           ('book.b3:2', 'book', 'b3', 2, 'Booked', 1, '{}', 'c', 't', '2027-01-01T00:00:01Z'),
           ('book.b3:3', 'book', 'b3', 3, 'Booked', 1, '{}', 'c', 't', '2027-01-01T00:00:02Z')`)
  const since = new Date('2027-01-01T00:00:01Z')
  expect(await republish(stores().databases, ['book'], since)).toEqual({ book: 2 })
  const { rows } = await query(
    `SELECT version FROM outbox WHERE aggregate_id = 'b3' AND published_at IS NOT NULL`,
  )
  expect(rows).toEqual([{ version: 1 }])
})
