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
