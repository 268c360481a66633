import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createIdentity } from '@myhotel/kit/identity'

/** What there is to run, by folder name: nothing is listed a second time. */
export function readLayout(root: string) {
  const folders = (parent: string, holding: string) =>
    existsSync(join(root, parent))
      ? readdirSync(join(root, parent))
          .filter((name) => existsSync(join(root, parent, name, holding)))
          .sort()
      : []
  return {
    subgraphs: folders('subgraphs', 'src/main.ts'),
    databases: folders('prisma', 'migrations'),
    sandboxes: folders('tools/sandbox', 'main.ts'),
  }
}

/** `service-center` → `SERVICE_CENTER`: the part of an environment variable that names a folder. */
export const variable = (name: string) => name.toUpperCase().replaceAll('-', '_')

/** Variables that belong to npm, to a test run or to the launcher, or that are for one service only. */
const NOT_PASSED_ON = /^(npm_|VITEST|TEST_|MYHOTEL_|DATA_DIR$|NODE_ENV$|NODE_OPTIONS$)|_DATABASE_URL$/

/** What the processes of a system take over from the launcher's environment. */
export function inherited(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !NOT_PASSED_ON.test(name)))
}

/** Where the parts of a system find each other. */
export type Addresses = {
  /** Base URL of each subgraph. */
  subgraphs: Record<string, string>
  databases: Record<string, string>
  nats: string
  redis: string
  smtp: string
  tokenIssuer: string
  /** Null with a provider that needs no address (Stripe). */
  paymentProvider: string | null
}

/**
 * The environment of one subgraph or of the router, on top of what all have in common: where the others are,
 * its own database if it has one, and its identity.
 */
export function serviceEnvironment(
  name: string,
  port: number,
  addresses: Addresses,
  identities: Identities,
): NodeJS.ProcessEnv {
  const others = Object.entries(addresses.subgraphs).map(([other, url]) => [`${variable(other)}_URL`, url])
  const database = addresses.databases[name]
  return {
    ...Object.fromEntries(others),
    PORT: String(port),
    HOST: '127.0.0.1',
    NATS_URL: addresses.nats,
    REDIS_URL: addresses.redis,
    SMTP_URL: addresses.smtp,
    TOKEN_ISSUER: addresses.tokenIssuer,
    IDENTITY_KEYS: JSON.stringify({ keys: Object.values(identities).map(({ publicKey }) => publicKey) }),
    IDENTITY_PRIVATE_KEY: JSON.stringify(identities[name]?.privateKey),
    ...(database ? { [`${variable(name)}_DATABASE_URL`]: database } : {}),
    ...(addresses.paymentProvider ? { PAYMENT_PROVIDER_URL: addresses.paymentProvider } : {}),
  }
}

export type Identities = Record<string, Awaited<ReturnType<typeof createIdentity>>>

/** The key pairs by which services know each other, kept in `<data-dir>/identity.json`; made for new names. */
export async function readIdentities(dataDir: string, names: readonly string[]): Promise<Identities> {
  const file = join(dataDir, 'identity.json')
  const identities: Identities = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  for (const name of names) identities[name] ??= await createIdentity(name)
  writeFileSync(file, JSON.stringify(identities, null, 2), { mode: 0o600 })
  return identities
}

/** Whether a service says at `path` that all is well. */
export async function isWell(url: string, path: '/livez' | '/readyz'): Promise<boolean> {
  const response = await fetch(new URL(path, url), { signal: AbortSignal.timeout(2_000) })
  await response.arrayBuffer()
  return response.ok
}
