import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPool, sessionSettings, setByRole, withClient, withUnfitClient } from './postgres.ts'
import { plannedByKeys, planning } from './prisma.ts'
import { startPgBouncer } from './testing/pgbouncer.ts'
import { type TestServers, testServers } from './testing/programs.ts'
import { createTestDatabase } from './testing.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let servers: TestServers
let url = ''

beforeAll(async () => {
  servers = await testServers()
  database = await createTestDatabase('book')
  url = await startPgBouncer(servers, database.url)
})
afterAll(async () => {
  await servers.stop()
  await database.drop()
})

it('lets pass what comes from the role, planning too, on each of its connections', async () => {
  await expect(withClient(url, async () => undefined)).rejects.toThrow('leaves them to its role')
  await withUnfitClient(database.url, (client) => setByRole(client, planning.byKeys))
  // It keeps the connection on which it was refused.
  const again = await startPgBouncer(servers, database.url)
  const wanted: Record<string, string> = { ...sessionSettings, ...planning.byKeys }
  const columns = Object.keys(wanted).map((name) => `current_setting('${name}') AS "${name}"`)
  const pool = openPool(plannedByKeys(again), { max: 20 })
  const rows = await Promise.all(
    Array.from({ length: 20 }, () => pool.query(`SELECT ${columns.join()}, pg_sleep(0.01)::text AS slept`)),
  )
  for (const { rows: found } of rows) expect(found[0]).toMatchObject(wanted)
  await pool.end()
})
