import type { Kubectl } from './kubectl.ts'
import type { Node, Pod } from './objects.ts'

/** What a cluster says of itself: Kubernetes, its nodes, and the images of what is not MyHotel. */
export async function readVersions(kubectl: Kubectl): Promise<Record<string, string>> {
  const [said, nodes, pods] = await Promise.all([
    kubectl.run(['version', '--output', 'json']),
    kubectl.list<Node>('nodes'),
    kubectl.list<Pod>('pods').catch(() => []),
  ])
  const { serverVersion } = JSON.parse(said) as { serverVersion: { gitVersion: string } }
  const runtimes = new Set(nodes.map(({ status }) => status.nodeInfo.containerRuntimeVersion))
  const images = pods.flatMap(({ spec }) => spec.containers.map(({ image }) => image))
  const others = images.filter((image) => !/(^|\/)myhotel(-[a-z]+)?:/.test(image))
  const parts = [...new Set(others)]
    .sort()
    .map((image) => /([^/]+):([^:]+)$/.exec(image) ?? [image, image, ''])
  return {
    Kubernetes: serverVersion.gitVersion.replace(/^v/, ''),
    nodes: `${nodes.length} (${[...runtimes].join(', ').replace('://', ' ')})`,
    ...Object.fromEntries(parts.map(([, name, version]) => [name, version])),
  }
}
