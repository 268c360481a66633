import { defineEvent } from '@myhotel/contracts/event'
import { connect, type NatsConnection } from 'nats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Bus, type Consumption, createBus } from './bus.ts'
import { streamOf } from './jetstream.ts'
import { natsOptions } from './nats-options.ts'
import { announcement, appendToOutbox, createRelay } from './outbox.ts'
import { openPool, type Pool } from './postgres.ts'
import type { Part } from './service.ts'
import type { Database, Sql } from './sql.ts'
import { on, onAll, subscribe } from './subscription.ts'
import { createTestDatabase, createTestLog, eventually, testService } from './testing.ts'

const context = `kit${process.pid}`
const Counted = defineEvent(context, 'Counted', z.object({ n: z.int() }))
const { log } = createTestLog()
const health = { check: async () => ({ ready: true, parts: {} }) }

let server: { url: string; drop(): Promise<void> }
let pool: Pool
let database: Database<Sql>
let nats: NatsConnection
const running: Part[] = []

beforeAll(async () => {
  server = await createTestDatabase('book')
  pool = openPool(server.url)
  pool.on('error', () => undefined)
  database = toDatabase(pool)
  nats = await connect(natsOptions(testService('NATS')))
  await pool.query(
    'CREATE TABLE effect (seq bigint GENERATED ALWAYS AS IDENTITY, consumer text, aggregate text, n int)',
  )
})
afterAll(async () => {
  for (const part of running.reverse()) await part.stop?.()
  await (await nats.jetstreamManager()).streams.delete(streamOf(context)).catch(() => undefined)
  await nats.close()
  await pool.end()
  await server.drop()
})

async function run<Started extends Part>(part: Started): Promise<Started> {
  running.push(part)
  await part.start?.(health)
  return part
}

const newBus = () => run(createBus({ url: testService('NATS'), replicas: 1, name: 'kit test', log }))
const newRelay = (bus: Bus) => run(createRelay({ databaseUrl: server.url, bus, log }))

/** A consumer that writes down what it is told; it refuses what `refuses` says. */
function newConsumer(bus: Bus, consumer: string, refuses: (n: number) => boolean = () => false) {
  const reaction = on(Counted, async ({ n }, tx: Sql, { aggregateId }) => {
    if (refuses(n)) Counted.schema.parse({ n: 'no number' })
    await tx.$executeRawUnsafe(
      'INSERT INTO effect (consumer, aggregate, n) VALUES ($1, $2, $3)',
      consumer,
      aggregateId,
      n,
    )
  })
  return run(subscribe({ consumer, bus, database, reactions: [reaction], log }))
}

const announce = (aggregate: string, ...versions: number[]) =>
  database.$transaction((tx) =>
    appendToOutbox(
      tx,
      versions.map((version) => announcement(Counted, aggregate, version, { n: version })),
    ),
  )

const effects = async (consumer: string, aggregate: string) =>
  (
    await pool.query('SELECT n FROM effect WHERE consumer = $1 AND aggregate = $2 ORDER BY seq', [
      consumer,
      aggregate,
    ])
  ).rows.map((row) => row.n)

const unpublished = async () =>
  (await pool.query('SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL')).rows[0].n

const republish = () => pool.query('UPDATE outbox SET published_at = NULL')

