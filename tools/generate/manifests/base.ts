import { variable, type Workload } from './workloads.ts'

/** A generated manifest: its path below infra/k8s, and its text. */
export type Manifest = { path: string; text: string }

/** What base/ has for a workload: one folder of its name. */
export function baseOf(workload: Workload, all: readonly Workload[]): Manifest[] {
  const { name, hasDatabase } = workload
  const files = {
    'kustomization.yaml': kustomization(workload, all),
    'service-account.yaml': serviceAccount(name),
    'deployment.yaml': deployment(workload),
    'service.yaml': services(workload),
    'pod-disruption-budget.yaml': podDisruptionBudget(name),
    ...(hasDatabase ? { 'migration.yaml': migration(name) } : {}),
  }
  return Object.entries(files).map(([file, text]) => ({ path: `base/${name}/${file}`, text }))
}

function kustomization(workload: Workload, all: readonly Workload[]): string {
  const { name, kind, hasDatabase } = workload
  const resources = ['service-account', 'deployment', 'service', 'pod-disruption-budget']
  if (hasDatabase) resources.push('migration')
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${resources.map((file) => `  - ${file}.yaml`).join('\n')}
configMapGenerator:
  - name: ${name}
    literals:
${settings(workload, all)
  .map((line) => `      - ${line}`)
  .join('\n')}
${kind === 'router' ? SUPERGRAPH : ''}`
}

/** The router reads it again when it changes: no hash in its name, so that pods need not be replaced. */
const SUPERGRAPH = `  - name: supergraph
    files:
      - supergraph.graphql
    options:
      disableNameSuffixHash: true
`

/** Connections go to pods, not through the address of a Service, so that they follow when replicas come and go. */
function settings({ calls }: Workload, all: readonly Workload[]): string[] {
  const callees = all.filter(({ name }) => calls.includes(name))
  const urls = callees.map(({ name }) => `${variable(name)}_URL=http://${name}-pods:4000|http://${name}:4000`)
  return ['NODE_ENV=production', 'LOG_LEVEL=info', ...urls]
}

const serviceAccount = (name: string) => `apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${name}
automountServiceAccountToken: false
`

function deployment({ name, kind, rank, hasDatabase, calls }: Workload): string {
  const database = hasDatabase ? `\n    myhotel.example/database: ${name}` : ''
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/component: ${kind}
    myhotel.example/rank: ${rank}${database}
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
        app.kubernetes.io/component: ${kind}
    spec:
      serviceAccountName: ${name}
      topologySpreadConstraints:
        - topologyKey: kubernetes.io/hostname
          maxSkew: 1
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              app.kubernetes.io/name: ${name}
          matchLabelKeys:
            - pod-template-hash
${hasDatabase ? schemaCheck(name) : ''}      containers:
        - name: myhotel
          image: myhotel
          args: [${name}]
          envFrom:
            - configMapRef:
                name: ${name}
${calls.includes('nats') ? STREAMS : ''}            - secretRef:
                name: ${name}
`
}

const STREAMS = `            - configMapRef:
                name: streams
`

/** Does not end before the database has every migration of this version, which a Job applies. */
const schemaCheck = (name: string) => `      initContainers:
        - name: schema
          image: myhotel
          args: [migrate, ${name}, --wait]
          envFrom:
            - secretRef:
                name: ${name}
`

/** One address for everybody, and one for callers in the cluster, who want to know each pod. */
function services({ name, kind }: Workload): string {
  const labels = `  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/component: ${kind}`
  const spec = `  selector:
    app.kubernetes.io/name: ${name}
  ports:
    - name: http
      port: 4000
      targetPort: http
      appProtocol: http`
  const byAddress = `apiVersion: v1
kind: Service
metadata:
  name: ${name}
${labels}
spec:
${spec}
`
  if (kind === 'router') return byAddress
  return `${byAddress}---
apiVersion: v1
kind: Service
metadata:
  name: ${name}-pods
${labels}
spec:
  clusterIP: None
${spec}
`
}

/** Nodes can be drained, one pod of a workload at a time. */
const podDisruptionBudget = (name: string) => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: ${name}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
`

/** A Job cannot be changed, so each version has its own: overlays put the image's tag in the place of `version`. */
const migration = (name: string) => `apiVersion: batch/v1
kind: Job
metadata:
  name: migrate-${name}-version
  labels:
    app.kubernetes.io/name: migrate-${name}
    app.kubernetes.io/component: migration
    myhotel.example/database: ${name}
spec:
  template:
    metadata:
      labels:
        app.kubernetes.io/name: migrate-${name}
        app.kubernetes.io/component: migration
    spec:
      serviceAccountName: ${name}
      containers:
        - name: migrate
          image: myhotel
          args: [migrate, ${name}, --within=600]
          envFrom:
            - secretRef:
                name: ${name}
`
