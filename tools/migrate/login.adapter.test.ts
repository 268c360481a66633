import { randomBytes } from 'node:crypto'
import { openPool, withClient, withUnfitClient } from '@myhotel/kit/postgres'
import { expect, test } from 'vitest'
import { urlOf, withScratchDatabase } from './databases.ts'
import { closeOtherLogins, makeLogin } from './login.ts'
import { migrate } from './migrations.ts'
import { planningOf } from './planning.ts'

const server = process.env.TEST_POSTGRES_URL ?? ''
const insert = (n: number) => `INSERT INTO inbox VALUES ('c', 'a:${n}', 'a', ${n})`

/** A database of a role that is no superuser, as in production; role and logins are removed again. */
const withOwner = (work: (url: string, role: string) => Promise<void>) =>
  withScratchDatabase(server, async (scratch) => {
    const role = `owner_${randomBytes(4).toString('hex')}`
    await withUnfitClient(scratch, async (client) => {
      await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'first'`)
      await client.query(`ALTER DATABASE ${client.database} OWNER TO ${role}`)
    })
    const url = new URL(scratch)
    url.username = role
    url.password = 'first'
    try {
      await work(url.href, role)
    } finally {
      await withUnfitClient(scratch, (client) =>
        client.query(
          `DROP OWNED BY ${role}; ALTER DATABASE ${client.database} OWNER TO ${new URL(server).username}`,
        ),
      )
      await withUnfitClient(server, (client) =>
        client.query(`DROP ROLE IF EXISTS ${role}_a, ${role}_b, ${role}`),
      )
    }
  })

test('two logins take turns: whoever migrates, all of it is the role’s, and no connection in use is refused', () =>
  withOwner(async (first, role) => {
    const admin = urlOf(server, 'postgres')
    await migrate('book', first)
    const a = await makeLogin(first, admin)
    expect(new URL(a).username).toBe(`${role}_a`)
    const [before, after] = [openPool(first), openPool(a)]
    await Promise.all([before.query(insert(1)), after.query(insert(2))])
    await before.end()
    expect(await closeOtherLogins(a, admin)).toEqual([role])
    await expect(withClient(first, async () => undefined)).rejects.toThrow()
    await after.query(insert(3))

    // The second time, to the other one, which makes a table and changes one that was there.
    const b = await makeLogin(a, admin)
    expect(new URL(b).username).toBe(`${role}_b`)
    expect(await migrate('book', b)).toEqual([])
    await withClient(b, (client) =>
      client.query('ALTER TABLE inbox ADD COLUMN b int; CREATE TABLE made_by_b (n int)'),
    )
    await after.query('INSERT INTO made_by_b VALUES (1)')
    const { rows } = await after.query<{ owner: string }>(
      `SELECT DISTINCT tableowner AS owner FROM pg_tables WHERE schemaname = 'public'`,
    )
    expect(rows).toEqual([{ owner: role }])
    await after.end()
    expect(await closeOtherLogins(b, admin)).toEqual([role, `${role}_a`])
    await expect(withClient(a, async () => undefined)).rejects.toThrow()

    // And back, behind a pooler, where the login has the settings itself.
    const again = await makeLogin(`${b}?settings=role`, admin, planningOf('book'))
    expect(new URL(again).username).toBe(`${role}_a`)
    const found = await withClient(again, (client) => client.query('SHOW enable_seqscan'))
    expect(found.rows).toEqual([{ enable_seqscan: 'off' }])
  }))

test('a superuser is no owner to take turns for', async () => {
  await expect(makeLogin(server, server)).rejects.toThrow('is a superuser: give the database an owner')
})
