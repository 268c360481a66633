import { parseArgs } from 'node:util'
import { withClient } from '@myhotel/kit/postgres'
import { readRedisUrl } from '@myhotel/kit/redis-url'
import { Redis } from 'ioredis'
import { findStores, type Stores } from './system/stores.ts'

const USAGE = `npm run dead-letters [-- list | retry] [-- EVENT… --data-dir DIR]

  list    events that their consumers could not use, and refunds (\`refunds\`, by their key) that the payment provider
          refuses, and why (the default)
  retry   has their consumers try these events again, all unless told: a database's within seconds, My Page's by a
          rebuild, because there an event cannot be applied after those that followed it; a refund is asked for again
`

/** An event that a consumer could not use, or a refund that the payment provider refuses. */
export type Letter = {
  /** The subgraph in whose store it lies. */
  store: string
  consumer: string
  eventId: string
  error: string
  diedAt: string
  retryRequested: boolean
}

type LetterStores = Pick<Stores, 'databases' | 'redis'>

const pageLetters = 'mypage:dead-letters'

/** All dead letters, the oldest first. */
export async function listLetters({ databases, redis }: LetterStores): Promise<Letter[]> {
  const letters = await Promise.all([
    ...Object.entries(databases).map(([name, url]) => lettersOfDatabase(name, url)),
    withRedis(redis, lettersOfPage),
  ])
  return letters.flat().sort((a, b) => a.diedAt.localeCompare(b.diedAt))
}

/** Asks for another try of these events, of all without ids. Answers of how many. */
export async function retryLetters(
  { databases, redis }: LetterStores,
  ids: readonly string[],
): Promise<number> {
  const counts = await Promise.all([
    ...Object.values(databases).map((url) => retryInDatabase(url, ids)),
    withRedis(redis, (client) => retryInPage(client, ids)),
  ])
  return counts.reduce((sum, count) => sum + count, 0)
}

async function lettersOfDatabase(store: string, url: string): Promise<Letter[]> {
  const { rows } = await withClient(url, (client) =>
    client.query<{ consumer: string; event_id: string; error: string; died_at: Date; retry: boolean }>(
      `SELECT consumer, event_id, error, died_at, retry_requested_at IS NOT NULL AS retry FROM dead_letter`,
    ),
  )
  return rows.map(({ consumer, event_id, error, died_at, retry }) => ({
    ...{ store, consumer, eventId: event_id, error, diedAt: died_at.toISOString(), retryRequested: retry },
  }))
}

async function retryInDatabase(url: string, ids: readonly string[]): Promise<number> {
  const result = await withClient(url, (client) =>
    client.query(
      `UPDATE dead_letter SET retry_requested_at = now()
       WHERE retry_requested_at IS NULL AND (cardinality($1::text[]) = 0 OR event_id = ANY ($1::text[]))`,
      [ids],
    ),
  )
  return result.rowCount ?? 0
}

type PageLetter = { error: string; diedAt: string; retryRequestedAt: string | null }

async function lettersOfPage(redis: Redis): Promise<Letter[]> {
  return Object.entries(await redis.hgetall(pageLetters)).map(([eventId, text]) => {
    const { error, diedAt, retryRequestedAt } = JSON.parse(text) as PageLetter
    const retryRequested = retryRequestedAt !== null
    return { store: 'mypage', consumer: 'mypage', eventId, error, diedAt, retryRequested }
  })
}

async function retryInPage(redis: Redis, ids: readonly string[]): Promise<number> {
  const letters = Object.entries(await redis.hgetall(pageLetters)).filter(
    ([id]) => ids.length === 0 || ids.includes(id),
  )
  for (const [id, text] of letters) {
    const letter = { ...JSON.parse(text), retryRequestedAt: new Date().toISOString() }
    await redis.hset(pageLetters, id, JSON.stringify(letter))
  }
  return letters.length
}

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ ...readRedisUrl(url), lazyConnect: true, retryStrategy: () => null })
  // The failed command says it better; without a listener the process would end.
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return await work(redis)
  } catch (error) {
    throw new Error(`Redis at ${new URL(url).host}: ${error instanceof Error ? error.message : error}`)
  } finally {
    redis.disconnect()
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'data-dir': { type: 'string' }, help: { type: 'boolean', default: false } },
  })
  const [command = 'list', ...ids] = positionals
  if (values.help || !['list', 'retry'].includes(command)) return void process.stdout.write(USAGE)
  const stores = await findStores(values['data-dir'])
  if (command === 'retry') {
    const count = await retryLetters(stores, ids)
    process.stdout.write(`${count} dead letters are tried again\n`)
    return
  }
  const letters = await listLetters(stores)
  for (const { consumer, eventId, error, diedAt, retryRequested } of letters) {
    const why = error.replace(/\s+/g, ' ').slice(0, 160)
    process.stdout.write(`${diedAt}  ${consumer}  ${eventId}  ${retryRequested ? '(retry) ' : ''}${why}\n`)
  }
  process.stdout.write(`${letters.length} dead letters\n`)
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
}
