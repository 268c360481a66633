import type { DatabaseSync } from 'node:sqlite'
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

const schema = `
  CREATE TABLE IF NOT EXISTS state (
    model TEXT NOT NULL,
    id TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- Seconds since 1970; null is never.
    expires_at INTEGER,
    PRIMARY KEY (model, id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS state_of_grant ON state (model, payload ->> 'grantId');
  CREATE INDEX IF NOT EXISTS state_by_uid ON state (model, payload ->> 'uid');
  CREATE INDEX IF NOT EXISTS state_expired ON state (expires_at);`

/** What oidc-provider has to remember (sessions, codes, grants, refresh tokens), in SQLite. */
export function stateIn(database: DatabaseSync): AdapterFactory {
  database.exec(schema)
  const now = () => Math.floor(Date.now() / 1000)
  const living = 'SELECT payload FROM state WHERE model = ? AND (expires_at IS NULL OR expires_at > ?)'
  const byId = database.prepare(`${living} AND id = ?`)
  const byUid = database.prepare(`${living} AND payload ->> 'uid' = ?`)
  const byUserCode = database.prepare(`${living} AND payload ->> 'userCode' = ?`)
  const put = database.prepare(
    `INSERT INTO state (model, id, payload, expires_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`,
  )
  const consume = database.prepare(
    `UPDATE state SET payload = json_set(payload, '$.consumed', ?) WHERE model = ? AND id = ?`,
  )
  const remove = database.prepare('DELETE FROM state WHERE model = ? AND id = ?')
  const removeGrant = database.prepare(`DELETE FROM state WHERE model = ? AND payload ->> 'grantId' = ?`)
  const removeExpired = database.prepare('DELETE FROM state WHERE expires_at <= ?')

  const payloadOf = (row: Record<string, unknown> | undefined): AdapterPayload | undefined =>
    row && JSON.parse(String(row.payload))

  return (model): Adapter => ({
    async upsert(id, payload, expiresIn) {
      removeExpired.run(now())
      put.run(model, id, JSON.stringify(payload), expiresIn === undefined ? null : now() + expiresIn)
    },
    find: async (id) => payloadOf(byId.get(model, now(), id)),
    findByUid: async (uid) => payloadOf(byUid.get(model, now(), uid)),
    findByUserCode: async (userCode) => payloadOf(byUserCode.get(model, now(), userCode)),
    async consume(id) {
      consume.run(now(), model, id)
    },
    async destroy(id) {
      remove.run(model, id)
    },
    async revokeByGrantId(grantId) {
      removeGrant.run(model, grantId)
    },
  })
}
