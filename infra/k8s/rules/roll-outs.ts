import { nameOf, podLabelsOf, podOf, type Resource, selects, services, workloads } from './resource.ts'
import type { Rule } from './rule.ts'

const ofKind = (resources: readonly Resource[], kind: string) => resources.filter((one) => one.kind === kind)

/** How pods are replaced, multiplied and taken away. */
export const rollOutRules: readonly Rule[] = [
  {
    name: 'a selector finds the pods of its own template',
    flaws: (resources) =>
      workloads(resources)
        .filter(({ kind }) => kind !== 'Job')
        .filter(({ spec, ...rest }) => {
          const wanted = spec?.selector?.matchLabels ?? {}
          return Object.keys(wanted).length === 0 || !selects(wanted, podLabelsOf({ ...rest, spec }))
        })
        .map((workload) => `${nameOf(workload)}: its selector does not find its pods`),
    refuses: `
kind: Deployment
metadata: { name: room }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: room } }
  template: { metadata: { labels: { app.kubernetes.io/name: rooms } } }`,
    says: 'Deployment/room: its selector does not find its pods',
  },
  {
    name: 'a selector finds nobody else’s pods',
    flaws: (resources) =>
      workloads(resources).flatMap((one) =>
        workloads(resources)
          .filter((other) => other !== one && one.spec?.selector?.matchLabels)
          .filter((other) => selects(one.spec?.selector?.matchLabels, podLabelsOf(other)))
          .map((other) => `${nameOf(one)}: its selector finds the pods of ${nameOf(other)}, too`),
      ),
    refuses: `
kind: Deployment
metadata: { name: room }
spec: { selector: { matchLabels: { app.kubernetes.io/part-of: myhotel } } }
---
kind: Job
metadata: { name: migrate-room }
spec: { template: { metadata: { labels: { app.kubernetes.io/part-of: myhotel } } } }`,
    says: 'Deployment/room: its selector finds the pods of Job/migrate-room, too',
  },
  {
    name: 'an update takes no pod away before another is ready',
    flaws: (resources) =>
      services(resources).flatMap((workload) => {
        const { minReadySeconds = 0, strategy } = workload.spec ?? {}
        const { maxUnavailable, maxSurge } = strategy?.rollingUpdate ?? {}
        if (maxUnavailable === 0 && maxSurge !== 0 && minReadySeconds >= 5) return []
        return [`${nameOf(workload)}: not maxUnavailable 0, maxSurge 1 and minReadySeconds 5`]
      }),
    refuses: `
kind: Deployment
metadata: { name: room, labels: { app.kubernetes.io/component: subgraph } }
spec: { minReadySeconds: 5, strategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } } }`,
    says: 'Deployment/room: not maxUnavailable 0, maxSurge 1 and minReadySeconds 5',
  },
  {
    name: 'a disruption budget is about pods that there are',
    flaws: (resources) =>
      ofKind(resources, 'PodDisruptionBudget')
        .filter((budget) => {
          const wanted = budget.spec?.selector?.matchLabels
          return !wanted || !workloads(resources).some((workload) => selects(wanted, podLabelsOf(workload)))
        })
        .map((budget) => `${nameOf(budget)}: it is about no pod`),
    refuses: `
kind: PodDisruptionBudget
metadata: { name: room }
spec: { maxUnavailable: 1, selector: { matchLabels: { app.kubernetes.io/name: rooms } } }`,
    says: 'PodDisruptionBudget/room: it is about no pod',
  },
  {
    name: 'each service has a disruption budget',
    flaws: (resources) =>
      services(resources)
        .filter((workload) => {
          const budgets = ofKind(resources, 'PodDisruptionBudget')
          return !budgets.some(({ spec }) => selects(spec?.selector?.matchLabels, podLabelsOf(workload)))
        })
        .map((workload) => `${nameOf(workload)}: a drain of nodes may take all its pods at once`),
    refuses: `
kind: Deployment
metadata: { name: room, labels: { app.kubernetes.io/component: subgraph } }`,
    says: 'Deployment/room: a drain of nodes may take all its pods at once',
  },
  {
    name: 'a disruption budget lets a node be drained',
    flaws: (resources) =>
      ofKind(resources, 'PodDisruptionBudget')
        .filter(({ spec = {} }) => spec.minAvailable !== undefined || !atLeastOne(spec.maxUnavailable))
        .map((budget) => `${nameOf(budget)}: with few pods it forbids every drain; say maxUnavailable 1`),
    refuses: `
kind: PodDisruptionBudget
metadata: { name: room }
spec: { minAvailable: 1 }`,
    says: 'PodDisruptionBudget/room: with few pods it forbids every drain; say maxUnavailable 1',
  },
  {
    name: 'an autoscaler has somebody to scale',
    flaws: (resources) =>
      ofKind(resources, 'HorizontalPodAutoscaler')
        .filter(({ spec }) => {
          const { kind, name } = spec?.scaleTargetRef ?? {}
          return !resources.some((one) => one.kind === kind && one.metadata.name === name)
        })
        .map((scaler) => `${nameOf(scaler)}: what it is to scale is not there`),
    refuses: `
kind: HorizontalPodAutoscaler
metadata: { name: room }
spec: { scaleTargetRef: { kind: Deployment, name: rooms } }`,
    says: 'HorizontalPodAutoscaler/room: what it is to scale is not there',
  },
  {
    name: 'beside an autoscaler no number of replicas is said',
    flaws: (resources) =>
      ofKind(resources, 'HorizontalPodAutoscaler').flatMap(({ spec }) => {
        const { kind, name } = spec?.scaleTargetRef ?? {}
        const target = resources.find((one) => one.kind === kind && one.metadata.name === name)
        if (target?.spec?.replicas === undefined) return []
        return [`${nameOf(target)}: each apply would set its replicas back, which an autoscaler sets`]
      }),
    refuses: `
kind: HorizontalPodAutoscaler
metadata: { name: room }
spec: { scaleTargetRef: { kind: Deployment, name: room } }
---
kind: Deployment
metadata: { name: room }
spec: { replicas: 2 }`,
    says: 'Deployment/room: each apply would set its replicas back, which an autoscaler sets',
  },
  {
    name: 'pods are spread over nodes',
    flaws: (resources) =>
      services(resources)
        .filter(
          (workload) =>
            !podOf(workload).topologySpreadConstraints?.some(
              ({ topologyKey, labelSelector }) =>
                topologyKey === 'kubernetes.io/hostname' &&
                selects(labelSelector?.matchLabels, podLabelsOf(workload)),
            ),
        )
        .map((workload) => `${nameOf(workload)}: all its pods may be on one node`),
    refuses: `
kind: Deployment
metadata: { name: room, labels: { app.kubernetes.io/component: subgraph } }
spec: { template: { spec: { topologySpreadConstraints: [{ topologyKey: topology.kubernetes.io/zone }] } } }`,
    says: 'Deployment/room: all its pods may be on one node',
  },
  {
    name: 'a Job is of one version, and is cleared away',
    flaws: (resources) =>
      ofKind(resources, 'Job').flatMap((job) => {
        const tag = podOf(job).containers?.[0]?.image?.split(':').at(-1) ?? ''
        const named = job.metadata.name.endsWith(`-${tag}`)
        const flaws = named
          ? []
          : [`${nameOf(job)}: it cannot be changed, so its name has to end with -${tag}`]
        return job.spec?.ttlSecondsAfterFinished ? flaws : [...flaws, `${nameOf(job)}: it stays for ever`]
      }),
    refuses: `
kind: Job
metadata: { name: migrate-room-version }
spec: { ttlSecondsAfterFinished: 60, template: { spec: { containers: [{ image: "myhotel:1.0.0" }] } } }`,
    says: 'Job/migrate-room-version: it cannot be changed, so its name has to end with -1.0.0',
  },
  {
    name: 'a database is migrated, and waited for',
    flaws: (resources, { workloads: told }) =>
      services(resources)
        .filter(({ metadata }) => told.some(({ name, hasDatabase }) => hasDatabase && name === metadata.name))
        .flatMap((workload) => {
          const { name } = workload.metadata
          const first = podOf(workload).initContainers?.[0]?.args?.join(' ')
          const migrates = ofKind(resources, 'Job').some((job) =>
            podOf(job).containers?.some(({ args = [] }) => args[0] === 'migrate' && args[1] === name),
          )
          return [
            ...(first === `migrate ${name} --wait`
              ? []
              : [`${nameOf(workload)}: it does not wait for its schema`]),
            ...(migrates ? [] : [`${nameOf(workload)}: no Job migrates its database`]),
          ]
        }),
    refuses: `
kind: Deployment
metadata: { name: room, labels: { app.kubernetes.io/component: subgraph } }
spec: { template: { spec: { initContainers: [{ args: [migrate, book, --wait] }] } } }`,
    says: 'Deployment/room: it does not wait for its schema',
  },
  {
    name: 'each folder of subgraphs/ has its manifests',
    flaws: (resources, { workloads: told }) =>
      told.flatMap(({ name }) => {
        const wanted = ['ServiceAccount', 'Deployment', 'Service', 'PodDisruptionBudget']
        const missing = wanted.filter((kind) => !resources.some((one) => nameOf(one) === `${kind}/${name}`))
        return missing.map((kind) => `${kind}/${name} is missing: run "npm run generate"`)
      }),
    refuses: `
kind: ServiceAccount
metadata: { name: room }`,
    says: 'Deployment/room is missing: run "npm run generate"',
  },
]

/** Of a number, or a share of all pods, which is rounded up. */
const atLeastOne = (most: number | string | undefined) =>
  most !== undefined && Number.parseFloat(String(most)) > 0
