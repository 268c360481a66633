import type { Logger } from './logger.ts'
import { areSetByRole } from './postgres.ts'

const limitsSql = `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0) AS server,
  (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database,
  (SELECT rolconnlimit FROM pg_roles WHERE rolname = session_user) AS role`

type Limits = { server: number; database: number; role: number }

/**
 * Says to `log` where a server, a database or a role takes fewer connections than one replica alone may open: under load
 * its requests would fail for the lack of one. What all replicas need together is added up by tests/rules/connections.test.ts.
 */
export async function warnOfFewConnections(
  client: { query(sql: string): Promise<{ rows: object[] }> },
  url: string,
  connections: number,
  log: Logger,
): Promise<void> {
  // A pooler has a number of its own.
  if (areSetByRole(new URL(url))) return
  const { rows } = await client.query(limitsSql)
  const few = Object.entries(rows[0] as Limits).filter(
    ([, most]) => most >= 0 && most < connections + relayConnections,
  )
  for (const [of, most] of few) {
    log.warn(
      { most, wanted: connections + relayConnections },
      `PostgreSQL takes ${most} connections (the limit of the ${of}), and this replica alone may open ${connections + relayConnections}`,
    )
  }
}

/** The relay of a replica has one of its own, whether it leads or tries to. */
export const relayConnections = 1
