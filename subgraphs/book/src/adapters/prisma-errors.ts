/** PostgreSQL's SQLSTATE of a failed raw statement, where there is one. */
export function sqlState(error: unknown): string | undefined {
  const meta = (
    error as { meta?: { code?: string; driverAdapterError?: { cause?: { originalCode?: string } } } }
  ).meta
  return meta?.driverAdapterError?.cause?.originalCode ?? meta?.code
}

/** A unique key was already there. */
export const isUniqueViolation = (error: unknown) => sqlState(error) === '23505'
