import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { extensionsOf } from '../../migrate/administrator.ts'

/** A program of MyHotel as a cluster runs it: the router, or a subgraph. */
export type Workload = {
  /** Of its folder, its Deployment, its Services, its Secret and everything else. */
  readonly name: string
  readonly kind: 'router' | 'subgraph'
  /** How much the others need it; the router is core. */
  readonly rank: 'core' | 'general' | 'supporting'
  /** Whether it has a database, which has its name. */
  readonly hasDatabase: boolean
  /** Extensions of PostgreSQL that its migrations ask for. */
  readonly extensions: readonly string[]
  /** Names of those it opens connections to: workloads, stores, and what is outside. */
  readonly calls: readonly string[]
}

type PackageJson = { rank?: Workload['rank']; calls?: string[] }

/**
 * All workloads, the router first, from the folders of `root` and what each package.json says: `rank`, and `calls`, the
 * one table of who calls whom. The router calls every subgraph.
 */
export async function readWorkloads(root: string): Promise<Workload[]> {
  const folders = await readdir(join(root, 'subgraphs'))
  const names = folders.filter((name) => existsSync(join(root, 'subgraphs', name, 'package.json'))).sort()
  const subgraphs = await Promise.all(
    names.map(async (name): Promise<Workload> => {
      const { rank = 'supporting', calls = [] } = await readPackage(root, `subgraphs/${name}`)
      const hasDatabase = existsSync(join(root, 'prisma', name))
      const extensions = hasDatabase ? await extensionsOf(name, join(root, 'prisma')) : []
      return { name, kind: 'subgraph', rank, hasDatabase, extensions, calls }
    }),
  )
  const { calls = [] } = await readPackage(root, 'router')
  const router = { name: 'router', kind: 'router', rank: 'core', hasDatabase: false, extensions: [] } as const
  return [{ ...router, calls: [...names, ...calls] }, ...subgraphs]
}

const readPackage = async (root: string, folder: string): Promise<PackageJson> =>
  JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))

/** `service-center` → `SERVICE_CENTER`: the part of an environment variable that names a workload. */
export const variable = (name: string) => name.toUpperCase().replaceAll('-', '_')

/** The variables that are in the Secret of a workload: keys, and addresses with a password in them. */
export function secretVariables(
  { name, kind, hasDatabase, calls }: Workload,
  all: readonly Workload[],
): string[] {
  const signs = kind === 'router' || all.some((other) => calls.includes(other.name))
  return [
    ...(signs ? ['IDENTITY_PRIVATE_KEY'] : []),
    ...(hasDatabase ? [`${variable(name)}_DATABASE_URL`] : []),
    ...(calls.includes('nats') ? ['NATS_URL'] : []),
    ...(calls.includes('redis') ? ['REDIS_URL'] : []),
  ]
}

/** Secrets for those that are outside of MyHotel, by whom one calls. */
const secretsOfOutside: Readonly<Record<string, readonly string[]>> = {
  'payment-provider': ['STRIPE_SECRET_KEY'],
  'mail-server': ['SMTP_URL'],
  'push-services': ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'],
}

/** The variables with which a workload makes itself known outside; a sandbox wants none. */
export const outsideSecrets = ({ calls }: Workload): string[] =>
  calls.flatMap((callee) => secretsOfOutside[callee] ?? [])
