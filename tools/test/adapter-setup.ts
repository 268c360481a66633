import { urlOf } from '../migrate/databases.ts'
import { databaseNames, migrate } from '../migrate.ts'
import { type PrivateService, startNats, startPostgres, startRedis } from './private-services.ts'

/**
 * Vitest calls this once before the adapter tests: names the servers in TEST_POSTGRES_URL, TEST_NATS_URL and
 * TEST_REDIS_URL, starting those that the environment does not name, and migrates one template database per
 * subgraph, `template_<name>`, of which each test file makes its own copy in milliseconds.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const started: PrivateService[] = []
  async function provide(variable: string, start: () => Promise<PrivateService>): Promise<string> {
    const given = process.env[variable]
    if (given) return given
    const service = await start()
    started.push(service)
    process.env[variable] = service.url
    return service.url
  }
  const [postgres] = await Promise.all([
    provide('TEST_POSTGRES_URL', startPostgres),
    provide('TEST_NATS_URL', startNats),
    provide('TEST_REDIS_URL', startRedis),
  ])
  await migrateTemplates(postgres)
  return async () => {
    await Promise.all(started.map((service) => service.stop()))
  }
}

async function migrateTemplates(serverUrl: string): Promise<void> {
  for (const name of await databaseNames()) await migrate(name, urlOf(serverUrl, `template_${name}`))
}
