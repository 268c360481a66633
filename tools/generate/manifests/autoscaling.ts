import type { Manifest } from './base.ts'
import { component, list } from './component.ts'
import type { Workload } from './workloads.ts'

/** More than others need of what supports them would only take their processors and connections. */
const mostPods = { core: 10, general: 10, supporting: 4 } as const

/** An autoscaler for each workload. */
export function autoscaling(workloads: readonly Workload[]): Manifest[] {
  const files = workloads.map(({ name, rank }) => ({
    path: `components/autoscaling/${name}.yaml`,
    text: autoscaler(name, rank),
  }))
  const resources = list(workloads.map(({ name }) => `${name}.yaml`))
  return [
    {
      path: 'components/autoscaling/kustomization.yaml',
      text: component(`resources:\n${resources}\n`),
    },
    ...files,
  ]
}

/** By the processor time of MyHotel's own container: what a sidecar takes says nothing of its work. */
const autoscaler = (name: string, rank: Workload['rank']) => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: myhotel
    myhotel.example/rank: ${rank}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: ${name}
  minReplicas: 1
  maxReplicas: ${mostPods[rank]}
  metrics:
    - type: ContainerResource
      containerResource:
        name: cpu
        container: myhotel
        target:
          type: Utilization
          averageUtilization: 70
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 60
`
