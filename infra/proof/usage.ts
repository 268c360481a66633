import type { Named } from './kubectl.ts'
import type { Context } from './proof.ts'

type PodMetrics = Named & { readonly containers: readonly { readonly usage: { readonly cpu: string } }[] }

/** Processor time that each pod of a Deployment takes, in cores, as metrics-server tells it. */
export async function cpuOfPods({ kubectl }: Pick<Context, 'kubectl'>, name: string): Promise<number[]> {
  const where = { selector: `app.kubernetes.io/name=${name}` }
  const pods = await kubectl.list<PodMetrics>('podmetrics.metrics.k8s.io', where)
  return pods.map(({ containers }) => containers.reduce((sum, { usage }) => sum + cores(usage.cpu), 0))
}

/** A quantity of processors as Kubernetes writes it: `12m`, `123456n`, `2`. */
export function cores(quantity: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)([num]?)$/.exec(quantity) ?? []
  const factor = { n: 1e-9, u: 1e-6, m: 1e-3 }[unit] ?? 1
  if (number === '') throw new Error(`${quantity} is no quantity of processors`)
  return Number(number) * factor
}
