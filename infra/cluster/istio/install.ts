import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../../../tools/system/command.ts'
import { buildPrograms, folderOf } from '../build.ts'
import { buildImage } from '../images.ts'
import type { Cluster } from '../open.ts'
import { meshPrograms } from '../versions.ts'
import { operator, SYSTEM } from './operator.ts'
import { meshStandIns } from './stand-ins.ts'

const readyWithin = '240s'

/** Builds Istio's programs and images, as far as they are not in the cache yet. @returns the archives of the images */
export async function buildMesh(signal?: AbortSignal): Promise<string[]> {
  await buildPrograms(meshPrograms, signal)
  const standIns = Object.entries(await meshStandIns())
  return Promise.all(
    standIns.map(([repository, standIn]) =>
      buildImage(
        repository,
        standIn.tags.map((tag) => `${repository}:${tag}`),
        standIn,
      ),
    ),
  )
}

/**
 * Installs Istio's control plane in the local cluster, by Istio's own manifests: istiod, the injection of sidecars, and
 * the plugin of the nodes' network. Pods that run stay as they are.
 *
 * @throws where the cluster is not a local one, or Istio is not ready in time
 */
export async function installMesh({ local, kubectl }: Cluster, signal?: AbortSignal): Promise<void> {
  if (!local) throw new Error('Istio is installed by this command in the local cluster alone.')
  for (const archive of await buildMesh(signal)) await local.importArchive(archive)
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM } }
  await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(namespace))
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], await render(signal))
  for (const workload of ['deployment/istiod', 'daemonset/istio-cni-node'])
    await kubectl(['rollout', 'status', workload, '--namespace', SYSTEM, '--timeout', readyWithin])
}

/** Istio's own manifests, by its own program. */
async function render(signal?: AbortSignal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istio-'))
  try {
    const file = join(folder, 'operator.json')
    await writeFile(file, JSON.stringify(operator))
    const istioctl = join(folderOf('istio', meshPrograms.istio), 'istioctl')
    return (await runCommand(istioctl, ['manifest', 'generate', '--filename', file], { signal })).stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}
