import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { ROOT, requestToken } from './client.ts'
import { OWNER_VARIABLE } from './leftovers.ts'
import type { SystemOptions } from './options.ts'
import { createPorts, isFree } from './ports.ts'
import { postgresServer } from './postgres.ts'
import type { SystemRecord } from './record.ts'
import { findPrograms, natsServer, redisServer } from './servers.ts'
import { inherited, isWell, readIdentities, readLayout, serviceEnvironment, variable } from './services.ts'
import type { ProcessSpec, Supervised } from './supervisor.ts'

const run = promisify(execFile)

/** What a machine that is busy with other things may take for one step. */
const READY_WITHIN_MS = 120_000

/** Which variable names the real thing, in whose presence the stand-in is not started. */
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
 * Starts all parts in the order in which they need each other, and fills in the record. Ports are settled
 * before the first process starts, so that each can be told where the others are.
 *
 * @returns URLs by name, and how to make a further replica of a subgraph
 */
export async function bringUp(options: Options) {
  const { dataDir, record, save, add, notice, signal, progress = () => {}, root = ROOT } = options
  const given: NodeJS.ProcessEnv = { ...process.env, ...options.env }
  const layout = readLayout(root)
  const portOf = createPorts(dataDir)
  const routerPort = await settleRouterPort(options.port ?? 0, portOf)
  const log = (name: string) => join(dataDir, 'logs', `${name}.log`)
  const own = { ...inherited(given), [OWNER_VARIABLE]: dataDir }
  const env = {
    TOKEN_AUDIENCE: 'myhotel',
    MAIL_FROM: 'MyHotel <no-reply@myhotel.example>',
    PAYMENT_PROVIDER: 'sandbox',
    ...own,
    NODE_OPTIONS: '--disable-warning=ExperimentalWarning --max-semi-space-size=8',
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node-compile'),
  }
  const node = (file: string) => [process.execPath, join(root, file)]
  const urlOf = async (name: string) => `http://127.0.0.1:${await portOf(name)}`
  const ready = (started: readonly Supervised[]) =>
    Promise.all(started.map((process) => process.waitReady(READY_WITHIN_MS)))

  progress('looking for nats-server and redis-server')
  const ownNats = !given.NATS_URL
  const ownRedis = !given.REDIS_URL
  const wanted = [
    ...(ownNats ? ['nats-server' as const] : []),
    ...(ownRedis ? ['redis-server' as const] : []),
  ]
  const programs = await findPrograms(wanted, notice, signal)

  progress('starting PostgreSQL, NATS, Redis and the stand-ins for mail, payment and sign-in')
  const place = async (name: string) => ({
    dataDir,
    port: await portOf(name),
    env: own,
    log: log(name),
    signal,
  })
  const databaseOf = (name: string) => given[`${variable(name)}_DATABASE_URL`]
  const ownPostgres = layout.databases.some((name) => !databaseOf(name))
  const infrastructure = await Promise.all([
    ownNats ? natsServer({ program: programs['nats-server'], ...(await place('nats')) }) : null,
    ownRedis ? redisServer({ program: programs['redis-server'], ...(await place('redis')) }) : null,
    ownPostgres ? postgresServer(await place('postgres')) : null,
  ])
  const servers = infrastructure.filter((spec) => spec !== null).map(add)
  const [nats, redis, postgres] = infrastructure

  const sandboxes = layout.sandboxes.filter((name) => !given[STANDS_IN_FOR[name] ?? ''])
  const stripe = given.PAYMENT_PROVIDER === 'stripe'
  for (const name of sandboxes) {
    if (name === 'payment-provider' && stripe) continue
    servers.push(add(await sandbox(name)))
  }
  const standIn = async (name: string) => (sandboxes.includes(name) ? urlOf(name) : null)
  record.nats = nats?.url ?? given.NATS_URL ?? ''
  record.redis = redis?.url ?? given.REDIS_URL ?? ''
  record.databases = Object.fromEntries(
    layout.databases.map((name) => [name, databaseOf(name) ?? `${postgres?.url}/myhotel_${name}`]),
  )
  record.mail = await standIn('mail-catcher')
  record.smtp = given.SMTP_URL ?? `smtp://127.0.0.1:${await portOf('mail-catcher-smtp')}`
  record.paymentProvider = stripe ? null : (given.PAYMENT_PROVIDER_URL ?? (await standIn('payment-provider')))
  record.tokenIssuer = given.TOKEN_ISSUER ?? (await urlOf('identity-provider'))
  record.playground = `http://127.0.0.1:${routerPort}/`
  record.router = `${record.playground}graphql`
  save()
  await ready(servers)

  progress('applying migrations')
  await migrate()

  const count = layout.subgraphs.length
  progress(`starting ${count} subgraphs and the router`)
  const identities = await readIdentities(dataDir, ['router', ...layout.subgraphs])
  const subgraphUrls: Record<string, string> = {}
  for (const name of layout.subgraphs) subgraphUrls[name] = await urlOf(name)
  const addresses = { ...record, subgraphs: subgraphUrls }
  const started: Supervised[] = []
  for (const name of layout.subgraphs) {
    for (let number = 1; number <= (options.replicas?.[name] ?? 1); number += 1) {
      started.push(add(await replicaOf(name, number)))
    }
  }
  if (existsSync(join(root, 'router/src/main.ts'))) started.push(add(router()))
  await ready(started)

  if (options.demo) await fillDemoData()
  return { urls: { nats: record.nats, redis: record.redis } as Record<string, string>, replicaOf }

  async function sandbox(name: string): Promise<ProcessSpec> {
    const port = await portOf(name)
    const url = `http://127.0.0.1:${port}`
    const cwd = join(dataDir, name)
    await mkdir(cwd, { recursive: true })
    const smtpPort = name === 'mail-catcher' ? await portOf('mail-catcher-smtp') : null
    return {
      ...{ name, kind: 'sandbox', url, log: log(name), cwd },
      ...(smtpPort ? { smtpUrl: `smtp://127.0.0.1:${smtpPort}` } : {}),
      command: node(`tools/sandbox/${name}/main.ts`),
      env: {
        ...env,
        PORT: String(port),
        HOST: '127.0.0.1',
        DATA_DIR: cwd,
        SMTP_PORT: String(smtpPort ?? ''),
      },
      isReady: () => isWell(url, '/livez'),
    }
  }

  /** In a process of its own: the migration engine would stay in the launcher's memory. */
  async function migrate(): Promise<void> {
    const urls = layout.databases.map((name) => [`${variable(name)}_DATABASE_URL`, record.databases[name]])
    const [command = '', ...args] = [...node('tools/migrate.ts'), 'apply', ...layout.databases]
    const environment = { ...env, ...Object.fromEntries(urls) }
    const done = await run(command, args, { cwd: root, env: environment, signal }).catch((error) => {
      throw new Error(`The databases could not be migrated.\n${error.stderr}`, { cause: error })
    })
    await writeFile(log('migrations'), done.stdout, { flag: 'a' })
  }

  async function replicaOf(subgraph: string, number: number): Promise<ProcessSpec> {
    const name = number === 1 ? subgraph : `${subgraph}#${number}`
    const port = await portOf(name)
    const url = `http://127.0.0.1:${port}`
    return {
      ...{ name, kind: 'subgraph', url, log: log(name), cwd: root },
      command: node(`subgraphs/${subgraph}/src/main.ts`),
      env: { ...env, ...serviceEnvironment(subgraph, port, addresses, identities) },
      isReady: () => isWell(url, '/readyz'),
    }
  }

  function router(): ProcessSpec {
    const url = `http://127.0.0.1:${routerPort}`
    const ownIssuer = sandboxes.includes('identity-provider')
    const playground = ownIssuer ? { PLAYGROUND_TOKEN_URL: `${record.tokenIssuer}/dev/token` } : {}
    return {
      ...{ name: 'router', kind: 'router', url, log: log('router'), cwd: root },
      command: node('router/src/main.ts'),
      env: { ...playground, ...env, ...serviceEnvironment('router', routerPort, addresses, identities) },
      isReady: () => isWell(url, '/readyz'),
    }
  }

  async function fillDemoData(): Promise<void> {
    const program = join(root, 'tools/demo/main.ts')
    const mark = join(dataDir, 'demo-data')
    if (existsSync(mark) || !existsSync(program)) return progress('demo data: nothing to do')
    progress('filling in demo data')
    const demo = (await import(pathToFileURL(program).href)) as { fillDemoData: FillDemoData }
    const token = (account: string) => requestToken(record.tokenIssuer, account)
    await demo.fillDemoData({ router: record.router, token })
    await writeFile(mark, 'filled in\n')
  }
}

type FillDemoData = (into: { router: string; token: (account: string) => Promise<string> }) => Promise<void>

async function settleRouterPort(port: number, portOf: (name: string) => Promise<number>): Promise<number> {
  if (port === 0) return portOf('router')
  if (await isFree(port)) return port
  throw new Error(
    `Port ${port} is taken by another program: choose another by --port N (0 takes a free one).`,
  )
}
