/**
 * The little that the kit needs of a Prisma client, whichever database it was generated for: raw statements.
 * Both a client and the client of a transaction are a `Sql`.
 */
export type Sql = {
  $queryRawUnsafe<Rows = unknown>(query: string, ...values: unknown[]): Promise<Rows>
  $executeRawUnsafe(query: string, ...values: unknown[]): Promise<number>
}

/** A database in which a piece of work commits as a whole or not at all. */
export type Database<Tx extends Sql> = Sql & {
  $transaction<Result>(
    work: (tx: Tx) => Promise<Result>,
    options?: { maxWait?: number; timeout?: number },
  ): Promise<Result>
}

/** Statements beyond so many are not named: texts that differ each time must not fill the server's memory. */
const mostNames = 500

/**
 * For PrismaPg's option `statementNameGenerator`: a name for each statement's text. PostgreSQL then parses and plans
 * a statement once a connection, not each time; that halves the cost of small ones.
 */
export function createStatementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    let name = names.get(sql)
    if (name === undefined && names.size < mostNames) {
      name = `s${names.size}`
      names.set(sql, name)
    }
    // Without a name a statement is prepared for one use.
    return name ?? ''
  }
}
