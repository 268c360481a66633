import { eventually } from './eventually.ts'
import { idle } from './in-cluster.ts'
import type { Kubectl } from './kubectl.ts'
import { isReady, type Pod } from './objects.ts'

const NAMESPACE = 'myhotel-proof-hands'
const readyWithinMs = 60_000

/** A process of a container that is sent a signal from outside, as only its node can do it. */
export type Hand = {
  /** @param signal what the container's first process is sent: SIGSTOP, SIGKILL */
  send(pod: Pod, signal: NodeJS.Signals): Promise<void>
  close(): Promise<void>
}

/**
 * Pods with the power of a node over its processes, one on each node that is needed. The first process of a container
 * cannot be stopped or killed from inside. A namespace of their own lets them be; it is removed at the end.
 */
export function createHand(kubectl: Kubectl, image: string): Hand {
  const there = new Set<string>()

  async function on(node: string): Promise<string> {
    const name = `hand-${node}`
    if (there.has(node)) return name
    await kubectl.apply(...manifests(name, node, image))
    await eventually(`the pod ${name} is ready`, readyWithinMs, async () =>
      isReady(await kubectl.get<Pod>('pod', name, { namespace: NAMESPACE })),
    )
    there.add(node)
    return name
  }

  return {
    async send(pod, signal) {
      const name = await on(pod.spec.nodeName ?? '')
      const id = pod.status.containerStatuses?.[0]?.containerID?.replace(/^.*:\/\//, '') ?? ''
      const program = ['/usr/bin/node', '/app/infra/proof/client/signal.ts', id, signal]
      await kubectl.run(['exec', '--namespace', NAMESPACE, name, '--', ...program])
    },
    async close() {
      if (there.size > 0) await kubectl.remove('namespace', NAMESPACE)
    },
  }
}

function manifests(name: string, node: string, image: string): object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: NAMESPACE },
      spec: {
        ...{
          nodeName: node,
          hostPID: true,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 1,
        },
        containers: [
          {
            ...{ name: 'hand', image, imagePullPolicy: 'IfNotPresent', command: idle },
            securityContext: { privileged: true, runAsUser: 0, runAsNonRoot: false },
          },
        ],
      },
    },
  ]
}
