import { PrismaPg } from '@prisma/adapter-pg'
import type { Logger } from './logger.ts'
import { areStatementsNamed, openPool, unfitBecauseOf, withSettings } from './postgres.ts'
import { warnOfFewConnections } from './server-limit.ts'
import type { Part } from './service.ts'
import { createStatementNames } from './sql.ts'
import { traceStatements } from './statement-spans.ts'

/** What the kit needs of a client that Prisma generated. */
type Client = {
  $queryRawUnsafe(query: string): PromiseLike<unknown>
  $disconnect(): Promise<void>
}

/** An adapter whose statements are spans. */
class TracedPg extends PrismaPg {
  readonly database: string
  constructor(database: string, ...given: ConstructorParameters<typeof PrismaPg>) {
    super(...given)
    this.database = database
  }
  override async connect() {
    const adapter = await super.connect()
    traceStatements(adapter, this.database)
    return adapter
  }
}

/**
 * Opens a pool of at most `connections` to a database for the client that `create` makes. Statements are
 * prepared once a connection; a caller waits two seconds for a free one, then fails. Where sessions are unfit, the part
 * refuses to start; where the server takes fewer connections, it says so to `log`.
 */
export function openPrisma<Generated extends Client>(
  create: (adapter: PrismaPg) => Generated,
  url: string,
  connections = 10,
  log?: Logger,
): { database: Generated; part: Part } {
  const pool = openPool(url, { max: connections, connectionTimeoutMillis: 2_000 })
  const names = areStatementsNamed(url) ? { statementNameGenerator: createStatementNames() } : {}
  const adapter = new TracedPg(new URL(url).pathname.slice(1), pool, names)
  const database = create(adapter)
  const part: Part = {
    name: 'database',
    connections: { postgres: connections },
    async start() {
      // One that is away now is waited for by whoever needs it.
      const connection = await pool.connect().catch((error: unknown) => {
        const unfit = unfitBecauseOf(error)
        if (unfit) throw unfit
      })
      if (connection && log) await warnOfFewConnections(connection, url, connections, log)
      connection?.release()
    },
    async ready() {
      await database.$queryRawUnsafe('SELECT 1')
    },
    async stop() {
      await database.$disconnect()
      await pool.end()
    },
  }
  return { database, part }
}

/** Made while a table was empty, a plan would read it as a whole until the table is analysed. */
const plannedAnew = { plan_cache_mode: 'force_custom_plan' }
const settingsEachTime = { ...plannedAnew, enable_seqscan: 'off' }
const settingsByKeys = {
  ...settingsEachTime,
  ...{ enable_hashjoin: 'off', enable_mergejoin: 'off', enable_material: 'off' },
}

/** How statements are planned, for roles behind a pooler, to which connection strings say nothing. */
export const planning = { eachTime: settingsEachTime, byKeys: settingsByKeys }

/**
 * The database at `url` for a pool whose statements are planned each time: for what they are asked, and for what the
 * tables hold by then. For searches, of which each is another one, and none reads a whole table: PostgreSQL would do so
 * where it expects to meet a page of rows soon, and may go through all of them for one.
 */
export const plannedEachTime = (url: string) => withSettings(url, settingsEachTime)

/**
 * The database at `url` for connections whose statements find rows by keys, each of them by an index. PostgreSQL takes
 * a JSON array for a hundred rows, and would rather read a table of some thousands as a whole, for one row too.
 */
export const plannedByKeys = (url: string) => withSettings(url, settingsByKeys)

/**
 * An item of FROM for statements that insert rows with foreign keys on such connections: PostgreSQL looks up each key by
 * a statement of its own, when the one that inserts has ended, and would plan each of them anew, which costs more than
 * looking. Until the transaction ends it keeps plans as it does by default.
 */
export const keysLookedUpByKeptPlans = `set_config('plan_cache_mode', 'auto', true) AS kept`
