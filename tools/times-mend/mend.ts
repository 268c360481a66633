import { type Client, withClient } from '@myhotel/kit/postgres'
import { type Column, everybody, type Told, toldColumns, untoldColumns } from './columns.ts'

/** Zones are apart from UTC by multiples of it. */
const quarterMs = 15 * 60_000
/** A row and what tells of it were made by the same clock, or by one that goes as right. */
const tolerance = '2 minutes'
const toleranceMs = 120_000

/** Rows that are looked at, and changed, by one statement. */
const batch = 5_000

/** An instant of a row that is not what is told of it. */
export type Strange = { key: string; stored: Date; told: Date }

export type Finding = Pick<Column, 'database' | 'table' | 'column'> & {
  /** How many rows are off by whole zones, by how many milliseconds; negative ones are too early. */
  readonly off: ReadonlyMap<number, number>
  /** Rows that are otherwise off, which no zone explains; they stay as they are. */
  readonly strange: readonly Strange[]
  /** Rows of which nothing tells. */
  readonly untold: number
}

/**
 * Compares stored instants with what is told of them, and puts right those that are off by whole zones where `apply`
 * says so. Answers of each column where there is something to say.
 */
export async function mendTimes(
  databases: Readonly<Record<string, string>>,
  apply: boolean,
  columns = toldColumns,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const column of columns) {
    const url = databases[column.database]
    if (!url) continue
    findings.push(await withClient(url, (client) => mendColumn(client, databases, column, apply)))
  }
  for (const column of untoldColumns) {
    const url = databases[column.database]
    if (!url) continue
    const untold = await withClient(url, (client) => countOf(client, column))
    findings.push({ ...column, off: new Map(), strange: [], untold })
  }
  return findings.filter(({ off, strange, untold }) => off.size > 0 || strange.length > 0 || untold > 0)
}

async function mendColumn(
  client: Client,
  databases: Readonly<Record<string, string>>,
  column: Column,
  apply: boolean,
): Promise<Finding> {
  const { database, table, column: name, told } = column
  const off = new Map<number, number>()
  const strange: Strange[] = []
  let compared = 0
  const batches = told === 'by its id' ? byIds(client, column) : byEvents(client, databases, column, told)
  for await (const { rows, different } of batches) {
    compared += rows
    const wrong: Strange[] = []
    for (const row of different) {
      const by = zonesBetween(row)
      if (by === 0) strange.push(row)
      else {
        off.set(by, (off.get(by) ?? 0) + 1)
        wrong.push({ ...row, told: new Date(row.stored.getTime() - by) })
      }
    }
    if (apply && wrong.length > 0) await mend(client, column, wrong)
  }
  const untold = (await countOf(client, column)) - compared
  return { database, table, column: name, off, strange, untold }
}

/** By how much a stored instant is off, if it is by whole zones; else 0. */
function zonesBetween({ stored, told }: Strange): number {
  const difference = stored.getTime() - told.getTime()
  const zones = Math.round(difference / quarterMs) * quarterMs
  return Math.abs(difference - zones) <= toleranceMs ? zones : 0
}

type Batch = { rows: number; different: Strange[] }

/** Rows of a table, joined to `told(key, at)`: how many there are, and those that say something else. */
const compareSql = ({ table, column, key }: Column, told: string) => `
  WITH told AS (${told}), compared AS (
    SELECT told.key, ${table}.${column} AS stored, told.at AS told
    FROM told JOIN ${table} ON ${table}.${key} = told.key
    WHERE ${table}.${column} IS NOT NULL
  )
  SELECT (SELECT count(*)::int FROM compared) AS rows, coalesce(jsonb_agg(different), '[]') AS different
  FROM (SELECT key::text, stored, told FROM compared
        WHERE stored NOT BETWEEN told - interval '${tolerance}' AND told + interval '${tolerance}') AS different`

async function compare(client: Client, sql: string, value: unknown): Promise<Batch> {
  type Row = { rows: number; different: { key: string; stored: string; told: string }[] }
  const [row] = (await client.query<Row>(sql, [value])).rows
  const different = row?.different.map(({ key, stored, told }) => {
    return { key, stored: new Date(stored), told: new Date(told) }
  })
  return { rows: row?.rows ?? 0, different: different ?? [] }
}

/** By the events that tell of the rows, wherever they were published. */
async function* byEvents(
  client: Client,
  databases: Readonly<Record<string, string>>,
  column: Column,
  { by, type, field }: Told,
): AsyncGenerator<Batch> {
  const sql = compareSql(
    column,
    `SELECT * FROM jsonb_to_recordset($1::jsonb) AS event(key ${column.keyType}, at timestamptz)`,
  )
  const from = by === everybody ? Object.values(databases) : [databases[by]]
  for (const url of from) {
    if (!url) continue
    let after = '0'
    for (;;) {
      const { rows } = await withClient(url, (outbox) =>
        outbox.query<{ seq: string; key: string; at: string }>(
          `SELECT seq, aggregate_id AS key, data->>$2 AS at FROM outbox WHERE type = $1 AND seq > $3
           ORDER BY seq LIMIT ${batch}`,
          [type, field, after],
        ),
      )
      const last = rows.at(-1)
      if (!last) break
      after = last.seq
      yield await compare(client, sql, JSON.stringify(rows))
    }
  }
}

/** The milliseconds since 1970 with which a UUID v7 begins. */
const timeOf = (id: string) =>
  `to_timestamp(('x' || left(replace(${id}::text, '-', ''), 12))::bit(48)::bigint / 1000.0)`

/** By the ids of the rows, which were made at about the same time. */
async function* byIds(client: Client, column: Column): AsyncGenerator<Batch> {
  const { table, key } = column
  const page = `FROM ${table} WHERE ${key} > $1::uuid ORDER BY ${key} LIMIT ${batch}`
  const sql = compareSql(
    column,
    `SELECT key, ${timeOf('key')} AS at FROM (SELECT ${key} AS key ${page}) AS page WHERE substr(key::text, 15, 1) = '7'`,
  )
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const compared = await compare(client, sql, after)
    const next = await client.query<{ last: string | null }>(
      `SELECT max(key::text) AS last FROM (SELECT ${key} AS key ${page}) AS page`,
      [after],
    )
    const last = next.rows[0]?.last
    if (!last) break
    after = last
    yield compared
  }
}

/** Changes those rows that still say what they said. */
async function mend(
  client: Client,
  { table, column, key, keyType, isAppendOnly }: Column,
  wrong: readonly Strange[],
): Promise<void> {
  const update = `UPDATE ${table} SET ${column} = wrong.told
    FROM jsonb_to_recordset($1::jsonb) AS wrong(key ${keyType}, stored timestamptz, told timestamptz)
    WHERE ${table}.${key} = wrong.key AND ${table}.${column} = wrong.stored`
  await client.query('BEGIN')
  try {
    if (isAppendOnly) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER append_only`)
    await client.query(update, [JSON.stringify(wrong)])
    if (isAppendOnly) await client.query(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only`)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw new Error(`${table}.${column}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

async function countOf(client: Client, { table, column }: Pick<Column, 'table' | 'column'>): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${table} WHERE ${column} IS NOT NULL`,
  )
  return rows[0]?.n ?? 0
}
