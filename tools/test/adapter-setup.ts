import { urlOf } from '../migrate/databases.ts'
import { databaseNames, migrate } from '../migrate/migrations.ts'
import { findPrograms } from '../system/servers.ts'
import { type ServiceName, startPrivateServices } from './private-services.ts'

const VARIABLES: Record<ServiceName, string> = {
  postgres: 'TEST_POSTGRES_URL',
  nats: 'TEST_NATS_URL',
  redis: 'TEST_REDIS_URL',
}

/**
 * Vitest calls this once before the adapter tests: names the servers in TEST_POSTGRES_URL, TEST_NATS_URL and
 * TEST_REDIS_URL, starting those that the environment does not name, and migrates one template database per
 * subgraph, `template_<name>`, of which each test file makes its own copy in milliseconds. Tests that need a cluster, or
 * a pooler, start the programs themselves that TEST_NATS_SERVER, TEST_REDIS_SERVER and TEST_PGBOUNCER name.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const names = Object.keys(VARIABLES) as ServiceName[]
  const programs = await findPrograms(['nats-server', 'redis-server', 'pgbouncer'], console.error)
  for (const [name, path] of Object.entries(programs)) {
    process.env[`TEST_${name.toUpperCase().replace('-', '_')}`] = path
  }
  const missing = names.filter((name) => !process.env[VARIABLES[name]])
  const services = missing.length > 0 ? await startPrivateServices(missing) : undefined
  for (const name of missing) process.env[VARIABLES[name]] = services?.urls[name]
  const server = process.env.TEST_POSTGRES_URL ?? ''
  for (const name of await databaseNames()) await migrate(name, urlOf(server, `template_${name}`))
  return async () => services?.stop()
}
