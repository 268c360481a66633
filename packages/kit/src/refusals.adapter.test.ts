import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Refused } from './access.ts'
import { correlated } from './context.ts'
import { openPool, type Pool } from './postgres.ts'
import { recordRefusals } from './refusals.ts'
import type { Sql } from './sql.ts'
import { createTestDatabase, createTestLog } from './testing.ts'

let server: Awaited<ReturnType<typeof createTestDatabase>>
let pool: Pool
let commits = 0

beforeAll(async () => {
  server = await createTestDatabase('book')
  pool = openPool(server.url)
})
afterAll(async () => {
  await pool.end()
  await server.drop()
})
beforeEach(async () => {
  commits = 0
  await pool.query('DELETE FROM outbox')
})

const database: Sql = {
  $queryRawUnsafe: async <Rows>(sql: string, ...values: unknown[]) =>
    (await pool.query(sql, values)).rows as Rows,
  $executeRawUnsafe: async (sql, ...values) => (await pool.query(sql, values)).rowCount ?? 0,
}

function start(on = database) {
  const { log, lines } = createTestLog()
  const afterCommit = () => {
    commits += 1
  }
  return { lines, ...recordRefusals({ name: 'book', database: on, afterCommit, log }) }
}

const refused = (subject: string | null, id = 'b1'): Refused => ({
  caller: { subject, roles: subject ? ['guest'] : [], issuer: 'router' },
  ...{ action: 'Query.booking', object: { type: 'Booking', id }, reason: 'only for its guest' },
})

const announced = async () =>
  (await pool.query('SELECT context, type, correlation_id, data FROM outbox ORDER BY seq')).rows

it('announces who was refused what, and why, under the correlation of the request', async () => {
  const refusals = start()
  correlated({ correlationId: 'of-the-request', traceparent: '00-1-1-01' }, () =>
    refusals.note(refused('guest2')),
  )
  refusals.note({
    caller: { subject: null, roles: ['service'], issuer: 'room' },
    ...{ action: 'Mutation.bookRoom', object: null, reason: 'only for guest' },
  })
  await refusals.stop?.()
  const event = { context: 'audit', type: 'AccessRefused' }
  expect(await announced()).toMatchObject([
    {
      ...{ ...event, correlation_id: 'of-the-request' },
      data: {
        ...{ refusedBy: 'book', actor: 'guest2', roles: ['guest'], action: 'Query.booking' },
        ...{ subject: { type: 'Booking', id: 'b1' }, reason: 'only for its guest' },
      },
    },
    { ...event, data: { actor: 'room', roles: ['service'], subject: null } },
  ])
  expect(commits).toBe(2)
})

it('records the same refusal once a minute, and of each caller a few', async () => {
  const refusals = start()
  for (let n = 0; n < 5; n++) refusals.note(refused('guest2'))
  for (let n = 0; n < 100; n++) refusals.note(refused('guest3', `b${n}`))
  await refusals.stop?.()
  const actors = (await announced()).map(({ data }) => data.actor)
  expect(Object.groupBy(actors, (actor) => actor).guest2).toHaveLength(1)
  expect(Object.groupBy(actors, (actor) => actor).guest3).toHaveLength(30)
  expect(refusals.lines).toMatchObject([{ refusals: 74, msg: 'refused, not on record' }])
})

it('only counts the anonymous', async () => {
  const refusals = start()
  for (let n = 0; n < 7; n++) refusals.note(refused(null))
  await refusals.stop?.()
  expect(await announced()).toEqual([])
  expect(refusals.lines).toMatchObject([{ refusals: 7 }])
})

it('fails nobody where the database does: the loss is logged, and the next one is recorded', async () => {
  let away = true
  const failing: Sql = {
    ...database,
    $executeRawUnsafe: async (...statement) => {
      if (away) throw new Error('away')
      return database.$executeRawUnsafe(...statement)
    },
  }
  const refusals = start(failing)
  refusals.note(refused('guest2', 'b1'))
  await refusals.stop?.()
  away = false
  refusals.note(refused('guest2', 'b2'))
  await refusals.stop?.()
  expect(refusals.lines).toMatchObject([
    { msg: 'a refusal could not be recorded', refused: { actor: 'guest2' } },
  ])
  expect((await announced()).map(({ data }) => data.subject.id)).toEqual(['b2'])
})
