import type { Named } from './kubectl.ts'

/** What proofs read of the objects of Kubernetes' API. */

export type Condition = { readonly type: string; readonly status: string; readonly reason?: string }

export type Container = {
  readonly name: string
  readonly image: string
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[]
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[]
}

export type PodTemplate = {
  readonly spec: { readonly containers: readonly Container[] }
}

export type Deployment = Named & {
  readonly metadata: { readonly generation: number; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: { readonly replicas: number; readonly template: PodTemplate }
  readonly status: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly conditions?: readonly Condition[]
  }
}

export type ContainerStatus = {
  readonly name: string
  readonly ready: boolean
  readonly restartCount: number
  readonly containerID?: string
  readonly state?: {
    readonly running?: { readonly startedAt: string }
    readonly terminated?: { readonly reason: string }
  }
  readonly lastState?: { readonly terminated?: { readonly reason: string; readonly exitCode: number } }
}

export type Pod = Named & {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly Container[] }
  readonly status: {
    readonly phase: string
    readonly podIP?: string
    readonly conditions?: readonly Condition[]
    readonly containerStatuses?: readonly ContainerStatus[]
  }
}

export type Node = Named & {
  readonly spec: { readonly unschedulable?: boolean }
  readonly status: {
    readonly conditions: readonly Condition[]
    readonly nodeInfo: { readonly kubeletVersion: string; readonly containerRuntimeVersion: string }
  }
}

/** Whether a condition is true. */
export const is = (type: string, conditions: readonly Condition[] | undefined): boolean =>
  conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false

/** Whether a pod takes requests. */
export const isReady = (pod: Pod): boolean =>
  !pod.metadata.deletionTimestamp && is('Ready', pod.status.conditions)

/** Whether all pods of a Deployment are of its newest version, and available; none is left over. */
export function isRolledOut({ metadata, spec, status }: Deployment): boolean {
  const { replicas } = spec
  return (
    (status.observedGeneration ?? 0) >= metadata.generation &&
    status.updatedReplicas === replicas &&
    status.availableReplicas === replicas &&
    status.replicas === replicas
  )
}
