import type { Manifest } from './base.ts'
import { component, list } from './component.ts'
import { variable, type Workload } from './workloads.ts'

/**
 * Istio: a breaker for each workload, and none of Istio's own retries. Callers call by the address of a Service, since
 * sidecars choose the pods themselves.
 */
export function mesh(workloads: readonly Workload[]): Manifest[] {
  const files = workloads.map((one) => ({ path: `components/istio/${one.name}.yaml`, text: rules(one) }))
  const resources = ['mtls.yaml', 'payment-provider.yaml', ...workloads.map(({ name }) => `${name}.yaml`)]
  const callers = workloads.filter(({ calls }) => calls.some((callee) => isWorkload(callee, workloads)))
  const text = component(`resources:
${list(resources)}
patches:
  - path: pods.yaml
    target:
      kind: Deployment
      labelSelector: app.kubernetes.io/component in (router, subgraph)
configMapGenerator:
${callers.map((one) => addresses(one, workloads)).join('')}`)
  return [{ path: 'components/istio/kustomization.yaml', text }, ...files]
}

const isWorkload = (name: string, all: readonly Workload[]) => all.some((other) => other.name === name)

function addresses({ name, calls }: Workload, all: readonly Workload[]): string {
  const callees = calls.filter((callee) => isWorkload(callee, all)).sort()
  return `  - name: ${name}
    behavior: merge
    literals:
${list(
  callees.map((callee) => `${variable(callee)}_URL=http://${callee}:4000`),
  '      ',
)}
`
}

/**
 * Subgraphs answer most faults with 200 and errors: a sidecar sees resets and 5xx only. It leaves out a pod that fails while
 * others do not; never all of them, since it would keep them out for longer each time, and callers have breakers of their
 * own for that. Retries are for callers, who know what was never sent.
 */
const rules = ({ name }: Workload) => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: myhotel
spec:
  host: ${name}
  trafficPolicy:
    connectionPool:
      tcp:
        maxConnections: 512
        connectTimeout: 1s
      http:
        http1MaxPendingRequests: 512
        http2MaxRequests: 1024
        maxRetries: 0
    outlierDetection:
      splitExternalLocalOriginErrors: true
      consecutiveLocalOriginFailures: 3
      consecutive5xxErrors: 5
      interval: 1s
      baseEjectionTime: 2s
      maxEjectionPercent: 50
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: myhotel
spec:
  hosts: [${name}]
  http:
    - route:
        - destination:
            host: ${name}
            port:
              number: 4000
      retries:
        attempts: 0
`
