import { PrismaPg } from '@prisma/adapter-pg'
import { Client as Connection } from 'pg'
import type { Part } from './service.ts'
import { createStatementNames } from './sql.ts'

/** What the kit needs of a client that Prisma generated. */
type Client = {
  $queryRawUnsafe(query: string): PromiseLike<unknown>
  $disconnect(): Promise<void>
}

/**
 * A connection that says goodbye as soon as it was made, as a PostgreSQL that goes down does, tells so at a moment
 * when nobody listens yet, and that would end the process. Whoever uses it is told by the query that fails.
 */
class PooledConnection extends Connection {
  constructor(config?: ConstructorParameters<typeof Connection>[0]) {
    super(config)
    this.on('error', () => undefined)
  }
}

/**
 * Opens a pool of at most `connections` to a database for the client that `create` makes. Statements are
 * prepared once a connection; a caller waits two seconds for a free one, then fails.
 */
export function openPrisma<Generated extends Client>(
  create: (adapter: PrismaPg) => Generated,
  url: string,
  connections = 10,
): { database: Generated; part: Part } {
  const pool = {
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 2_000,
    Client: PooledConnection,
  }
  const adapter = new PrismaPg(pool, { statementNameGenerator: createStatementNames() })
  const database = create(adapter)
  const part: Part = {
    name: 'database',
    async ready() {
      await database.$queryRawUnsafe('SELECT 1')
    },
    stop: () => database.$disconnect(),
  }
  return { database, part }
}

/**
 * The database at `url` for a pool whose statements are prepared, but planned each time: for what they are asked, and
 * for what the tables hold by then. A plan that was made while a table was empty would read it as a whole for a minute.
 */
export function plannedEachTime(url: string): string {
  const planned = new URL(url)
  planned.searchParams.append('options', '-c plan_cache_mode=force_custom_plan')
  return planned.href
}
