import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setByRole, withUnfitClient } from '@myhotel/kit/postgres'
import type { MigrationList, SchemaFilter, SchemasContainer } from '@prisma/schema-engine-wasm'
import { createDatabase, withScratchDatabase } from './databases.ts'
import { forgetInterrupted, type SchemaEngine, withSchemaEngine } from './schema-engine.ts'

/** The folder with one folder per database: `prisma/<name>/schema.prisma` and `prisma/<name>/migrations`. */
export const PRISMA = fileURLToPath(new URL('../../prisma', import.meta.url))

/** One number for all of MyHotel, so that two migrations of one database never run at once. */
const LOCK = 4_816_023

const ALL_TABLES: SchemaFilter = { externalTables: [], externalEnums: [] }

/** Names of all databases, which are the names of the subgraphs that have one. */
export async function databaseNames(prisma = PRISMA): Promise<string[]> {
  const entries = await readdir(prisma, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/**
 * Brings one database up to date: creates it when it does not exist, sets for the role that migrates it what sessions
 * need, then applies what `prisma/<name>/migrations` holds and `_prisma_migrations` does not name yet. Safe to call
 * from several processes at once, and again, also after a call that was interrupted at any moment.
 *
 * @returns the names of the migrations applied by this call
 * @throws with file, line and PostgreSQL's message when a migration fails. It leaves no trace but a mark in
 *   `_prisma_migrations`, which makes further calls refuse to go on until a person has looked at it
 */
export async function migrate(name: string, databaseUrl: string, prisma = PRISMA): Promise<string[]> {
  await createDatabase(databaseUrl)
  return withUnfitClient(databaseUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await setByRole(client)
    await forgetInterrupted(client)
    return withSchemaEngine(databaseUrl, async (engine) => {
      const migrationsList = await migrationList(join(prisma, name, 'migrations'))
      const applied = await engine.applyMigrations({ migrationsList, filters: ALL_TABLES })
      return applied.appliedMigrationNames
    })
  })
}

/**
 * SQL that leads from what the migrations make to what schema.prisma says; undefined when they agree.
 * What Prisma's schema cannot express (exclusion constraints, functions, triggers) counts as agreement.
 *
 * @param serverUrl any database of a server on which a scratch database can be made
 */
export async function drift(name: string, serverUrl: string, prisma = PRISMA): Promise<string | undefined> {
  return withScratchDatabase(serverUrl, async (url) => {
    await migrate(name, url, prisma)
    return withSchemaEngine(url, (engine) => difference(engine, join(prisma, name)))
  })
}

/**
 * Writes `prisma/<name>/migrations/<time>_<title>/migration.sql` with the difference between migrations and
 * schema.prisma, for a person to read and complete.
 *
 * @param byHand also where there is no difference: what schema.prisma cannot say is to be written by hand
 * @returns the path of the file
 * @throws in a sentence where there is no difference
 */
export async function newMigration(
  name: string,
  title: string,
  serverUrl: string,
  now: Date,
  prisma = PRISMA,
  byHand = false,
): Promise<string> {
  const sql = await drift(name, serverUrl, prisma)
  if (sql === undefined && !byHand) {
    throw new Error(
      `prisma/${name}/schema.prisma asks for nothing that its migrations lack: change it first, or add --by-hand for what it cannot say.`,
    )
  }
  const time = now.toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = join(prisma, name, 'migrations', `${time}_${title.toLowerCase().replace(/\W+/g, '_')}`)
  await mkdir(folder, { recursive: true })
  const lock = join(prisma, name, 'migrations', 'migration_lock.toml')
  await writeFile(lock, '# Written by Prisma; do not edit.\nprovider = "postgresql"\n')
  const file = join(folder, 'migration.sql')
  await writeFile(file, sql ?? '-- schema.prisma asks for nothing: write by hand what it cannot say.\n')
  return file
}

async function difference(engine: SchemaEngine, folder: string): Promise<string | undefined> {
  const schema = await schemaOf(folder)
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', ...schema, configDir: folder },
    to: { tag: 'schemaDatamodel', ...schema },
    script: true,
    exitCode: true,
    filters: { externalTables: ['public._prisma_migrations'], externalEnums: [] },
  })
  return exitCode === 0 ? undefined : (stdout ?? '')
}

async function schemaOf(folder: string): Promise<SchemasContainer> {
  const path = join(folder, 'schema.prisma')
  return { files: [{ path, content: await readFile(path, 'utf8') }] }
}

async function migrationList(baseDir: string): Promise<MigrationList> {
  const entries = await readdir(baseDir, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const lockfile = { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' }
  const migrationDirectories = await Promise.all(
    names.sort().map(async (path) => {
      const value = await readFile(join(baseDir, path, 'migration.sql'), 'utf8')
      return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } }
    }),
  )
  return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories }
}
