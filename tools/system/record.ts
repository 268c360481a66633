import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessIdentity } from './os-process.ts'

export type Kind = 'infrastructure' | 'sandbox' | 'subgraph' | 'router'

/** The order in which a system is stopped: first who asks, then who answers. */
export const STOP_ORDER: readonly Kind[] = ['router', 'subgraph', 'sandbox', 'infrastructure']

/** One process of the system, as tools find it in processes.json. */
export type ProcessEntry = {
  /** `book`, `router`, `nats`; a further replica is `book#2`. */
  name: string
  kind: Kind
  /** `waiting`: it died and is started again soon. `stopped`: somebody wants it so. */
  state: 'running' | 'waiting' | 'stopped'
  /** Null while it does not run. */
  pid: number | null
  /** Together with the pid names the process for ever; null while it does not run. */
  started: string | null
  /** Base URL: of HTTP for services and sandboxes, of its own protocol for a server. */
  url: string
  /** Where it can be reached by another protocol, e.g. the mail catcher by SMTP. */
  smtpUrl?: string
  /** Where a service tells how it is: /livez, /readyz, /metrics. */
  managementUrl?: string
  /** How often it died and was started again. */
  restarts: number
  log: string
  /** The signal that asks it to end in order; SIGTERM unless told. */
  stopSignal?: NodeJS.Signals
}

/** What `<data-dir>/processes.json` holds while a system runs. Rewritten at every change. */
export type SystemRecord = {
  state: 'starting' | 'running' | 'stopping'
  launcher: ProcessIdentity
  dataDir: string
  /** Where clients send GraphQL. */
  router: string
  playground: string
  /** URL of each subgraph's database. */
  databases: Record<string, string>
  nats: string
  redis: string
  /** HTTP API of the mail catcher, null where mail goes to a server given by SMTP_URL. */
  mail: string | null
  smtp: string
  /** HTTP API of the payment provider's sandbox, null with Stripe. */
  paymentProvider: string | null
  tokenIssuer: string
  /** The Prometheus that collects the system's figures, null where there is none. */
  prometheus: string | null
  /** The page that shows traces, where they are recorded; it also takes them, by OTLP. */
  traces?: string
  processes: ProcessEntry[]
}

const pathOf = (dataDir: string) => join(dataDir, 'processes.json')

/** What is written about the system of a data directory, or null. It may have died since. */
export function readRecord(dataDir: string): SystemRecord | null {
  try {
    return JSON.parse(readFileSync(pathOf(dataDir), 'utf8')) as SystemRecord
  } catch {
    return null
  }
}

/**
 * Replaces the record in one step, so that no reader sees half of it. Synchronous, so that no process runs
 * unrecorded. For its owner only: it holds the databases' passwords.
 */
export function writeRecord(dataDir: string, record: SystemRecord): void {
  mkdirSync(dataDir, { recursive: true })
  const draft = `${pathOf(dataDir)}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, pathOf(dataDir))
}

export function removeRecord(dataDir: string): void {
  rmSync(pathOf(dataDir), { force: true })
}
