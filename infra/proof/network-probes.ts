import type { Reached, Target } from './client/connects.ts'
import type { Answered } from './client/plain-requests.ts'
import { eventually } from './eventually.ts'
import { idle, restricted } from './in-cluster.ts'
import { NAMESPACE } from './kubectl.ts'
import type { Pod } from './objects.ts'
import type { Context } from './proof.ts'

/** A pod that looks to network policies like a pod of somebody else's, and takes no requests of theirs. */
export type Probe = {
  /** Whom it looks like. */
  readonly name: string
  reach(targets: readonly Target[]): Promise<Reached[]>
  request(urls: readonly string[]): Promise<Answered[]>
}

const readyWithinMs = 90_000
const answeredWithinMs = 60_000
/** Never true, so that no Service sends requests to a probe. */
const gate = 'myhotel.example/never'
const mark = { 'myhotel.example/probe': 'true' }
const podOf = (name: string) => `probe-${name}`

/** Starts a pod with each set of labels, uses all of them, and takes them away. */
export async function withProbes<Result>(
  context: Context,
  labels: ReadonlyMap<string, Readonly<Record<string, string>>>,
  use: (probes: readonly Probe[]) => Promise<Result>,
): Promise<Result> {
  const { kubectl, image, signal } = context
  const names = [...labels.keys()]
  try {
    await kubectl.apply(...names.map((name) => manifest(name, labels.get(name) ?? {}, image)))
    const run = async () => {
      const pods = await kubectl.list<Pod>('pods', { selector: 'myhotel.example/probe' })
      return pods.length === names.length && pods.every(({ status }) => status.containerStatuses?.[0]?.ready)
    }
    await eventually('all probes run', readyWithinMs, run, { signal })
    return await use(names.map((name) => probe(context, name)))
  } finally {
    await kubectl.run([
      'delete',
      'pods',
      '--namespace',
      NAMESPACE,
      '--selector',
      'myhotel.example/probe',
      '--wait=false',
    ])
  }
}

function probe({ kubectl }: Context, name: string): Probe {
  async function run<Result>(script: string, options: readonly unknown[]): Promise<Result> {
    const program = ['/usr/bin/node', `/app/infra/proof/client/${script}.ts`, JSON.stringify(options)]
    const args = ['exec', '--namespace', NAMESPACE, podOf(name), '--', ...program]
    return JSON.parse(await kubectl.run(args, { withinMs: answeredWithinMs }))
  }
  return {
    name,
    reach: (targets) => run('connects', targets),
    request: (urls) => run('plain-requests', urls),
  }
}

const manifest = (name: string, labels: Readonly<Record<string, string>>, image: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: podOf(name), namespace: NAMESPACE, labels: { ...labels, ...mark } },
  spec: {
    ...{ automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 1 },
    readinessGates: [{ conditionType: gate }],
    securityContext: restricted.pod,
    containers: [
      {
        ...{ name: 'probe', image, imagePullPolicy: 'IfNotPresent', command: idle },
        resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '256Mi' } },
        securityContext: restricted.container,
      },
    ],
  },
})
