import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { withClient } from '@myhotel/kit/postgres'
import { type Api, createApi } from '../api/client.ts'
import { type System, startSystem } from '../system/index.ts'
import { createProxy, type TcpProxy } from './proxy.ts'

/** What stands between the services and the servers that they use; each can be put under bad weather. */
const proxied = {
  postgres: /_DATABASE_URL$/,
  nats: /^NATS_URL$/,
  redis: /^REDIS_URL$/,
  provider: /^PAYMENT_PROVIDER_URL$/,
  payment: /^PAYMENT_URL$/,
} as const
export type Line = keyof typeof proxied

/** A system of its own that faults can be put into, and clients of its router. */
export type Stage = {
  readonly system: System
  readonly api: Api
  /** A word to whoever watches. */
  progress(line: string): void
  /** The proxies of a line: one for each address behind it. */
  line(name: Line): readonly TcpProxy[]
  /** Lets the next process of a subgraph that passes a failpoint get a signal, SIGKILL unless told. */
  arm(subgraph: string, failpoint: string, signal?: NodeJS.Signals): void
  /** Whether nobody has passed it yet. */
  isArmed(subgraph: string, failpoint: string): boolean
  disarm(subgraph: string, failpoint: string): void
  /** Adds to the environment that a process has when it is started the next time. */
  tell(process: string, env: NodeJS.ProcessEnv): void
  /** Rows of a subgraph's database, or of a command there. */
  sql<Row extends object>(subgraph: string, statement: string): Promise<Row[]>
  /** Something to be undone when the system has been stopped; the latest first. */
  atClose(undo: () => Promise<unknown>): void
  close(): Promise<void>
}

export type StageOptions = {
  dataDir: string
  replicas?: Record<string, number>
  env?: Record<string, string>
  /** Added to the environment of single processes, from the beginning. */
  envOf?: Record<string, Record<string, string>>
  /** Where a proxy stands between; everywhere unless told. */
  lines?: readonly Line[]
  progress?: (line: string) => void
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { dataDir, replicas, env, envOf = {}, lines: wanted, progress = () => {} } = options
  const proxies = new Map<string, { line: Line; proxy: Promise<TcpProxy> }>()
  const environments = new Map<string, NodeJS.ProcessEnv>()
  const undone: (() => Promise<unknown>)[] = []
  const failpoints = (subgraph: string) => join(dataDir, 'failpoints', subgraph)

  async function rewire(process: string, given: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
    if (process === 'router') return given
    const subgraph = process.split('#')[0] ?? ''
    mkdirSync(failpoints(subgraph), { recursive: true })
    const preload = pathToFileURL(join(import.meta.dirname, 'preload.ts')).href
    const environment: NodeJS.ProcessEnv = { ...given, FAILPOINTS: failpoints(subgraph), ...envOf[process] }
    environment.NODE_OPTIONS = `${given.NODE_OPTIONS} --import=${preload}`
    for (const [line, variable] of Object.entries(proxied) as [Line, RegExp][]) {
      if (wanted && !wanted.includes(line)) continue
      for (const name of Object.keys(given).filter((each) => variable.test(each))) {
        environment[name] = await detour(line, given[name] ?? '')
      }
    }
    environments.set(process, environment)
    return environment
  }

  async function detour(line: Line, address: string): Promise<string> {
    const url = new URL(address)
    const known = proxies.get(url.host)
    const proxy = known?.proxy ?? createProxy({ host: url.hostname, port: Number(url.port) })
    if (!known) proxies.set(url.host, { line, proxy })
    return address.replace(url.host, `${url.hostname}:${(await proxy).port}`)
  }

  const system = await startSystem({ dataDir, replicas, env, rewire, log: progress, progress })
  const lines = await Promise.all(
    [...proxies.values()].map(async ({ line, proxy }) => ({ line, proxy: await proxy })),
  )
  const api = createApi({ url: system.record.router, token: (account) => system.token(account) })
  return {
    system,
    progress,
    api,
    line: (name) => lines.filter(({ line }) => line === name).map(({ proxy }) => proxy),
    arm: (subgraph, failpoint, signal = 'SIGKILL') =>
      writeFileSync(join(failpoints(subgraph), failpoint), signal),
    isArmed: (subgraph, failpoint) => existsSync(join(failpoints(subgraph), failpoint)),
    disarm: (subgraph, failpoint) => rmSync(join(failpoints(subgraph), failpoint), { force: true }),
    tell: (process, more) => void Object.assign(environments.get(process) ?? {}, more),
    sql: async (subgraph, statement) =>
      (await withClient(system.databaseUrl(subgraph), (client) => client.query(statement))).rows,
    atClose: (undo) => void undone.unshift(undo),
    async close() {
      await api.close().catch(() => undefined)
      await system.stopAll()
      for (const { proxy } of lines) proxy.close()
      for (const undo of undone) await undo()
    },
  }
}
