import { mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { folderOf } from './build.ts'
import { createCertificates, QUICKER, startControllers, startServers } from './control-plane.ts'
import { describeVersions } from './describe.ts'
import { imageStore, stock } from './image-store.ts'
import { buildImages, ownArchives } from './images.ts'
import { clusterEnvironment, inNetwork, type Kubectl, kubectlBehind } from './kubectl.ts'
import { startMachine } from './machine.ts'
import { layControlNetwork, routeServicesBy } from './network.ts'
import { createNodeCertificate, nodeName, startKubelet, startNode } from './node.ts'
import { RUN } from './paths.ts'
import { patiently } from './patience.ts'
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
  const numbers = Array.from({ length: nodes }, (_, index) => index + 1)
  say('images and certificates')
  await linkPrograms()
  const { archives, conversions } = await buildImages()
  const base = await imageStore(archives, { signal })
  const store = await imageStore(await ownArchives(), { base, signal })
  await createCertificates()
  await Promise.all(numbers.map(createNodeCertificate))
  await Promise.all(numbers.map((number) => stock(nodeName(number), store)))
  const volumes = await createVolumes()
  signal?.throwIfAborted()

  say('control plane and nodes')
  const control = await startMachine('control')
  await layControlNetwork(control)
  await startServers(control)
  const machines = await Promise.all(numbers.map((number) => startNode(control, number, nodes)))
  await routeServicesBy(control, 1)
  const versions = await describeVersions()
  const record = { control, nodes: machines, versions, conversions: [...conversions, ...quickened] }
  await writeRecord({ ...record, ready: false })
  const kubectl = kubectlBehind(inNetwork(control), clusterEnvironment(), signal)
  await patiently(() => kubectl(['get', '--raw', '/readyz']), signal)
  await startControllers(control)
  await Promise.all(machines.map((machine, index) => startKubelet(machine, index + 1)))
  await applyAddons(kubectl, volumes, signal)

  say('CoreDNS and metrics-server')
  await waitUntilReady(kubectl, numbers.map(nodeName), signal)
  await writeRecord({ ...record, ready: true })
}

/** What is not as Kubernetes has it by default. */
const quickened = Object.entries(QUICKER).map(([setting, given]) => ({
  asked: `the default of kube-controller-manager's ${setting}`,
  given,
}))

/** One folder with all programs, for PATH. */
async function linkPrograms(): Promise<void> {
  const bin = join(RUN, 'bin')
  await rm(bin, { recursive: true, force: true })
  await mkdir(bin, { recursive: true })
  for (const [name, program] of Object.entries({ ...goPrograms, ...meshPrograms })) {
    const folder = folderOf(name, program)
    for (const file of await readdir(folder).catch(() => []))
      await symlink(join('../../programs', folder.slice(folder.lastIndexOf('/') + 1), file), join(bin, file))
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
