import { databaseNames } from '../migrate/migrations.ts'
import { findSystem, resolveDataDir } from './client.ts'
import { variable } from './site.ts'

/** Where a system keeps what it knows. */
export type Stores = {
  /** URL of each subgraph's database, by the subgraph's name. */
  databases: Record<string, string>
  redis: string
  nats: string
  /** The sandbox's API, null where payments are made by another provider. */
  paymentProvider: string | null
}

/**
 * The stores that the environment names (REDIS_URL, NATS_URL, BOOK_DATABASE_URL and so on); where it does not name
 * them all, or a data directory is given, those of the system that runs there.
 * @throws in a sentence when nothing does, with what the environment lacks
 */
export async function findStores(
  dataDir: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Stores> {
  const names = await databaseNames()
  const databaseVariables = names.map((name) => [name, `${variable(name)}_DATABASE_URL`] as const)
  const needed = [...databaseVariables.map(([, where]) => where), 'NATS_URL', 'REDIS_URL']
  const missing = needed.filter((where) => !environment[where])
  if (dataDir || missing.length > 0) {
    try {
      return findSystem(resolveDataDir(dataDir))
    } catch (error) {
      const { message } = error as Error
      throw new Error(dataDir ? message : `${message} Or name its stores: ${missing.join(', ')} not set.`)
    }
  }
  const value = (where: string) => environment[where] ?? ''
  return {
    databases: Object.fromEntries(databaseVariables.map(([name, where]) => [name, value(where)])),
    redis: value('REDIS_URL'),
    nats: value('NATS_URL'),
    paymentProvider: environment.PAYMENT_PROVIDER_URL ?? null,
  }
}
