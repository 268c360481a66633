import { SpanKind, traced } from './tracing.ts'

type Statement = { readonly sql: string }

/** What Prisma's adapter executes statements with: the pool, or one transaction. */
type Statements<Query extends Statement, Rows> = {
  queryRaw(query: Query): Promise<Rows>
  executeRaw(query: Query): Promise<number>
}

/**
 * Makes a span of each statement that an adapter of Prisma's executes, the wait for a connection included. It is done here, where
 * a statement is asked for: a pool hands a connection over in the context of whoever gave it back.
 */
export function traceStatements<Query extends Statement, Rows, Isolation>(
  adapter: Statements<Query, Rows> & {
    startTransaction(isolation?: Isolation): Promise<Statements<Query, Rows>>
  },
  database: string,
): void {
  const start = adapter.startTransaction.bind(adapter)
  adapter.startTransaction = async (isolation) => {
    const transaction = await traced('BEGIN', options(database, 'BEGIN'), () => start(isolation))
    traceEach(transaction, database)
    return transaction
  }
  traceEach(adapter, database)
}

function traceEach<Query extends Statement, Rows>(of: Statements<Query, Rows>, database: string): void {
  const spanned =
    <Result>(execute: (query: Query) => Promise<Result>) =>
    (query: Query): Promise<Result> => {
      const summary = summaryOf(query.sql)
      return traced(summary, options(database, summary), () => execute(query))
    }
  of.queryRaw = spanned(of.queryRaw.bind(of))
  of.executeRaw = spanned(of.executeRaw.bind(of))
}

const options = (database: string, summary: string) => ({
  kind: SpanKind.CLIENT,
  attributes: {
    'db.system.name': 'postgresql',
    'db.namespace': database,
    'db.query.summary': summary,
  },
})

/** Texts beyond so many are read anew each time. */
const mostSummaries = 500
const summaries = new Map<string, string>()

/** What a statement does, as `UPDATE booking_attempt INSERT booking`: what it writes, or where it first reads. */
export function summaryOf(sql: string): string {
  const known = summaries.get(sql)
  if (known !== undefined) return known
  const summary = summarize(sql)
  if (summaries.size < mostSummaries) summaries.set(sql, summary)
  return summary
}

const table = String.raw`(?:ONLY\s+)?((?:"?\w+"?\.)*"?\w+"?)`
const writes = new RegExp(String.raw`\b(INSERT|UPDATE|DELETE)\s+(?:INTO\s+|FROM\s+)?${table}`, 'gi')
const reads = new RegExp(String.raw`\b(?:FROM|JOIN)\s+(?!LATERAL\b)${table}(?![\w"]|\s*\()`, 'gi')

function summarize(sql: string): string {
  // `ON CONFLICT DO UPDATE SET` and `FOR UPDATE` name no table of their own.
  const text = sql.replace(/\bDO\s+UPDATE\b|\bFOR\s+(NO\s+KEY\s+)?UPDATE\b(\s+(OF|SKIP|NOWAIT)\b)?/gi, '')
  const bare = (name = '') => name.split('.').at(-1)?.replaceAll('"', '') ?? ''
  const written = [...text.matchAll(writes)].map(
    ([, verb = '', name]) => `${verb.toUpperCase()} ${bare(name)}`,
  )
  if (written.length > 0) return [...new Set(written)].join(' ')
  const inner = new Set(
    [...text.matchAll(/\b(\w+)\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(/gi)].map(([, name]) => name),
  )
  const read = [...text.matchAll(reads)].map(([, name]) => bare(name)).find((name) => !inner.has(name))
  const verb = /\w+/.exec(text)?.[0].toUpperCase() ?? ''
  if (read) return `SELECT ${read}`
  return verb === 'WITH' ? 'SELECT' : verb
}
