import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { withUnfitClient } from '@myhotel/kit/postgres'
import { PRISMA } from './migrations.ts'

const PAUSE_MS = 500

/**
 * Tries until it succeeds, with half a second between.
 *
 * @param withinMs how long; what the last try threw is thrown then. Unless given, for ever
 * @param notice told why a try failed, once a reason
 */
export async function persist<Result>(
  work: () => Promise<Result>,
  withinMs = Number.POSITIVE_INFINITY,
  notice: (reason: string) => void = () => undefined,
): Promise<Result> {
  const since = performance.now()
  let told = ''
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() - since >= withinMs) throw error
      const reason = error instanceof Error ? error.message : String(error)
      if (reason !== told) notice(reason)
      told = reason
      await setTimeout(PAUSE_MS)
    }
  }
}

/** Resolves where the database can be connected to. */
export const reach = (databaseUrl: string): Promise<void> =>
  withUnfitClient(databaseUrl, async () => undefined)

/**
 * Resolves where the database has every migration that `prisma/<name>/migrations` holds; it may have more, of a version
 * to come.
 * @throws in a sentence where one is missing
 */
export async function requireMigrations(name: string, databaseUrl: string, prisma = PRISMA): Promise<void> {
  const entries = await readdir(join(prisma, name, 'migrations'), { withFileTypes: true })
  const wanted = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const applied = await withUnfitClient(databaseUrl, appliedMigrations)
  const missing = wanted.filter((migration) => !applied.has(migration))
  if (missing.length > 0) throw new Error(`${name} lacks ${missing.join(', ')}`)
}

type Queries = { query: (sql: string) => Promise<{ rows: { migration_name: string }[] }> }

async function appliedMigrations(client: Queries): Promise<Set<string>> {
  const { rows } = await client.query(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  )
  return new Set(rows.map(({ migration_name }) => migration_name))
}
