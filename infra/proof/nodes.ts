import { startClients } from './deploy.ts'
import { eventually } from './eventually.ts'
import { CLIENT_POD, CLIENTS } from './in-cluster.ts'
import { type Deployment, is, type Node, type Pod } from './objects.ts'
import { type Context, NotPossibleHere } from './proof.ts'

/**
 * A node that can be taken away: what exists once here, PostgreSQL above all, is on another one, and the clients go there.
 *
 * @throws NotPossibleHere where there is none
 */
export async function dispensableNode({ kubectl, image, signal }: Context): Promise<string> {
  const [nodes, once, clients] = await Promise.all([
    kubectl.list<Node>('nodes'),
    kubectl.list<Pod>('pods', {
      selector: 'app.kubernetes.io/name in (postgres,redis,payment-provider,identity-provider)',
    }),
    kubectl.get<Pod>('pod', CLIENT_POD, { namespace: CLIENTS }),
  ])
  const needed = new Set(once.map(({ spec }) => spec.nodeName))
  const node = nodes.find(
    ({ metadata, spec, status }) =>
      !needed.has(metadata.name) && !spec.unschedulable && is('Ready', status.conditions),
  )?.metadata.name
  if (!node)
    throw new NotPossibleHere('Every node has something that exists once: there is none to take away.')
  const [other] = needed
  if (clients.spec.nodeName === node) await startClients(kubectl, { image, node: other, signal })
  return node
}

/** Waits until each Deployment has pods on more than one node again, by replacing those that share one. */
export async function spreadOut(context: Context, replace: (name: string) => Promise<void>): Promise<void> {
  const pods = await context.kubectl.list<Pod>('pods')
  const crowded = context.deployments.filter((name) => {
    const own = pods.filter(
      ({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === name && !metadata.deletionTimestamp,
    )
    return own.length > 1 && new Set(own.map(({ spec }) => spec.nodeName)).size === 1
  })
  if (crowded.length > 0) context.tell(`spreading ${crowded.join(', ')} over the nodes`)
  await Promise.all(crowded.map(replace))
}

/** Samples how many pods of each Deployment are available, until it is told to stop; the fewest of each. */
export function watchAvailable(context: Context): { stop(): Promise<Map<string, number>> } {
  const fewest = new Map<string, number>()
  let stopped = false
  const watching = eventually(
    'the watch is stopped',
    3_600_000,
    async () => {
      for (const { metadata, status } of await context.kubectl.list<Deployment>('deployments')) {
        if (!context.deployments.includes(metadata.name)) continue
        const available = status.availableReplicas ?? 0
        fewest.set(metadata.name, Math.min(available, fewest.get(metadata.name) ?? available))
      }
      return stopped
    },
    { everyMs: 250 },
  )
  return {
    async stop() {
      stopped = true
      await watching
      return fewest
    },
  }
}
