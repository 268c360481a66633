import { randomUUID } from 'node:crypto'
import { withUnfitClient } from '@myhotel/kit/postgres'

/** The URL of another database on the same server. */
export function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

/** Creates the database that `url` names, unless it is there already. */
export async function createDatabase(url: string): Promise<void> {
  try {
    await withUnfitClient(url, async () => {})
  } catch (error) {
    if (!hasCode(error, '3D000')) throw error
    await create(url)
  }
}

async function create(url: string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1))
  await withUnfitClient(urlOf(url, 'postgres'), async (client) => {
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
    } catch (error) {
      // Somebody else created it between our look and our statement: 42P04, or 23505 when truly at once.
      if (!hasCode(error, '42P04') && !hasCode(error, '23505')) throw error
    }
  })
}

/** Runs `work` with the URL of a new, empty database on the server of `serverUrl`, and drops it. */
export async function withScratchDatabase<T>(
  serverUrl: string,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const name = `scratch_${randomUUID().replaceAll('-', '')}`
  const admin = urlOf(serverUrl, 'postgres')
  await withUnfitClient(admin, (client) => client.query(`CREATE DATABASE ${name}`))
  try {
    return await work(urlOf(serverUrl, name))
  } finally {
    await withUnfitClient(admin, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`))
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
