import { databaseNames } from '../migrate/migrations.ts'
import { findSystem, resolveDataDir } from './client.ts'
import { variable } from './site.ts'

/** Where a system keeps what it knows. */
export type Stores = {
  /** URL of each subgraph's database, by the subgraph's name. */
  databases: Record<string, string>
  redis: string
  nats: string
  /** HTTP API of the payment provider's sandbox; null where it is another's, which nobody can ask what it captured. */
  paymentProvider: string | null
}

/**
 * The stores that the environment names (REDIS_URL, NATS_URL, BOOK_DATABASE_URL and so on); where it does not name
 * them all, or a data directory is given, those of the system that runs there.
 * @throws in a sentence when nothing does
 */
export async function findStores(
  dataDir: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Stores> {
  const names = await databaseNames()
  const databases = names.map((name) => [name, environment[`${variable(name)}_DATABASE_URL`]] as const)
  const { REDIS_URL: redis, NATS_URL: nats } = environment
  if (!dataDir && redis && nats && databases.every(([, url]) => url)) {
    const paymentProvider = environment.PAYMENT_PROVIDER_URL ?? null
    return {
      databases: Object.fromEntries(databases) as Record<string, string>,
      redis,
      nats,
      paymentProvider,
    }
  }
  return findSystem(resolveDataDir(dataDir))
}
