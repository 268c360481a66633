import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createIdentity } from '@myhotel/kit/identity'
import { createLogger, type Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { beforeAll, describe, expect, test, vi } from 'vitest'

/**
 * Adds up the connections that all replicas of everything may open at a time. What one replica opens its parts say
 * themselves: `Part.connections` is what a pool is made with.
 */
const ROOT = join(import.meta.dirname, '../..')
const subgraphs = readdirSync(join(ROOT, 'subgraphs')).filter((name) =>
  existsSync(join(ROOT, 'subgraphs', name, 'src/compose.ts')),
)
const databases = readdirSync(join(ROOT, 'prisma')).filter((name) =>
  existsSync(join(ROOT, 'prisma', name, 'schema.prisma')),
)

/** A rollout adds one (maxSurge 1) to as many as there may be. */
const surge = 1
/** A migration's own connection, its engine's, and the look whether the database is there. */
const ofMigration = 3
/** superuser_reserved_connections, and a person who looks, a backup, a repair. */
const reserved = 3 + 10

const components = join(ROOT, 'infra/k8s/components')
const numberIn = (file: string, pattern: RegExp) =>
  Number(pattern.exec(readFileSync(join(components, file), 'utf8'))?.[1])
const mostReplicas = (name: string) => numberIn(`autoscaling/${name}.yaml`, /maxReplicas: (\d+)/)
const ofCluster = (pattern: RegExp) => numberIn('cloudnative-pg/cluster.yaml', pattern)
const maxConnections: Readonly<Record<string, number>> = {
  'postgres-plain': numberIn('postgres-plain/postgresql.conf', /^max_connections = (\d+)/m),
  'cloudnative-pg': ofCluster(/max_connections: "(\d+)"/),
}

type Subgraph = {
  env: { env?: unknown; readServiceEnv?: () => unknown }
  compose: { compose(env: unknown, log: Logger): Part[] | Promise<Part[]> }
}

/** The parts of a subgraph as it is started with nothing but what it must be told. */
async function partsOf(name: string): Promise<readonly Part[]> {
  const load = (file: string) => import(pathToFileURL(join(ROOT, 'subgraphs', name, 'src', file)).href)
  const { env, compose }: Subgraph = { env: await load('env.ts'), compose: await load('compose.ts') }
  return compose.compose(env.env ?? env.readServiceEnv?.(), createLogger(name, 'silent'))
}

const of = (parts: readonly Part[], server: 'postgres' | 'nats' | 'redis') =>
  parts.reduce((sum, { connections }) => sum + (connections?.[server] ?? 0), 0)

const parts = new Map<string, readonly Part[]>()
beforeAll(async () => {
  vi.stubEnv('IDENTITY_KEYS', '{"keys":[]}')
  vi.stubEnv('IDENTITY_PRIVATE_KEY', JSON.stringify((await createIdentity('test')).privateKey))
  vi.stubEnv('SMTP_URL', 'smtp://127.0.0.1:1')
  vi.stubEnv('PAYMENT_PROVIDER_URL', 'http://127.0.0.1:1')
  for (const name of databases) {
    vi.stubEnv(
      `${name.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`,
      `postgresql://u:p@127.0.0.1:1/${name}`,
    )
  }
  for (const name of subgraphs) parts.set(name, await partsOf(name))
})

describe('connections of a replica', () => {
  test.each(subgraphs)('%s says of each part how many it may open', (name) => {
    const its = parts.get(name) ?? []
    expect(of(its, 'nats')).toBe(1)
    expect(of(its, 'postgres') > 0).toBe(databases.includes(name))
    expect(of(its, 'redis') > 0, 'it uses Redis').toBe(
      /ioredis/.test(readFileSync(join(ROOT, 'subgraphs', name, 'package.json'), 'utf8')),
    )
  })

  test('follow the settings', async () => {
    vi.stubEnv('ROOM_DATABASE_CONNECTIONS', '4')
    vi.stubEnv('ROOM_SEARCH_CONNECTIONS', '7')
    expect(of(await partsOf('room'), 'postgres')).toBe(4 + 7 + 1)
    vi.unstubAllEnvs()
  })
})

test.each(Object.keys(maxConnections))('all replicas fit into the PostgreSQL of %s', (component) => {
  const needed = databases.map((name) => {
    const replicas = mostReplicas(name) + surge
    return { name, connections: replicas * of(parts.get(name) ?? [], 'postgres') + ofMigration }
  })
  const sum = needed.reduce((total, { connections }) => total + connections, reserved)
  expect(sum, JSON.stringify(needed)).toBeLessThanOrEqual(maxConnections[component] ?? 0)
})

test('so do the pools of a pooler, beside relays and migrations, which go past it', () => {
  const poolers = ofCluster(/kind: Pooler[\s\S]*?instances: (\d+)/)
  const pooled = databases.length * poolers * ofCluster(/default_pool_size: "(\d+)"/)
  const relays = databases.reduce((sum, name) => sum + mostReplicas(name) + surge, 0)
  const sum = pooled + relays + databases.length * ofMigration + reserved
  expect(sum).toBeLessThanOrEqual(maxConnections['cloudnative-pg'] ?? 0)
})
