import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { bringUp } from './bring-up.ts'
import { requestToken } from './client.ts'
import { claimDataDir } from './data-dir.ts'
import { boundLogs } from './logs.ts'
import type { SystemOptions } from './options.ts'
import { identify } from './os-process.ts'
import { guardAgainstKill } from './reaping.ts'
import { type ProcessEntry, removeRecord, STOP_ORDER, type SystemRecord, writeRecord } from './record.ts'
import { type ProcessSpec, type Supervised, supervise } from './supervisor.ts'

export type { SystemOptions } from './options.ts'
export type { ProcessEntry, SystemRecord } from './record.ts'

/** A running system. Names are those of the folders, and `postgres`, `nats`, `redis`; replicas `book#2`. */
export type System = {
  readonly record: SystemRecord
  readonly processes: readonly ProcessEntry[]
  /** Base URL of a process. What the environment names instead of a process of ours is in `record`. */
  url(name: string): string
  /** Base URL of /livez, /readyz and /metrics of a service. */
  managementUrl(name: string): string
  databaseUrl(name: string): string
  /** An access token for a development account: `guest1`, `host7`, `agent1`. */
  token(account: string): Promise<string>
  /** The file with all that a process wrote. */
  logFile(name: string): string
  /** Sends a signal (SIGKILL unless told) as somebody outside would; what dies of it is started again. */
  kill(name: string, signal?: NodeJS.Signals): void
  /** Ends a process in order and leaves it down. */
  stop(name: string): Promise<void>
  /** Starts what was stopped; see `waitReady`. */
  start(name: string): Promise<void>
  /** Starts one more process of a subgraph and gives its name. */
  addReplica(name: string): Promise<string>
  /** Waits until a process says that it is ready; rejects with the end of its log after 60 s. */
  waitReady(name: string, withinMs?: number): Promise<void>
  /** Stops all in order. Called again it waits for the same end. */
  stopAll(): Promise<void>
  /** Ends all at once, in no order, also where `stopAll` is under way; it resolves soon then. */
  quitAll(): void
}

/** What a start that is given up leaves for stopping in order; all of a system lives through being ended at once. */
const GIVE_UP_WITHIN_MS = 1_500

/**
 * Starts a whole system, each part its own process, and resolves when all are ready. Everything ends with this
 * process, even if it is killed. Does not touch this process otherwise: no signal handlers, no exit.
 *
 * @throws in a sentence when the system cannot start; nothing is left running then
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const claim = await claimDataDir(options.dataDir, options)
  const { dataDir } = claim
  const logs = join(dataDir, 'logs')
  const unboundLogs = boundLogs(logs)
  const guard = guardAgainstKill(dataDir, join(logs, 'launcher.log'))
  const supervised = new Map<string, Supervised>()
  const record = emptyRecord(dataDir)
  let stopped: Promise<void> | undefined
  /** Settles when nothing more is being started. */
  let begun: Promise<unknown> = Promise.resolve()

  const save = () => {
    record.processes = [...supervised.values()].map((process) => process.entry())
    writeRecord(dataDir, record)
  }
  const note = (line: string) =>
    appendFileSync(join(logs, 'launcher.log'), `${new Date().toISOString()} ${line}\n`)
  const notice = (line: string) => {
    note(line)
    options.log?.(line)
  }
  const get = (name: string): Supervised => {
    const found = supervised.get(name)
    if (!found)
      throw new Error(`no process is called ${name}; there are ${[...supervised.keys()].join(', ')}`)
    return found
  }
  const add = (spec: ProcessSpec): Supervised => {
    if (stopped) throw new Error('the system is being stopped')
    const process = supervise(spec, save, notice)
    supervised.set(spec.name, process)
    process.start()
    return process
  }

  async function stopInOrder(): Promise<void> {
    record.state = 'stopping'
    save()
    for (const kind of STOP_ORDER) {
      const ofKind = [...supervised.values()].filter(({ spec }) => spec.kind === kind)
      await Promise.all(ofKind.map((process) => process.stop()))
    }
    await begun.catch(() => {})
    unboundLogs()
    removeRecord(dataDir)
    guard.dismiss()
    claim.release()
  }
  const stopAll = () => {
    stopped ??= stopInOrder()
    return stopped
  }
  const quitAll = () => {
    for (const process of supervised.values()) process.quit()
  }
  /** In order, but only as far as that goes quickly: who gives up does not want to wait. */
  async function giveUp(): Promise<void> {
    const timer = setTimeout(quitAll, GIVE_UP_WITHIN_MS)
    await stopAll()
    clearTimeout(timer)
  }

  save()
  try {
    const up = bringUp({ ...options, dataDir, record, save, add, notice })
    begun = up
    const replicaOf = await orAborted(up, options.signal)
    record.state = 'running'
    save()
    return {
      record,
      get processes() {
        return record.processes
      },
      url: (name) => get(name).spec.url,
      managementUrl(name) {
        const { managementUrl } = get(name).spec
        if (!managementUrl) throw new Error(`${name} has no management port`)
        return managementUrl
      },
      databaseUrl(name) {
        const url = record.databases[name]
        if (!url) throw new Error(`${name} has no database`)
        return url
      },
      token: (account) => requestToken(record.tokenIssuer, account),
      logFile: (name) => get(name).spec.log,
      kill(name, signal = 'SIGKILL') {
        if (!get(name).kill(signal)) throw new Error(`${name} does not run`)
      },
      stop: (name) => get(name).stop(),
      start: async (name) => get(name).start(),
      async addReplica(name) {
        const number = [...supervised.keys()].filter((other) => other.startsWith(`${name}#`)).length + 2
        return add(await replicaOf(name, number)).spec.name
      },
      waitReady: (name, withinMs = 60_000) => get(name).waitReady(withinMs),
      stopAll,
      quitAll,
    }
  } catch (error) {
    note(inspect(error))
    await giveUp()
    throw error
  }
}

function emptyRecord(dataDir: string): SystemRecord {
  return {
    state: 'starting',
    launcher: identify(process.pid) ?? { pid: process.pid, started: '' },
    dataDir,
    router: '',
    playground: '',
    databases: {},
    nats: '',
    redis: '',
    mail: null,
    smtp: '',
    paymentProvider: null,
    tokenIssuer: '',
    prometheus: null,
    processes: [],
  }
}

/** The result of `work`, or a rejection as soon as the signal is given. */
function orAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('stopped before it was ready'))
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort))
  })
}
