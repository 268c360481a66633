import type { Manifest } from './base.ts'
import { secretVariables, type Workload } from './workloads.ts'

/** What components/ has for each workload. */
export function componentsOf(workloads: readonly Workload[]): Manifest[] {
  return [...autoscaling(workloads), wantedSecrets(workloads)]
}

const component = (body: string) => `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
${body}`

const list = (names: readonly string[]) => names.map((name) => `  - ${name}`).join('\n')

/** More than others need of what supports them would only take their processors and connections. */
const mostPods = { core: 10, general: 10, supporting: 4 } as const

function autoscaling(workloads: readonly Workload[]): Manifest[] {
  const files = workloads.map(({ name, rank }) => ({
    path: `components/autoscaling/${name}.yaml`,
    text: autoscaler(name, rank),
  }))
  const resources = list(workloads.map(({ name }) => `${name}.yaml`))
  return [
    {
      path: 'components/autoscaling/kustomization.yaml',
      text: component(`namespace: myhotel\nresources:\n${resources}\n`),
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

/** Which variables the Job of development-secrets is to make up for whom. */
function wantedSecrets(workloads: readonly Workload[]): Manifest {
  const lines = workloads.map((one) => {
    const variables = secretVariables(one, workloads).map((variable) => `"${variable}"`)
    return `    "${one.name}": [${variables.join(', ')}]`
  })
  return {
    path: 'components/development-secrets/wanted.yaml',
    text: `apiVersion: v1
kind: ConfigMap
metadata:
  name: wanted-secrets
data:
  wanted.json: |
    {
${lines.join(',\n').replaceAll(/^/gm, '  ')}
    }
`,
  }
}
