import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  connect,
  openPool,
  sessionSettings,
  setByRole,
  UnfitSession,
  withClient,
  withUnfitClient,
} from './postgres.ts'
import { plannedByKeys } from './prisma.ts'
import { startPooler } from './testing/pooler.ts'
import { createTestDatabase } from './testing.ts'

let server: Awaited<ReturnType<typeof createTestDatabase>>
let plain: string

beforeAll(async () => {
  server = await createTestDatabase('book')
  plain = `${server.url}?settings=role`
})
afterAll(() => server.drop())

const names = Object.keys(sessionSettings)

/** What the session has of the settings named. */
async function settingsOf(
  client: { query(sql: string): Promise<{ rows: unknown[] }> },
  wanted: readonly string[] = names,
) {
  const columns = wanted.map((name) => `current_setting('${name}') AS "${name}"`)
  return (await client.query(`SELECT ${columns.join()}`)).rows[0]
}

it('is tried where it matters: on a server and a machine that have other settings', async () => {
  const found = (await withUnfitClient(plain, settingsOf)) as Record<string, string>
  // The driver names its encoding itself.
  expect(names.filter((name) => found[name] === sessionSettings[name])).toEqual(['client_encoding'])
  expect(new Date(0).getTimezoneOffset()).not.toBe(0)
})

describe('a session', () => {
  it('has the settings, of a connection of its own and of a pool, however it is planned', async () => {
    expect(await withClient(server.url, settingsOf)).toEqual(sessionSettings)
    const pool = openPool(plannedByKeys(server.url))
    expect(await settingsOf(pool, [...names, 'enable_seqscan'])).toEqual({
      ...sessionSettings,
      enable_seqscan: 'off',
    })
    await pool.end()
  })

  it('has them whatever the connection string says, and keeps its other options', async () => {
    const url = new URL(server.url)
    url.searchParams.set('options', '-c TimeZone=America/New_York -c work_mem=5MB')
    for (const its of [url.href, plannedByKeys(url.href)]) {
      const found = await withClient(its, (client) => settingsOf(client, [...names, 'work_mem']))
      expect(found).toEqual({ ...sessionSettings, work_mem: '5MB' })
    }
  })

  it('is refused without them, with what is wrong and what to do', async () => {
    const refused =
      /^A session of the database test_book_\w+ has other settings .*TimeZone is \S+ and must be UTC; DateStyle is German, DMY .*leaves them to its role.*"npm run migrate -- settings"/
    await expect(connect(plain)).rejects.toThrow(refused)
    const pool = openPool(plain)
    await expect(pool.query('SELECT 1')).rejects.toThrow(refused)
    await pool.end()
  })

  it('has them from its role, where no options can be sent', async () => {
    const other = await createTestDatabase('book')
    const byRole = `${other.url}?settings=role`
    expect(await withUnfitClient(byRole, setByRole)).toEqual(names)
    expect(await withUnfitClient(byRole, setByRole)).toEqual([])
    expect(await withClient(plannedByKeys(byRole), settingsOf)).toEqual(sessionSettings)
    await withUnfitClient(byRole, (client) =>
      client.query(`ALTER ROLE SESSION_USER IN DATABASE ${client.database} SET DateStyle = 'SQL, DMY'`),
    )
    await expect(connect(byRole)).rejects.toThrow('DateStyle is SQL, DMY and must be ISO, MDY')
    expect(await withUnfitClient(byRole, setByRole)).toEqual(['DateStyle'])
    await other.drop()
  })

  it('is refused where a pooler takes no options, or drops them, with what to do', async () => {
    for (const [does, refusal] of [
      ['refuses', /takes no options of a connection.* \(unsupported startup parameter: options\)/],
      ['drops', /Something between, a pooler say, does not hand on the options/],
    ] as const) {
      const pooler = await startPooler(does)
      const url = new URL(server.url)
      url.port = String(pooler.port)
      const refused = await connect(url.href).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(UnfitSession)
      expect(String(refused)).toMatch(refusal)
      expect(String(refused)).toMatch(/Write settings=role .*"npm run migrate -- settings"/)
      await pooler.stop()
    }
  })

  it('says which words a connection string may have', async () => {
    await expect(connect(`${server.url}?settings=server`)).rejects.toThrow(
      'settings=server in a connection string of PostgreSQL: leave it out, or write settings=role',
    )
  })
})
