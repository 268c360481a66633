import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimDataDir } from '../system/data-dir.ts'
import { OWNER_VARIABLE } from '../system/leftovers.ts'
import { createPorts } from '../system/ports.ts'
import { postgresServer } from '../system/postgres.ts'
import { guardAgainstKill } from '../system/reaping.ts'
import { findPrograms, natsServer, redisServer } from '../system/servers.ts'
import { inherited } from '../system/site.ts'
import { supervise } from '../system/supervisor.ts'
import { WORKERS_ACCOUNTS } from './workers.ts'

const READY_WITHIN_MS = 60_000

/**
 * What a session has here that asks for nothing: each of it makes wrong what is read or written without thinking of it.
 * So whatever is tried on this server shows that it does not depend on where the server stands.
 */
const abroad = {
  TimeZone: process.env.TEST_TZ ?? 'Asia/Seoul',
  DateStyle: 'German, DMY',
  IntervalStyle: 'sql_standard',
  client_encoding: 'LATIN1',
  standard_conforming_strings: 'off',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  default_transaction_isolation: 'serializable',
}

export type ServiceName = 'postgres' | 'nats' | 'redis'

/** Servers of somebody's own: the URL of each (PostgreSQL's with the database `postgres`), and their end. */
export type PrivateServices = { urls: Record<ServiceName, string>; stop: () => Promise<void> }

/**
 * Starts the servers named, by the same means as `npm start`, with their data in a new folder under the
 * system's temporary one. They end by `stop`, which removes the folder, and also when this process is killed.
 */
export async function startPrivateServices(
  names: readonly ServiceName[],
  notice: (line: string) => void = console.error,
): Promise<PrivateServices> {
  const { dataDir, release } = await claimDataDir(await mkdtemp(join(tmpdir(), 'myhotel-services-')), {})
  const guard = guardAgainstKill(dataDir, join(dataDir, 'logs', 'guard.log'))
  const env = { ...inherited(process.env), [OWNER_VARIABLE]: dataDir }
  const portOf = createPorts(dataDir)
  const programs = await findPrograms(
    names.flatMap((name) => (name === 'postgres' ? [] : [`${name}-server` as const])),
    notice,
  )
  const specs = await Promise.all(
    names.map(async (name) => {
      const place = { dataDir, env, port: await portOf(name), log: join(dataDir, 'logs', `${name}.log`) }
      if (name === 'nats') return natsServer({ ...place, program: programs['nats-server'] }, WORKERS_ACCOUNTS)
      if (name === 'redis') return redisServer({ ...place, program: programs['redis-server'] })
      const postgres = await postgresServer(place)
      // Nothing in it has to survive a loss of power.
      const careless = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
      const settings = Object.entries({ ...careless, ...abroad }).flatMap(([name, value]) => [
        '-c',
        `${name}=${value}`,
      ])
      return { ...postgres, url: `${postgres.url}/postgres`, command: [...postgres.command, ...settings] }
    }),
  )
  const servers = specs.map((spec) => supervise(spec, () => {}, notice))
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()))
    guard.dismiss()
    release()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    for (const server of servers) server.start()
    await Promise.all(servers.map((server) => server.waitReady(READY_WITHIN_MS)))
  } catch (error) {
    await stop()
    throw error
  }
  const urls = { postgres: '', nats: '', redis: '' }
  for (const { name, url } of specs) urls[name as ServiceName] = url ?? ''
  return { urls, stop }
}

/** Runs `work` with the server of TEST_POSTGRES_URL, or with a private one that is gone afterwards. */
export async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const given = process.env.TEST_POSTGRES_URL
  if (given) return work(given)
  const { urls, stop } = await startPrivateServices(['postgres'])
  try {
    return await work(urls.postgres)
  } finally {
    await stop()
  }
}
