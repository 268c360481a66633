import { writeFile } from 'node:fs/promises'
import { requestToken } from './client.ts'
import { runCommand } from './command.ts'
import { fillDemoData } from './demo.ts'
import { readIdentities } from './identities.ts'
import type { SystemOptions } from './options.ts'
import { postgresServer } from './postgres.ts'
import { prometheusServer } from './prometheus.ts'
import type { SystemRecord } from './record.ts'
import { findPrograms, natsServer, redisServer } from './servers.ts'
import { router, sandbox, subgraph, traceViewer } from './services.ts'
import { openSite, type Site, variable, viewer } from './site.ts'
import type { ProcessSpec, Supervised } from './supervisor.ts'

/** What a machine that is busy with other things may take for one step. */
const READY_WITHIN_MS = 120_000

/** The variable that names the real thing, in whose presence the stand-in is not started. */
const STANDS_IN_FOR: Record<string, string> = {
  'payment-provider': 'PAYMENT_PROVIDER_URL',
  'mail-catcher': 'SMTP_URL',
  'identity-provider': 'TOKEN_ISSUER',
}

type Options = SystemOptions & {
  record: SystemRecord
  save: () => void
  add: (spec: ProcessSpec) => Supervised
  notice: (line: string) => void
}

/**
 * Starts all parts in the order in which they need each other, and fills in the record. Every address is settled
 * before the first service starts, so that each can be told where the others are.
 *
 * @returns how to make one more process of a subgraph
 */
export async function bringUp(
  options: Options,
): Promise<(name: string, number: number) => Promise<ProcessSpec>> {
  const { record, save, add, notice, signal, progress = () => {} } = options
  const site = await openSite(options)
  const ready = (started: readonly Supervised[]) =>
    Promise.all(started.map((process) => process.waitReady(READY_WITHIN_MS, signal)))

  progress('looking for nats-server and redis-server')
  const isOwn = (name: string) => !site.given[`${name}_URL`]
  const programs = await findPrograms(
    [
      ...(isOwn('NATS') ? ['nats-server' as const] : []),
      ...(isOwn('REDIS') ? ['redis-server' as const] : []),
      ...(options.observe ? ['prometheus' as const] : []),
    ],
    notice,
    signal,
  )

  progress('starting PostgreSQL, NATS, Redis and the stand-ins for mail, payment and sign-in')
  const place = async (name: string) => {
    const { dataDir, environment: env } = site
    return { dataDir, env, port: await site.portOf(name), log: site.logOf(name), signal }
  }
  const nats = isOwn('NATS')
    ? await natsServer({ program: programs['nats-server'], ...(await place('nats')) })
    : undefined
  const redis = isOwn('REDIS')
    ? await redisServer({ program: programs['redis-server'], ...(await place('redis')) })
    : undefined
  const standIns = standInsOf(site)
  const others = await Promise.all(standIns.map((name) => sandbox(site, name)))
  if (options.traces) others.push(await traceViewer(site))
  const started = [nats, redis, ...others].flatMap((spec) => (spec ? [add(spec)] : []))
  const needsPostgres = site.layout.databases.some((name) => isOwn(`${variable(name)}_DATABASE`))
  const postgres = needsPostgres ? await postgresServer(await place('postgres')) : undefined
  if (postgres) started.push(add(postgres))
  const urls = { nats: nats?.url, redis: redis?.url, postgres: postgres?.url }
  Object.assign(record, await addressesOf(site, standIns, urls))
  if (options.traces) record.traces = await site.urlOf(viewer)
  save()
  await ready(started)

  progress('applying migrations')
  await migrate(site, record.databases, signal)

  progress(`starting ${site.layout.subgraphs.length} subgraphs and the router`)
  const identities = await readIdentities(site.dataDir, ['router', ...site.layout.subgraphs])
  const replicas = (name: string) => options.replicas?.[name] ?? 1
  const { rewire, standBack } = options
  const services = { site, record, identities, replicas, rewire, standBack }
  const specs = site.layout.subgraphs.flatMap((name) =>
    Array.from({ length: replicas(name) }, (_, index) => subgraph(services, name, index + 1)),
  )
  if (site.layout.hasRouter) specs.push(router(services))
  const own = await Promise.all(specs)
  await ready(own.map(add))
  if (options.observe) {
    const targets = own.flatMap(({ name, managementUrl }) =>
      managementUrl ? [{ service: name.replace(/#\d+$/, ''), managementUrl }] : [],
    )
    const where = { program: programs.prometheus, root: site.root, ...(await place('prometheus')) }
    const prometheus = await prometheusServer(where, targets, options.observe)
    record.prometheus = prometheus.url
    await ready([add(prometheus)])
  }

  if (options.demo) {
    const token = (account: string) => requestToken(record.tokenIssuer, account)
    await fillDemoData(site, { router: record.router, token, signal }, { progress, notice })
  }
  return (name, number) => subgraph(services, name, number)
}

/** The stand-ins that are needed: those for which the environment does not name the real thing. */
function standInsOf({ layout, given }: Site): string[] {
  return layout.sandboxes.filter((name) => {
    if (name === 'payment-provider' && given.PAYMENT_PROVIDER === 'stripe') return false
    return !given[STANDS_IN_FOR[name] ?? '']
  })
}

/** Where everything is: private servers and stand-ins, or what the environment names in their place. */
async function addressesOf(
  site: Site,
  standIns: readonly string[],
  own: { nats?: string; redis?: string; postgres?: string },
): Promise<Partial<SystemRecord>> {
  const { given, layout, urlOf, portOf } = site
  const standIn = async (name: string) => (standIns.includes(name) ? urlOf(name) : null)
  const database = (name: string) =>
    given[`${variable(name)}_DATABASE_URL`] ?? `${own.postgres}/myhotel_${name}`
  return {
    nats: own.nats ?? given.NATS_URL,
    redis: own.redis ?? given.REDIS_URL,
    databases: Object.fromEntries(layout.databases.map((name) => [name, database(name)])),
    mail: await standIn('mail-catcher'),
    smtp: given.SMTP_URL ?? `smtp://127.0.0.1:${await portOf('smtp')}`,
    paymentProvider: given.PAYMENT_PROVIDER_URL ?? (await standIn('payment-provider')),
    tokenIssuer: given.TOKEN_ISSUER ?? (await urlOf('identity-provider')),
    playground: `${await urlOf('router')}/`,
    router: `${await urlOf('router')}/graphql`,
  }
}

/** In a process of its own: the migration engine would stay in the launcher's memory. */
async function migrate(site: Site, databases: Record<string, string>, signal?: AbortSignal): Promise<void> {
  const urls = Object.entries(databases).map(([name, url]) => [`${variable(name)}_DATABASE_URL`, url])
  const [command = '', ...args] = site.command('tools/migrate.ts', 'apply', ...Object.keys(databases))
  const env = { ...site.nodeEnvironment, ...Object.fromEntries(urls) }
  const done = await runCommand(command, args, { cwd: site.root, env, signal }).catch((error) => {
    signal?.throwIfAborted()
    throw new Error(`The databases could not be migrated.\n${error.stderr}`, { cause: error })
  })
  await writeFile(site.logOf('migrations'), done.stdout, { flag: 'a' })
}
