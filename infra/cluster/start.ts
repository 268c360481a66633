import { mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { folderOf } from './build.ts'
import { createCertificates, startControllers, startServers } from './control-plane.ts'
import { describeVersions } from './describe.ts'
import { buildImages, importArchive, ownArchives } from './images.ts'
import { clusterEnvironment, inNetwork, type Kubectl, kubectlBehind } from './kubectl.ts'
import { type Machine, runIn, startMachine } from './machine.ts'
import { layControlNetwork, routeServicesBy } from './network.ts'
import { createNodeCertificate, nodeName, startKubelet, startNode } from './node.ts'
import { RUN } from './paths.ts'
import { writeRecord } from './record.ts'
import { createVolumes } from './storage.ts'
import { goPrograms, meshPrograms } from './versions.ts'

const ADDONS = join(import.meta.dirname, 'addons')

export type StartOptions = { nodes: number; say: (line: string) => void; signal?: AbortSignal }

/**
 * Starts a cluster whose programs are built: the control plane, nodes with containerd and kubelet, CoreDNS,
 * metrics-server, policies and volumes. Returns when all of it is ready. Nothing may be left of an earlier one.
 */
export async function startCluster({ nodes, say, signal }: StartOptions): Promise<void> {
  const { archives, conversions } = await buildImages()
  signal?.throwIfAborted()
  await linkPrograms()
  say('certificates')
  const numbers = Array.from({ length: nodes }, (_, index) => index + 1)
  await createCertificates()
  await Promise.all(numbers.map(createNodeCertificate))
  const volumes = await createVolumes()
  signal?.throwIfAborted()

  say('control plane')
  const control = await startMachine('control')
  await layControlNetwork(control)
  await startServers(control)
  const kubectl = kubectlBehind(inNetwork(control), clusterEnvironment())
  const machines = await Promise.all(numbers.map((number) => startNode(control, number, nodes)))
  await writeRecord({
    control,
    nodes: machines,
    versions: await describeVersions(),
    conversions,
    ready: false,
  })
  await routeServicesBy(control, 1)

  say(`nodes and ${archives.length} images`)
  const serving = patiently(() => kubectl(['get', '--raw', '/readyz']), signal).then(() =>
    startControllers(control),
  )
  await Promise.all([serving, ...machines.map((machine) => importAll(machine, archives, signal))])
  await Promise.all(machines.map((machine, index) => startKubelet(machine, index + 1)))
  await applyAddons(kubectl, volumes, signal)

  say('CoreDNS and metrics-server')
  await waitUntilReady(kubectl, numbers.map(nodeName), signal)
  for (const archive of await ownArchives()) {
    signal?.throwIfAborted()
    await Promise.all(machines.map((machine) => importArchive(machine, archive)))
  }
  await writeRecord({
    control,
    nodes: machines,
    versions: await describeVersions(),
    conversions,
    ready: true,
  })
}

/** One folder with all programs, for PATH. */
export async function linkPrograms(): Promise<void> {
  const bin = join(RUN, 'bin')
  await rm(bin, { recursive: true, force: true })
  await mkdir(bin, { recursive: true })
  for (const [name, program] of Object.entries({ ...goPrograms, ...meshPrograms })) {
    const folder = folderOf(name, program)
    for (const file of await readdir(folder).catch(() => []))
      await symlink(join('../../programs', folder.slice(folder.lastIndexOf('/') + 1), file), join(bin, file))
  }
}

/** containerd must be serving first. */
async function importAll(machine: Machine, archives: readonly string[], signal?: AbortSignal): Promise<void> {
  await patiently(() => runIn(machine, 'ctr', 'version'), signal)
  for (const archive of archives) {
    signal?.throwIfAborted()
    await importArchive(machine, archive)
  }
}

async function applyAddons(
  kubectl: Kubectl,
  volumes: readonly object[],
  signal?: AbortSignal,
): Promise<void> {
  const files = (await readdir(ADDONS)).filter((file) => file.endsWith('.yaml'))
  const texts = await Promise.all(files.map((file) => readFile(join(ADDONS, file), 'utf8')))
  const documents = [...texts, ...volumes.map((volume) => JSON.stringify(volume))].join('\n---\n')
  await patiently(
    () => kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], documents),
    signal,
  )
}

async function waitUntilReady(
  kubectl: Kubectl,
  nodes: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const wait = (...args: string[]) => patiently(() => kubectl(['wait', '--timeout=5s', ...args]), signal)
  await wait('--for=condition=Ready', ...nodes.map((node) => `node/${node}`))
  await wait(
    '--namespace=kube-system',
    '--for=condition=Available',
    'deployment/coredns',
    'deployment/metrics-server',
  )
  await wait('--for=condition=Available', 'apiservice/v1beta1.metrics.k8s.io')
}

/** Far longer than anything here takes on a busy computer. */
const PATIENCE_MS = 180_000

/** Tries until it works. @throws what was wrong the last time, or the reason of `signal` */
export async function patiently<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      signal?.throwIfAborted()
      if (Date.now() > deadline) throw error
      await delay(200)
    }
  }
}
