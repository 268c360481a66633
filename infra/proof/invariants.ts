import type { LogLine } from './client/told.ts'
import { eventually } from './eventually.ts'
import { idle, restricted } from './in-cluster.ts'
import { type Kubectl, KubectlFailed, NAMESPACE } from './kubectl.ts'
import { type Deployment, isReady, type Pod } from './objects.ts'
import { type Figure, promised } from './proof.ts'

const POD = 'invariants'
const readyWithinMs = 60_000
const atRestWithinSeconds = 90
const countedWithinMs = 180_000

/**
 * Has the image's own entrypoint count the invariants, in a pod that has the settings and secrets of all services: with
 * what guests were told, and once nothing is under way any more.
 */
export async function countInvariants(
  kubectl: Kubectl,
  log: readonly LogLine[],
  { deployments, tell }: { deployments: readonly string[]; tell: (line: string) => void },
): Promise<Figure> {
  const services = await Promise.all(deployments.map((name) => kubectl.get<Deployment>('deployment', name)))
  await kubectl.apply(podOf(services))
  try {
    await eventually(`the pod "${POD}" is ready`, readyWithinMs, async () =>
      isReady(await kubectl.get<Pod>('pod', POD)),
    )
    tell(`counting the invariants, with ${log.length} answers that guests were given`)
    const entry = ['/usr/bin/node', '/app/infra/image/entry.ts', 'invariants', '--log', '-']
    const said = await kubectl
      .run(
        [
          ...['exec', '--stdin', '--namespace', NAMESPACE, POD, '--'],
          ...[...entry, '--within', String(atRestWithinSeconds)],
        ],
        { input: log.map((line) => `${JSON.stringify(line)}\n`).join(''), withinMs: countedWithinMs },
      )
      .catch((error: unknown) => {
        // It ends with 1 where something is violated, and has said what.
        if (error instanceof KubectlFailed && error.message.includes('VIOLATIONS')) return error.message
        throw error
      })
    return toFigure(said)
  } finally {
    await kubectl.remove('pod', POD)
  }
}

/** The figure of what `npm run invariants` printed. */
export function toFigure(said: string): Figure {
  const holding = said.match(/^I\d+ +holds/gm)?.length ?? 0
  const violated = said.match(/^I\d+ +\d+ VIOLATIONS.*(\n .*)*/gm) ?? []
  const measured = violated.length > 0 ? violated.join('\n').replace(/\s+/g, ' ') : `all ${holding} hold`
  return promised('invariants of bookings', measured, 'all hold', holding > 0 && violated.length === 0)
}

function podOf(services: readonly Deployment[]): object {
  const containers = services.map(({ spec }) => spec.template.spec.containers[0])
  const labels = { 'app.kubernetes.io/name': POD, 'app.kubernetes.io/part-of': 'myhotel' }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: POD, namespace: NAMESPACE, labels },
    spec: {
      ...{ automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 1 },
      securityContext: restricted.pod,
      containers: [
        {
          ...{ name: POD, image: containers[0]?.image, imagePullPolicy: 'IfNotPresent', command: idle },
          envFrom: containers.flatMap((container) => container?.envFrom ?? []),
          resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '2Gi' } },
          securityContext: restricted.container,
        },
      ],
    },
  }
}
