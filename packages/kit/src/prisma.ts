import { PrismaPg } from '@prisma/adapter-pg'
import type { Part } from './service.ts'
import { createStatementNames } from './sql.ts'

/** What the kit needs of a client that Prisma generated. */
type Client = {
  $queryRawUnsafe(query: string): PromiseLike<unknown>
  $disconnect(): Promise<void>
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
  const pool = { connectionString: url, max: connections, connectionTimeoutMillis: 2_000 }
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
