import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Identities } from './identities.ts'
import type { SystemOptions } from './options.ts'
import type { SystemRecord } from './record.ts'
import { type Site, variable, viewer } from './site.ts'
import type { ProcessSpec } from './supervisor.ts'

/**
 * Who stands back while everything else wants the processor. Mails and notices come after what they tell of; a guest who
 * books does not wait for those of others.
 */
const niceness: Readonly<Record<string, number>> = {
  notification: 10,
  'mail-catcher': 10,
  [viewer]: 10,
}

/** Who is to be started, on the addresses that the record holds, as whom. */
export type Services = {
  site: Site
  record: SystemRecord
  identities: Identities
  /** How many processes of a subgraph run from the beginning. */
  replicas: (subgraph: string) => number
  rewire?: SystemOptions['rewire']
  standBack?: SystemOptions['standBack']
}

/** The first process of a subgraph has its name, further ones are `book#2`, `book#3`. */
const replicaName = (subgraph: string, number: number) => (number === 1 ? subgraph : `${subgraph}#${number}`)

/** One process of a subgraph. */
export async function subgraph(services: Services, name: string, number: number): Promise<ProcessSpec> {
  const { site, record } = services
  const database = record.databases[name]
  return service(services, {
    name: replicaName(name, number),
    kind: 'subgraph',
    folder: `subgraphs/${name}`,
    niceness: services.standBack === false ? 0 : niceness[name],
    env: {
      ...(await addresses(services, (urls) => urls[(number - 1) % urls.length])),
      ...(database ? { [`${variable(name)}_DATABASE_URL`]: database } : {}),
      IDENTITY_PRIVATE_KEY: JSON.stringify(services.identities[name]?.privateKey),
      PORT: String(await site.portOf(replicaName(name, number))),
      // As in production: libraries check and explain less.
      NODE_ENV: 'production',
    },
  })
}

/** Rate limits that no load test on this machine reaches; what the operator says comes before them. */
const generous = {
  RATE_LIMIT_USER: '1000000',
  RATE_LIMIT_ADDRESS: '1000000',
  RATE_LIMIT_MUTATIONS: '1000000',
}

const rateLimitsOf = (given: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(given).filter(([name]) => name in generous))

/** The router, in the mode of development: with a playground, and tokens for it where accounts are ours. */
export async function router(services: Services): Promise<ProcessSpec> {
  const { site, record, identities } = services
  const ownIssuer = !site.given.TOKEN_ISSUER
  return service(services, {
    name: 'router',
    kind: 'router',
    folder: 'router',
    env: {
      ...generous,
      ...rateLimitsOf(site.given),
      ...(await addresses(services, (urls) => urls.join())),
      ...(ownIssuer ? { PLAYGROUND_TOKEN_URL: `${record.tokenIssuer}/dev/token` } : {}),
      IDENTITY_PRIVATE_KEY: JSON.stringify(identities.router?.privateKey),
      PORT: String(await site.portOf('router')),
    },
  })
}

/** Where the others are. `choose` says which of a subgraph's replicas are told of. */
async function addresses(
  { site, record, identities, replicas }: Services,
  choose: (urls: string[]) => string | undefined,
): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = {
    NATS_URL: record.nats,
    REDIS_URL: record.redis,
    SMTP_URL: record.smtp,
    TOKEN_ISSUER: record.tokenIssuer,
    IDENTITY_KEYS: JSON.stringify({ keys: Object.values(identities).map(({ publicKey }) => publicKey) }),
    ...(record.paymentProvider ? { PAYMENT_PROVIDER_URL: record.paymentProvider } : {}),
  }
  for (const name of site.layout.subgraphs) {
    const numbers = Array.from({ length: replicas(name) }, (_, index) => index + 1)
    const urls = await Promise.all(numbers.map((number) => site.urlOf(replicaName(name, number))))
    env[`${variable(name)}_URL`] = choose(urls)
  }
  return env
}

async function service(
  { site, rewire = async (_, env) => env }: Services,
  { folder, ...spec }: Pick<ProcessSpec, 'name' | 'kind' | 'env' | 'niceness'> & { folder: string },
): Promise<ProcessSpec> {
  const { name } = spec
  const url = await site.urlOf(name)
  const management = `${name}:management`
  const managementUrl = await site.urlOf(management)
  return {
    ...spec,
    url,
    managementUrl,
    log: site.logOf(name),
    cwd: site.root,
    command: site.command(`${folder}/src/main.ts`),
    env: await rewire(name, {
      ...site.nodeEnvironment,
      ...spec.env,
      MANAGEMENT_PORT: String(await site.portOf(management)),
    }),
    // One of an earlier version, which has no management port, tells it to clients.
    isReady: () => isWell(managementUrl, '/readyz').catch(() => isWell(url, '/readyz')),
  }
}

/** What shows traces to people. */
export const traceViewer = (site: Site): Promise<ProcessSpec> => sandbox(site, viewer, 'tools/observe')

/** A stand-in for the outside world, with a folder of its own for what it has to remember. */
export async function sandbox(site: Site, name: string, folder = 'tools/sandbox'): Promise<ProcessSpec> {
  const url = await site.urlOf(name)
  const cwd = join(site.dataDir, name)
  await mkdir(cwd, { recursive: true })
  const smtpPort = name === 'mail-catcher' ? await site.portOf('smtp') : undefined
  return {
    name,
    kind: 'sandbox',
    niceness: niceness[name],
    url,
    smtpUrl: smtpPort ? `smtp://127.0.0.1:${smtpPort}` : undefined,
    log: site.logOf(name),
    cwd,
    command: site.command(`${folder}/${name}/main.ts`),
    env: {
      ...site.nodeEnvironment,
      ...(smtpPort ? { SMTP_PORT: String(smtpPort) } : {}),
      PORT: String(await site.portOf(name)),
      DATA_DIR: cwd,
    },
    isReady: () => isWell(url, '/livez'),
  }
}

/** Whether a service says at `path` that all is well. */
async function isWell(url: string, path: '/livez' | '/readyz'): Promise<boolean> {
  const response = await fetch(new URL(path, url), { signal: AbortSignal.timeout(2_000) })
  await response.arrayBuffer()
  return response.ok
}
