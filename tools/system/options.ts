import type { Observation } from './prometheus.ts'

/** How a system is to be started; see `startSystem`. */
export type SystemOptions = {
  /** Where everything lives: databases, streams, logs, processes.json. Made when it does not exist. */
  dataDir: string
  /** The router's port; 0, the default, takes a free one. */
  port?: number
  /** Whether a new system gets demo data; no unless told. */
  demo?: boolean
  /** How many processes of a subgraph run; one unless told. */
  replicas?: Record<string, number>
  /** Added to the launcher's environment for all services; also names services to be used (`NATS_URL`, …). */
  env?: Record<string, string>
  /**
   * Has the last word on the environment of a process of this repository, by its name (`book#2`): for tests that put
   * something between the processes, or give one of them another clock.
   */
  rewire?: (process: string, env: NodeJS.ProcessEnv) => Promise<NodeJS.ProcessEnv>
  /** Whether every request is recorded as a trace, and a page shows them; no unless told. */
  traces?: boolean
  /** Whether mails and notices stand back while others want the processor; yes unless told. */
  standBack?: boolean
  /** Empties the data directory first. */
  reset?: boolean
  /** The repository; another one in tests of the launcher itself. */
  root?: string
  /** Told in a sentence of what an operator should know, such as a process that died. */
  log?: (line: string) => void
  /** Told of each of the five steps of starting. */
  progress?: (step: string) => void
  /** Starts a Prometheus that collects the figures of all processes. */
  observe?: Observation
  /** Gives up starting. After that, use `stopAll`. */
  signal?: AbortSignal
}
