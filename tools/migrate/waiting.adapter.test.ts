import { randomUUID } from 'node:crypto'
import { withUnfitClient } from '@myhotel/kit/postgres'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { provide } from './administrator.ts'
import { databaseNames, migrate } from './migrations.ts'
import { persist, requireMigrations } from './waiting.ts'

const names = await databaseNames()
const server = process.env.TEST_POSTGRES_URL ?? ''

/** The connection string of a role and a database that are not there yet, both with this name. */
let url = ''
let name = ''

beforeEach(() => {
  name = `tenant_${randomUUID().replaceAll('-', '')}`
  url = connectionString('first')
})

afterEach(async () => {
  await withUnfitClient(server, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await client.query(`DROP ROLE IF EXISTS ${name}`)
  })
})

function connectionString(password: string): string {
  const made = new URL(server)
  Object.assign(made, { username: name, password, pathname: `/${name}` })
  return made.href
}

const currentUser = async (as: string) =>
  withUnfitClient(as, async (client) => (await client.query('SELECT current_user')).rows[0])

describe('who may make roles and databases', () => {
  test('makes both, and again changes the password only', async () => {
    await provide('room', url, server)
    expect(await currentUser(url)).toEqual({ current_user: name })
    await provide('payment', connectionString('second'), server)
    expect(await currentUser(connectionString('second'))).toEqual({ current_user: name })
    await expect(currentUser(url)).rejects.toMatchObject({ code: '28P01' })
  })

  test('makes a database that others cannot connect to', async () => {
    await provide('room', url, server)
    const other = `${name}_other`
    const theirs = url.replaceAll(name, other)
    await provide('payment', theirs, server)
    const intruder = new URL(theirs)
    intruder.pathname = `/${name}`
    await expect(currentUser(intruder.href)).rejects.toMatchObject({ code: '42501' })
    await withUnfitClient(server, async (client) => {
      await client.query(`DROP DATABASE ${other}`)
      await client.query(`DROP ROLE ${other}`)
    })
  })

  test.each(names)('makes all that the migrations of %s ask for', async (database) => {
    await provide(database, url, server)
    expect(await migrate(database, url)).not.toEqual([])
  })
})

describe('who waits for migrations', () => {
  test('is let go as soon as the last has been applied', async () => {
    const reasons: string[] = []
    const waiting = persist(
      () => requireMigrations('room', url),
      undefined,
      (reason) => reasons.push(reason),
    )
    await expect.poll(() => reasons, { timeout: 60_000 }).not.toEqual([])
    await provide('room', url, server)
    await migrate('room', url)
    await waiting
    expect(reasons[0]).toContain(name)
  })

  test('does not mind those of a later version', async () => {
    await provide('room', url, server)
    await migrate('room', url)
    await withUnfitClient(url, (client) =>
      client.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
        VALUES ('later', '', '20990101000000_later', now())`),
    )
    await requireMigrations('room', url)
  })

  test('is told which are missing, and of one that failed', async () => {
    await provide('room', url, server)
    const [first] = await migrate('room', url)
    await withUnfitClient(url, (client) =>
      client.query('UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = $1', [first]),
    )
    await expect(requireMigrations('room', url)).rejects.toThrow(`room lacks ${first}`)
  })

  test('gives up when the time is over', async () => {
    await expect(persist(() => requireMigrations('room', url), 0)).rejects.toThrow(name)
  })
})
