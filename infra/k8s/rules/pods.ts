import { allContainers, nameOf, podOf, type SecurityContext, services, workloads } from './resource.ts'
import type { Rule } from './rule.ts'

/** What one pod is. */
export const podRules: readonly Rule[] = [
  {
    name: 'an image has a version',
    flaws: (resources) =>
      allContainers(resources)
        .filter(({ container: { image = '' } }) => !/(:(?!latest$)[\w.-]+|@sha256:\w+)$/.test(image))
        .map(({ name, container }) => `${name}: the image ${container.image} has no version`),
    refuses: `
kind: Deployment
metadata: { name: room }
spec: { template: { spec: { containers: [{ name: myhotel, image: "myhotel:latest" }] } } }`,
    says: 'Deployment/room, container myhotel: the image myhotel:latest has no version',
  },
  {
    name: 'probes go to the management port',
    flaws: (resources) =>
      services(resources).flatMap((workload) => {
        const [container] = podOf(workload).containers ?? []
        const wanted = { startupProbe: '/livez', readinessProbe: '/readyz', livenessProbe: '/livez' } as const
        return Object.entries(wanted).flatMap(([probe, path]) => {
          const { httpGet } = container?.[probe as keyof typeof wanted] ?? {}
          if (httpGet?.path === path && httpGet.port === 'management') return []
          return [`${nameOf(workload)}: its ${probe} is not ${path} on the management port`]
        })
      }),
    refuses: `
kind: Deployment
metadata: { name: room, labels: { app.kubernetes.io/component: subgraph } }
spec:
  template:
    spec:
      containers:
        - startupProbe: { httpGet: { path: /livez, port: management } }
          readinessProbe: { httpGet: { path: /readyz, port: http } }
          livenessProbe: { httpGet: { path: /livez, port: management } }`,
    says: 'Deployment/room: its readinessProbe is not /readyz on the management port',
  },
  {
    name: 'a pod that hangs is replaced within 25 s',
    flaws: (resources) =>
      services(resources).flatMap((workload) => {
        const {
          periodSeconds = 10,
          failureThreshold = 3,
          terminationGracePeriodSeconds = Number.NaN,
        } = podOf(workload).containers?.[0]?.livenessProbe ?? {}
        const seconds = periodSeconds * failureThreshold + terminationGracePeriodSeconds
        if (seconds <= 25) return []
        return [`${nameOf(workload)}: what its livenessProbe finds hanging is ended after ${seconds} s`]
      }),
    refuses: `
kind: Deployment
metadata: { name: room, labels: { app.kubernetes.io/component: subgraph } }
spec: { template: { spec: { containers: [{ livenessProbe: { periodSeconds: 5, terminationGracePeriodSeconds: 45 } }] } } }`,
    says: 'Deployment/room: what its livenessProbe finds hanging is ended after 60 s',
  },
  {
    name: 'a start may take a minute',
    flaws: (resources) =>
      services(resources)
        .filter((workload) => {
          const { periodSeconds = 10, failureThreshold = 0 } =
            podOf(workload).containers?.[0]?.startupProbe ?? {}
          return periodSeconds * failureThreshold < 60
        })
        .map((workload) => `${nameOf(workload)}: its startupProbe gives up before a minute is over`),
    refuses: `
kind: Deployment
metadata: { name: room, labels: { app.kubernetes.io/component: subgraph } }
spec: { template: { spec: { containers: [{ startupProbe: { periodSeconds: 1, failureThreshold: 10 } }] } } }`,
    says: 'Deployment/room: its startupProbe gives up before a minute is over',
  },
  {
    name: 'a container has no privilege (Pod Security "restricted")',
    flaws: (resources) =>
      allContainers(resources).flatMap(({ name, workload, container }) =>
        privileges({ ...podOf(workload).securityContext, ...container.securityContext }).map(
          (flaw) => `${name}: ${flaw}`,
        ),
      ),
    refuses: `
kind: Job
metadata: { name: migrate }
spec:
  template:
    spec:
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers: [{ name: migrate, securityContext: { allowPrivilegeEscalation: false } }]`,
    says: 'Job/migrate, container migrate: it does not drop all capabilities',
  },
  {
    name: 'a pod has nothing of its node (Pod Security "restricted")',
    flaws: (resources) =>
      workloads(resources).flatMap((workload) => {
        const { hostNetwork, hostPID, hostIPC, volumes = [] } = podOf(workload)
        const shared = hostNetwork || hostPID || hostIPC ? [`${nameOf(workload)}: it shares a namespace`] : []
        const paths = volumes.filter(({ hostPath }) => hostPath)
        return [
          ...shared,
          ...paths.map((volume) => `${nameOf(workload)}: ${volume.name} is a path of the node`),
        ]
      }),
    refuses: `
kind: StatefulSet
metadata: { name: nats }
spec: { template: { spec: { volumes: [{ name: data, hostPath: { path: /data } }] } } }`,
    says: 'StatefulSet/nats: data is a path of the node',
  },
  {
    name: 'the root file system is read-only',
    flaws: (resources) =>
      allContainers(resources)
        .filter(({ container }) => !container.securityContext?.readOnlyRootFilesystem)
        .map(({ name }) => `${name}: its root file system can be written to`),
    refuses: `
kind: Deployment
metadata: { name: room }
spec: { template: { spec: { initContainers: [{ name: schema }] } } }`,
    says: 'Deployment/room, container schema: its root file system can be written to',
  },
  {
    name: 'a user is named, and not root',
    flaws: (resources) =>
      workloads(resources)
        .filter((workload) => !podOf(workload).securityContext?.runAsUser)
        .map((workload) => `${nameOf(workload)}: it does not say as which user it runs, or it is root`),
    refuses: `
kind: StatefulSet
metadata: { name: redis }
spec: { template: { spec: { securityContext: { runAsUser: 0 } } } }`,
    says: 'StatefulSet/redis: it does not say as which user it runs, or it is root',
  },
  {
    name: 'a container asks for processor and memory, and memory has a limit',
    flaws: (resources) =>
      allContainers(resources)
        .filter(({ container: { resources: asked } }) => {
          return !(asked?.requests?.cpu && asked.requests.memory && asked.limits?.memory)
        })
        .map(({ name }) => `${name}: it lacks a request of cpu or memory, or a limit of memory`),
    refuses: `
kind: Deployment
metadata: { name: room }
spec: { template: { spec: { containers: [{ name: myhotel, resources: { requests: { cpu: 100m, memory: 160Mi } } }] } } }`,
    says: 'Deployment/room, container myhotel: it lacks a request of cpu or memory, or a limit of memory',
  },
  {
    name: 'the processor has no limit',
    flaws: (resources) =>
      allContainers(resources)
        .filter(({ container }) => container.resources?.limits?.cpu)
        .map(({ name }) => `${name}: with a limit of cpu it would be held up while the node is idle`),
    refuses: `
kind: Deployment
metadata: { name: room }
spec: { template: { spec: { containers: [{ name: myhotel, resources: { limits: { cpu: "1" } } }] } } }`,
    says: 'Deployment/room, container myhotel: with a limit of cpu it would be held up while the node is idle',
  },
  {
    name: 'a pod has time to stop in order',
    flaws: (resources) =>
      services(resources).flatMap((workload) => {
        const { terminationGracePeriodSeconds: grace = 30, containers = [] } = podOf(workload)
        const drain = containers[0]?.env?.find(({ name }) => name === 'DRAIN_MS')?.value
        const needed = Number(drain) / 1000 + REQUESTS_SECONDS + AFTERWARDS_SECONDS
        if (grace >= needed) return []
        return [`${nameOf(workload)}: its grace of ${grace} s is not the ${needed} s that stopping may take`]
      }),
    refuses: `
kind: Deployment
metadata: { name: room, labels: { app.kubernetes.io/component: subgraph } }
spec: { template: { spec: { containers: [{ env: [{ name: DRAIN_MS, value: "5000" }] }] } } }`,
    says: 'Deployment/room: its grace of 30 s is not the 40 s that stopping may take',
  },
  {
    name: 'stopping is left to the program',
    flaws: (resources) =>
      services(resources)
        .filter((workload) => podOf(workload).containers?.some(({ lifecycle }) => lifecycle?.preStop))
        .map((workload) => `${nameOf(workload)}: a preStop delays the drain, which the program does itself`),
    refuses: `
kind: Deployment
metadata: { name: room, labels: { app.kubernetes.io/component: subgraph } }
spec: { template: { spec: { containers: [{ lifecycle: { preStop: { exec: { command: [sleep, "5"] } } } }] } } }`,
    says: 'Deployment/room: a preStop delays the drain, which the program does itself',
  },
  {
    name: 'what is mounted is there',
    flaws: (resources) =>
      allContainers(resources).flatMap(({ name, workload, container }) => {
        const volumes = new Set((podOf(workload).volumes ?? []).map((volume) => volume.name))
        if (workload.kind === 'StatefulSet') volumes.add('data')
        const lost = (container.volumeMounts ?? []).filter((mount) => !volumes.has(mount.name))
        return lost.map((mount) => `${name}: there is no volume ${mount.name}`)
      }),
    refuses: `
kind: Deployment
metadata: { name: room }
spec: { template: { spec: { containers: [{ name: myhotel, volumeMounts: [{ name: identity, mountPath: /etc }] }] } } }`,
    says: 'Deployment/room, container myhotel: there is no volume identity',
  },
]

/** How long requests in flight, and then consumers, relay and database may take. */
const REQUESTS_SECONDS = 25
const AFTERWARDS_SECONDS = 10

function privileges(context: SecurityContext): string[] {
  const { runAsNonRoot, allowPrivilegeEscalation, privileged, seccompProfile, capabilities } = context
  const flaws: [boolean, string][] = [
    [!runAsNonRoot, 'it may run as root'],
    [allowPrivilegeEscalation !== false || privileged === true, 'it may get privileges'],
    [seccompProfile?.type !== 'RuntimeDefault', 'it may make any system call'],
    [!capabilities?.drop?.includes('ALL') || !!capabilities.add, 'it does not drop all capabilities'],
  ]
  return flaws.filter(([is]) => is).map(([, flaw]) => flaw)
}
