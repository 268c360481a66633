import type { Manifest } from './base.ts'
import { component, list } from './component.ts'
import type { Workload } from './workloads.ts'

const folder = 'components/observability'

/** Whom Prometheus looks at, and that it may. Its rules and dashboards are those of infra/observability. */
export const observability = (workloads: readonly Workload[], observed: readonly Manifest[]): Manifest[] => [
  { path: `${folder}/kustomization.yaml`, text: component(body(observed)) },
  { path: `${folder}/prometheus.yaml`, text: configuration(workloads) },
  { path: `${folder}/figures.yaml`, text: workloads.map(({ name }) => figures(name)).join('---\n') },
]

/** Files of a ConfigMap: those that lie in a folder beside the kustomization. */
const filesOf = (observed: readonly Manifest[], name: string) =>
  list(
    observed.flatMap(({ path }) =>
      path.startsWith(`${folder}/${name}/`) ? [path.slice(folder.length + 1)] : [],
    ),
    '      ',
  )

const body = (observed: readonly Manifest[]) => `resources:
${list(['server.yaml', 'network-policies.yaml', 'figures.yaml'])}
configMapGenerator:
  - name: prometheus
    files:
      - prometheus.yaml
  - name: prometheus-rules
    files:
${filesOf(observed, 'rules')}
  - name: dashboards
    files:
${filesOf(observed, 'dashboards')}
    options:
      labels:
        grafana_dashboard: "1"
`

/** Names tell which pods there are: Prometheus needs no access to the API server. */
const configuration = (workloads: readonly Workload[]) => `global:
  scrape_interval: 15s
  scrape_timeout: 10s
  evaluation_interval: 15s
rule_files:
  - /etc/prometheus-rules/*.yaml
alerting:
  alertmanagers:
    - dns_sd_configs:
        - names: [alertmanager]
          type: A
          port: 9093
          refresh_interval: 30s
scrape_configs:
${workloads.map(({ name }) => job(name)).join('\n')}
`

const job = (name: string) => `  - job_name: ${name}
    dns_sd_configs:
      - names: [${name}-figures]
        type: A
        port: 9464
        refresh_interval: 10s`

/** All pods of a workload, those that are not ready too, and that they may be asked for their figures. */
const figures = (name: string) => `apiVersion: v1
kind: Service
metadata:
  name: ${name}-figures
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: myhotel
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    app.kubernetes.io/name: ${name}
  ports:
    - name: http-management
      port: 9464
      targetPort: management
      appProtocol: http
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}-figures
  labels:
    app.kubernetes.io/part-of: myhotel
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: prometheus
      ports:
        - protocol: TCP
          port: 9464
`
