import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { type Lock, tryLock } from '../../tools/system/lock.ts'
import { afterDeath } from '../../tools/system/reaping.ts'
import { buildPrograms } from './build.ts'
import { fetchDefinitions } from './definitions.ts'
import type { Conversion } from './images.ts'
import { buildMesh } from './istio/install.ts'
import { clusterEnvironment } from './kubectl.ts'
import { isOn } from './machine.ts'
import { type Cluster, isElsewhere, openCluster } from './open.ts'
import { CACHE, LAST_LOGS } from './paths.ts'
import { readRecord } from './record.ts'
import { findRequirements } from './requirements.ts'
import { findLeftovers, type Population, type Snapshot, takeCensus, takeSnapshot } from './snapshot.ts'
import { startCluster } from './start.ts'
import { powerOffAll, stopCluster } from './stop.ts'
import { goPrograms } from './versions.ts'

export type Options = { nodes: number; mesh: boolean; say: (line: string) => void; signal: AbortSignal }

/** Builds what is not in the cache yet. */
export async function build({ mesh, say, signal }: Options): Promise<void> {
  if (isElsewhere())
    throw new Error('KUBECONFIG names a cluster: that one is used, and none is built or started here.')
  await findRequirements(say, signal)
  await buildPrograms(goPrograms, signal)
  await fetchDefinitions(signal)
  if (mesh) await buildMesh(signal)
}

/** Starts a cluster unless one runs. When it returns or throws, there is a whole one or none. */
export async function up(options: Options): Promise<void> {
  await alone(async () => {
    if (runs()) return options.say('A cluster runs already.')
    await build(options)
    await startGuarded(options)
  })
}

export async function down({ say }: Pick<Options, 'say'>): Promise<void> {
  await alone(async () => say((await stopCluster()) ? 'The cluster is taken down.' : 'There is no cluster.'))
}

/** What came of a cluster from its start to its end. */
export type Account = {
  /** The exit code of what was done with it. */
  code: number
  readyAfterMs: number
  stoppedWithinMs: number
  /** What is there now, by kind, and was not before. */
  left: Snapshot
  versions: Record<string, string>
  conversions: readonly Conversion[]
}

/** Starts a cluster, has `use` work with it, and takes it down, however `use` ends. @throws where one runs already */
export async function during(options: Options, use: (cluster: Cluster) => Promise<number>): Promise<Account> {
  return await alone(async () => {
    if (runs())
      throw new Error('A cluster runs already. Type: npm run cluster -- proofs, or first: … -- down')
    await build(options)
    const before = await takeSnapshot()
    const guard = postReaper()
    const used = { code: 1, readyAfterMs: 0, versions: {}, conversions: [] as readonly Conversion[] }
    let stopping = 0
    let census: Population = { processes: [], namespaces: [] }
    try {
      used.readyAfterMs = await startGuarded(options)
      const cluster = await openCluster()
      Object.assign(used, { versions: cluster.local?.versions, conversions: cluster.local?.conversions })
      used.code = await use(cluster)
    } finally {
      options.say('taking the cluster down …')
      census = await takeCensus()
      stopping = Date.now()
      await stopCluster()
      guard.dismiss()
    }
    const stoppedWithinMs = Date.now() - stopping
    return { ...used, stoppedWithinMs, left: await findLeftovers(before, census) }
  })
}

/** Runs a program of this computer in the cluster's network, and gives its exit code. */
export async function runInCluster(cluster: Cluster, command: readonly string[]): Promise<number> {
  const env = cluster.local ? clusterEnvironment() : process.env
  const [program = '', ...args] = [...(cluster.local?.inNetwork ?? []), ...command]
  const child = spawn(program, args, { stdio: 'inherit', env })
  const pass = (signal: NodeJS.Signals) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, pass)
  return await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, by) => resolve(code ?? 128 + (by ? constants.signals[by] : 0)))
  })
}

function runs(): boolean {
  const record = readRecord()
  return record?.ready === true && isOn(record.control)
}

/** @returns after how many milliseconds it was ready */
async function startGuarded(options: Options): Promise<number> {
  const guard = postReaper()
  const began = Date.now()
  // Whatever is being done on a machine ends with it.
  const breakOff = () => void powerOffAll()
  options.signal.addEventListener('abort', breakOff, { once: true })
  try {
    await stopCluster()
    await startCluster(options)
    const took = Date.now() - began
    options.say(`The cluster is ready after ${Math.round(took / 1000)} s.`)
    return took
  } catch (error) {
    await stopCluster()
    if (!options.signal.aborted) options.say(`What its servers said is in ${LAST_LOGS}.`)
    throw error
  } finally {
    options.signal.removeEventListener('abort', breakOff)
    guard.dismiss()
  }
}

/** Takes the cluster down if this process is killed. */
const postReaper = () => afterDeath([join(import.meta.dirname, 'reaper.ts')], '/dev/null')

/** One command at a time may start or stop the cluster. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  const lock: Lock | null = tryLock(CACHE)
  if (!lock)
    throw new Error('Another command is starting, stopping or using the cluster; wait until it is done.')
  try {
    return await work()
  } finally {
    lock.release()
  }
}
