import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withUnfitClient } from '@myhotel/kit/postgres'
import { urlOf } from './databases.ts'
import { PRISMA } from './migrations.ts'

/**
 * Makes the role of a connection string, with its password, and the database that it names, which is the role's alone, with
 * the extensions that the migrations of `prisma/<name>` ask for: some may be made by a superuser only.
 * Safe to call again: the role then has the password that the string has now.
 *
 * @param adminUrl any database of the same server, as a superuser
 */
export async function provide(name: string, databaseUrl: string, adminUrl: string): Promise<void> {
  const { username, password, pathname } = new URL(databaseUrl)
  const database = decodeURIComponent(pathname.slice(1))
  await withUnfitClient(adminUrl, async (client) => {
    const role = client.escapeIdentifier(decodeURIComponent(username))
    const secret = client.escapeLiteral(decodeURIComponent(password))
    const exists = async (sql: string, value: string) => (await client.query(sql, [value])).rows.length > 0
    const isThere = await exists('SELECT FROM pg_roles WHERE rolname = $1', decodeURIComponent(username))
    await client.query(`${isThere ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD ${secret}`)
    const own = client.escapeIdentifier(database)
    if (!(await exists('SELECT FROM pg_database WHERE datname = $1', database))) {
      await client.query(`CREATE DATABASE ${own} OWNER ${role}`)
    }
    await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${own} FROM PUBLIC`)
  })
  const extensions = await extensionsOf(name)
  await withUnfitClient(urlOf(adminUrl, database), async (client) => {
    for (const extension of extensions) {
      await client.query(`CREATE EXTENSION IF NOT EXISTS ${client.escapeIdentifier(extension)}`)
    }
  })
}

/** Names of the extensions that the migrations of a database ask for, in that order. */
export async function extensionsOf(name: string, prisma = PRISMA): Promise<string[]> {
  const folder = join(prisma, name, 'migrations')
  const files: string[] = []
  for await (const file of glob('*/migration.sql', { cwd: folder })) files.push(file)
  const sql = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')))
  const named = sql.join('\n').matchAll(/^\s*CREATE EXTENSION (?:IF NOT EXISTS )?"?([\w-]+)/gim)
  return [...new Set(Array.from(named, ([, extension = '']) => extension))]
}
