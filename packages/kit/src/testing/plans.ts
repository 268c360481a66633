import { afterAll, beforeAll, vi } from 'vitest'
import { Client, readSettingsSql, withClient } from '../postgres.ts'
import type { Part } from '../service.ts'
import { createTestDatabase } from '../testing.ts'

/**
 * How many rows tests of plans put into a large table: INDEX_ROWS of the environment, 100,000 unless it says. With far
 * fewer PostgreSQL would rather read a table as a whole.
 */
export const rows = Number(process.env.INDEX_ROWS ?? 100_000)

/** On a busy machine, with all indexes of the table. */
const filledWithinMs = 60_000 + rows

/** A database of a test, opened in whatever way. */
type Opened = { readonly url: string; close(): Promise<unknown> }

/**
 * Large tables for the tests of a file or of a `describe`: before them `open` opens a database, which is filled by
 * `statements`; after them it is closed.
 */
export function largeTables<Database extends Opened>(
  open: () => Promise<Database>,
  statements: readonly string[],
) {
  let database: Database
  beforeAll(async () => {
    database = await open()
    await fill(database.url, statements)
  }, filledWithinMs)
  afterAll(() => database?.close())
  return {
    /** What `open` opened; from within tests only. */
    opened: () => database,
    /** The ways in which `work` finds its rows there, as waysOf tells them. */
    ways: async (work: () => Promise<unknown>) => waysOf(database.url, await statementsOf(work)),
  }
}

/** For largeTables: an outbox of which all but the last ten events were published long ago. */
export const publishedOutbox = `INSERT INTO outbox
    (event_id, context, aggregate_id, version, type, schema_version, data, correlation_id, traceparent, published_at)
  SELECT n, 'hotel', n, 1, 'Said', 1, '{}', '', '', CASE WHEN n <= ${rows - 10} THEN now() END
  FROM generate_series(1, ${rows}) n`

/** For largeTables: a new database of a subgraph, opened as the subgraph opens its own. */
export const databaseOf =
  <Database>(subgraph: string, openPool: (url: string) => { database: Database; part: Pick<Part, 'stop'> }) =>
  async () => {
    const { url, drop } = await createTestDatabase(subgraph)
    const { database, part } = openPool(url)
    const close = async () => {
      await part.stop?.()
      await drop()
    }
    return { url, database, close }
  }

/** What was asked of PostgreSQL. */
export type Statement = { readonly name?: string; readonly text: string; readonly values?: unknown[] }

/** Notes everything that is asked of PostgreSQL while `work` goes on, whoever asks; not what new connections check. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const asked: Statement[] = []
  const query = Client.prototype.query as (...given: unknown[]) => unknown
  const spy = vi.spyOn(Client.prototype, 'query').mockImplementation(function (
    this: Client,
    ...given: unknown[]
  ) {
    const [statement, values] = given
    asked.push(
      typeof statement === 'string'
        ? { text: statement, values: values as unknown[] }
        : (statement as Statement),
    )
    return query.apply(this, given)
  } as never)
  try {
    await work()
  } finally {
    spy.mockRestore()
  }
  return asked.filter(({ text }) => text !== readSettingsSql)
}

type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Conflict Arbiter Indexes'?: string[]
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: Plan[]
}

/** Whether a statement is about rows, not about the session or the transaction. */
const isOfRows = (text: string) => /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i.test(text)

/** Ids whose order is that of their numbers, as that of UUID v7 is that of time; `sql` is an expression for a number. */
export const numberedIds = (sql: string) => `('${idPrefix}' || lpad(to_hex(${sql}), 12, '0'))::uuid`

/** One of them. */
export const numberedId = (number: number) => idPrefix + number.toString(16).padStart(12, '0')

const idPrefix = '01900000-0000-7000-8000-'

/** Fills tables by `statements`, and tells PostgreSQL how large they are now. */
async function fill(url: string, statements: readonly string[]): Promise<void> {
  await withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement)
    await client.query('VACUUM ANALYZE')
  })
}

/**
 * The ways in which statements find their rows, also those that are in the way of new ones, in tables as large as they
 * are: names of indexes, `all of <table>` for one that is read without an index, and `<number> rows by <index>` where
 * more than `most` are read, also where most of them are then left out. The statements are run again for it, and what
 * they write is undone.
 */
export async function waysOf(
  url: string,
  statements: readonly Statement[],
  most = 1_000,
): Promise<readonly string[]> {
  return await withClient(url, async (client) => {
    const ways = new Set<string>()
    for (const { text, values = [] } of statements) {
      if (!isOfRows(text)) continue
      const rows = await explained(client, text, values)
      for (const scan of scans(rows[0]['QUERY PLAN'][0].Plan)) {
        for (const way of waysIn(scan, most)) ways.add(way)
      }
    }
    return [...ways].sort()
  })
}

/** What cannot be done again, because it was done, is only planned: then it is not known how many rows it reads. */
async function explained(client: Client, text: string, values: unknown[]) {
  for (const how of ['ANALYZE, TIMING off', 'ANALYZE off']) {
    await client.query('BEGIN')
    try {
      return (await client.query(`EXPLAIN (${how}, FORMAT JSON) ${text}`, values)).rows
    } catch (error) {
      if (how === 'ANALYZE off') throw error
    } finally {
      await client.query('ROLLBACK')
    }
  }
  return []
}

function waysIn(node: Plan, most: number): readonly string[] {
  if (node['Node Type'] === 'Seq Scan') return [`all of ${node['Relation Name']}`]
  const index = node['Index Name']
  if (!index) return node['Conflict Arbiter Indexes'] ?? []
  const left = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  const read = Math.round(((node['Actual Rows'] ?? 0) + left) * (node['Actual Loops'] ?? 0))
  return [read > most ? `${read} rows by ${index}` : index]
}

function scans(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(scans)].filter(
    (node) => node['Relation Name'] || node['Index Name'],
  )
}