describe('outbox, relay, bus and inbox', () => {
  it('bring what was committed, and nothing else, to two replicas of a consumer once and in order', async () => {
    const bus = await newBus()
    await newRelay(bus)
    await newConsumer(bus, 'one')
    await newConsumer(await newBus(), 'one')
    const aggregates = Array.from({ length: 40 }, (_, index) => `a${index}`)
    await Promise.all(aggregates.map((aggregate) => announce(aggregate, 1, 2, 3)))
    const rolledBack = database.$transaction(async (tx) => {
      await appendToOutbox(tx, [announcement(Counted, 'never', 1, { n: 1 })])
      throw new Error('rolled back')
    })
    await expect(rolledBack).rejects.toThrow('rolled back')
    for (const aggregate of aggregates) {
      await eventually(async () => expect(await effects('one', aggregate)).toEqual([1, 2, 3]) ?? true)
    }
    expect(await effects('one', 'never')).toEqual([])
    await eventually(async () => (await unpublished()) === 0)
  })

  it('publish again without a second effect, also into a stream that was lost', async () => {
    await republish()
    await eventually(async () => (await unpublished()) === 0)
    await (await nats.jetstreamManager()).streams.delete(streamOf(context))
    await republish()
    await announce('a0', 4)
    await eventually(async () => (await effects('one', 'a0')).length === 4)
    await eventually(async () => (await unpublished()) === 0)
    const { state } = await eventually(async () =>
      (await nats.jetstreamManager()).streams.info(streamOf(context)),
    )
    expect(state.messages).toBe(121)
    expect(await effects('one', 'a1')).toEqual([1, 2, 3])
  })

  it('hold an event back until those before it have come', async () => {
    const bus = await newBus()
    await announce('gap', 2)
    await eventually(async () => (await unpublished()) === 0)
    await newConsumer(bus, 'two')
    await eventually(async () => (await effects('two', 'a1')).length === 3)
    expect(await effects('two', 'gap')).toEqual([])
    await announce('gap', 1)
    await eventually(async () => expect(await effects('two', 'gap')).toEqual([1, 2]) ?? true)
  })

  it('put aside what cannot be used, go on with what follows, and take it in when asked to', async () => {
    let broken = true
    await newConsumer(await newBus(), 'three', (n) => broken && n === 2)
    await eventually(async () => expect(await effects('three', 'a2')).toEqual([1, 3]) ?? true)
    broken = false
    await pool.query(`UPDATE dead_letter SET retry_requested_at = now() WHERE consumer = 'three'`)
    await eventually(async () => expect(await effects('three', 'a2')).toEqual([1, 3, 2]) ?? true, {})
  })

  it('are no dead letters because the database is away, nor before those that they come after', async () => {
    /** What the next transaction fails for. */
    let failure: Error | undefined
    let handle: Consumption['handle'] | undefined
    const bus: Bus = {
      ...(await newBus()),
      consume(consumption) {
        handle = consumption.handle
        return { name: 'nobody' }
      },
    }
    const database: Database<Sql> = {
      ...toDatabase(pool),
      async $transaction(work) {
        const reason = failure
        failure = undefined
        if (reason) throw reason
        return toDatabase(pool).$transaction(work)
      },
    }
    const failing = onAll(Counted, async () => {
      throw new Error('the policy is wrong')
    })
    subscribe({ consumer: 'patient', bus, database, reactions: [failing], log })
    const deliver = (version: number) =>
      handle?.({
        envelope: {
          ...{
            id: `${context}.patient:${version}`,
            context,
            aggregateId: 'patient',
            version,
            type: 'Counted',
          },
          ...{ schemaVersion: 1, time: '', correlationId: 'c', traceparent: 't', data: { n: version } },
        },
        ...{ subject: `${context}.patient`, body: '', attempt: 50, sequence: version, pending: 0 },
      })
    const letters = async () =>
      (await pool.query(`SELECT event_id FROM dead_letter WHERE consumer = 'patient'`)).rows.length

    failure = Object.assign(new Error('away'), { code: 'P1001' })
    expect(await deliver(1)).toEqual({ retryAfterMs: 2_000 })
    expect(await letters()).toBe(0)
    failure = new Error('whatever')
    expect(await deliver(2)).toEqual({ retryAfterMs: 250 })
    expect(await letters()).toBe(0)
    expect(await deliver(1)).toBe('unusable')
    expect(await deliver(2)).toBe('unusable')
    expect(await letters()).toBe(2)
  })

  it('go on with the relay that stands by when the leading one loses its connection', async () => {
    await newRelay(await newBus())
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'outbox-relay'`,
    )
    await announce('after', 1)
    await eventually(async () => (await effects('one', 'after')).length === 1)
  })

  it('go on with the relay that stands by when the leading one is silent', async () => {
    const other = await createTestDatabase('book')
    const connections = openPool(other.url)
    connections.on('error', () => undefined)
    const asked = Promise.withResolvers<void>()
    const awake = Promise.withResolvers<void>()
    const bus = await newBus()
    const stuck: Bus = {
      ...bus,
      publish() {
        asked.resolve()
        return awake.promise
      },
    }
    const relays = [stuck, bus].map((its) =>
      createRelay({ databaseUrl: other.url, bus: its, log, leaseMs: 500 }),
    )
    await toDatabase(connections).$transaction((tx) =>
      appendToOutbox(tx, [announcement(Counted, 'silent', 1, { n: 1 })]),
    )
    await relays[0]?.start?.(health)
    await asked.promise
    await relays[1]?.start?.(health)
    await eventually(async () => (await effects('one', 'silent')).length === 1)
    awake.resolve()
    await Promise.all(relays.map((relay) => relay.stop?.()))
    await connections.end()
    await other.drop()
  })
})

/** The two raw statements and the transaction that the kit asks of a Prisma client, on plain pg. */
function toDatabase(connections: Pool): Database<Sql> {
  const sqlOf = (client: Pick<Pool, 'query'>): Sql => ({
    $queryRawUnsafe: async <Rows>(text: string, ...values: unknown[]) =>
      (await client.query(text, values)).rows as Rows,
    $executeRawUnsafe: async (text, ...values) => (await client.query(text, values)).rowCount ?? 0,
  })
  return {
    ...sqlOf(connections),
    async $transaction(work) {
      const client = await connections.connect()
      try {
        await client.query('BEGIN')
        const result = await work(sqlOf(client as unknown as Pick<Pool, 'query'>))
        await client.query('COMMIT')
        return result
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
    },
  }
}
