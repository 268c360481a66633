import type { Resource } from '../k8s/rules/resource.ts'
import type { Kubectl, Named } from '../proof/kubectl.ts'

type Applied = {
  resource: Resource
  revision: number
  polls: number
  history: Map<number, string | undefined>
}

const imageOf = ({ spec }: Resource) => spec?.template?.spec?.containers?.[0]?.image

/**
 * A cluster in memory, as far as a roll-out uses one: a Deployment has its new pods at the third look, unless its image is
 * one that never becomes ready; then it makes no progress from the third look on.
 */
export function clusterInMemory(faulty: readonly string[] = []) {
  const deployments = new Map<string, Applied>()
  const others = new Map<string, Resource>()
  const done: string[] = []

  function apply(resource: Resource) {
    const { kind, metadata } = resource
    if (kind !== 'Deployment') {
      others.set(`${kind}/${metadata.name}`, resource)
      return
    }
    const before = deployments.get(metadata.name)
    const image = imageOf(resource)
    if (before && imageOf(before.resource) === image) {
      deployments.set(metadata.name, { ...before, resource })
      return
    }
    const revision = (before?.revision ?? 0) + 1
    const history = new Map([...(before?.history ?? []), [revision, image]])
    deployments.set(metadata.name, { resource, revision, polls: 0, history })
  }

  function undo(name: string, revision: number) {
    const found = deployments.get(name)
    if (!found) throw new Error(`there is no ${name}`)
    const image = found.history.get(revision)
    const resource = structuredClone(found.resource)
    const [container] = resource.spec?.template?.spec?.containers ?? []
    if (container && image) container.image = image
    deployments.set(name, { ...found, resource, revision: found.revision + 1, polls: 0 })
  }

  function statusOf({ resource, polls }: Applied) {
    const isReady = polls >= 3 && !faulty.includes(imageOf(resource) ?? '')
    const isStuck = polls >= 3 && !isReady
    return {
      ...{ observedGeneration: 1, replicas: 2, updatedReplicas: isReady ? 2 : 1, availableReplicas: 2 },
      conditions: isStuck
        ? [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }]
        : [],
    }
  }

  const kubectl: Pick<Kubectl, 'run' | 'list'> = {
    async run(args, { input } = {}) {
      if (args[0] === 'apply') {
        const items: Resource[] = JSON.parse(input ?? '').items
        for (const item of items) apply(item)
        done.push(`apply ${items.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(' ')}`)
      } else {
        done.push(args.slice(0, 4).join(' '))
        if (args[0] === 'rollout')
          undo(String(args[2]).slice('deployment/'.length), Number(args[3]?.split('=')[1]))
      }
      return ''
    },
    async list<Kind extends Named>(kind: string) {
      const found =
        kind === 'deployments'
          ? [...deployments.values()].map((deployment) => {
              deployment.polls += 1
              const { resource, revision } = deployment
              const annotations = { 'deployment.kubernetes.io/revision': String(revision) }
              return {
                metadata: { ...resource.metadata, generation: 1, annotations },
                spec: { ...resource.spec, replicas: 2 },
                status: statusOf(deployment),
              }
            })
          : [...others.values()].filter((resource) => resource.kind === 'ConfigMap')
      return found as unknown as Kind[]
    },
  }

  return {
    kubectl: kubectl as Kubectl,
    apply,
    /** What was done to it, in order. */
    done,
    /** What runs: the image of each Deployment. */
    images: () =>
      Object.fromEntries([...deployments].map(([name, { resource }]) => [name, imageOf(resource)])),
    /** For how long a new pod has to be ready. */
    steps: () => new Set([...deployments.values()].map(({ resource }) => resource.spec?.minReadySeconds)),
    data: (name: string) => others.get(`ConfigMap/${name}`)?.data,
  }
}
