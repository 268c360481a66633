/** Objects of Kubernetes, as far as rules look at them. */
export type Resource = {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Labels; annotations?: Labels }
  data?: Record<string, string>
  roleRef?: { name: string }
  subjects?: { kind: string; name: string }[]
  spec?: Spec
}

export type Labels = Record<string, string>

export type Spec = {
  replicas?: number
  minReadySeconds?: number
  strategy?: {
    type?: string
    rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string }
  }
  selector?: Selector & Labels
  podSelector?: Selector
  template?: { metadata?: { labels?: Labels; annotations?: Labels }; spec?: PodSpec }
  ports?: { name?: string; port: number; targetPort?: number | string; appProtocol?: string }[]
  clusterIP?: string
  minAvailable?: number | string
  maxUnavailable?: number | string
  scaleTargetRef?: { kind: string; name: string }
  minReplicas?: number
  maxReplicas?: number
  backoffLimit?: number
  ttlSecondsAfterFinished?: number
  policyTypes?: string[]
  ingress?: Passage[]
  egress?: Passage[]
  http?: { retries?: { attempts?: number } }[]
  data?: { secretKey: string }[]
  target?: { name?: string }
}

export type Selector = { matchLabels?: Labels }

/** What a NetworkPolicy lets through. */
export type Passage = { from?: Peer[]; to?: Peer[]; ports?: { port?: number | string }[] }
type Peer = { podSelector?: Selector; namespaceSelector?: Selector; ipBlock?: { cidr: string } }

export type PodSpec = {
  serviceAccountName?: string
  automountServiceAccountToken?: boolean
  restartPolicy?: string
  terminationGracePeriodSeconds?: number
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  securityContext?: SecurityContext
  topologySpreadConstraints?: { topologyKey: string; labelSelector?: Selector }[]
  initContainers?: Container[]
  containers?: Container[]
  volumes?: Volume[]
}

type Volume = {
  name: string
  hostPath?: object
  configMap?: { name: string }
  secret?: { secretName: string }
  projected?: { sources?: { configMap?: { name: string }; secret?: { name: string } }[] }
}

export type SecurityContext = {
  runAsNonRoot?: boolean
  runAsUser?: number
  runAsGroup?: number
  privileged?: boolean
  allowPrivilegeEscalation?: boolean
  readOnlyRootFilesystem?: boolean
  seccompProfile?: { type?: string }
  capabilities?: { add?: string[]; drop?: string[] }
}

export type Container = {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[]
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[]
  ports?: { name?: string; containerPort: number }[]
  lifecycle?: { preStop?: object }
  startupProbe?: Probe
  readinessProbe?: Probe
  livenessProbe?: Probe
  resources?: { requests?: Labels; limits?: Labels }
  securityContext?: SecurityContext
  volumeMounts?: { name: string; mountPath: string }[]
}

export type Probe = {
  httpGet?: { path?: string; port?: number | string }
  periodSeconds?: number
  failureThreshold?: number
  terminationGracePeriodSeconds?: number
}

/** `Deployment/room`, to tell which is meant. */
export const nameOf = ({ kind, metadata }: Resource) => `${kind}/${metadata.name}`

/** Those that make pods. */
export const workloads = (resources: readonly Resource[]) =>
  resources.filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind))

/** MyHotel's own programs that serve: the router and the subgraphs. */
export const services = (resources: readonly Resource[]) =>
  resources.filter(
    ({ kind, metadata }) =>
      kind === 'Deployment' &&
      ['router', 'subgraph'].includes(metadata.labels?.['app.kubernetes.io/component'] ?? ''),
  )

export const podOf = (workload: Resource): PodSpec => workload.spec?.template?.spec ?? {}
export const podLabelsOf = (workload: Resource): Labels => workload.spec?.template?.metadata?.labels ?? {}

export const containersOf = (workload: Resource): Container[] => [
  ...(podOf(workload).initContainers ?? []),
  ...(podOf(workload).containers ?? []),
]

/** Whether pods with these labels are meant. */
export const selects = (wanted: Labels = {}, labels: Labels = {}) =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value)

/** Each container with the workload that it is of. */
export const allContainers = (resources: readonly Resource[]) =>
  workloads(resources).flatMap((workload) =>
    containersOf(workload).map((container) => ({
      workload,
      container,
      name: `${nameOf(workload)}, container ${container.name}`,
    })),
  )
