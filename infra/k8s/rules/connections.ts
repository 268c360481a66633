import {
  containersOf,
  nameOf,
  type Passage,
  podLabelsOf,
  podOf,
  type Resource,
  selects,
  services,
  workloads,
} from './resource.ts'
import type { Rule, Told } from './rule.ts'

const ofKind = (resources: readonly Resource[], kind: string) => resources.filter((one) => one.kind === kind)

/** Who may, and can, connect to whom. */
export const connectionRules: readonly Rule[] = [
  {
    name: 'a Service leads to pods',
    flaws: (resources) =>
      ofKind(resources, 'Service')
        .filter(({ spec }) => podsOf(resources, spec?.selector ?? {}).length === 0)
        .map((service) => `${nameOf(service)}: it leads to no pod`),
    refuses: `
kind: Service
metadata: { name: room }
spec: { selector: { app.kubernetes.io/name: rooms } }`,
    says: 'Service/room: it leads to no pod',
  },
  {
    name: 'a Service leads to a port that pods have, and says what is spoken there',
    flaws: (resources) =>
      ofKind(resources, 'Service').flatMap((service) => {
        const pods = podsOf(resources, service.spec?.selector ?? {})
        const ports = pods.flatMap((pod) => containersOf(pod).flatMap((container) => container.ports ?? []))
        return (service.spec?.ports ?? []).flatMap(({ name, port, targetPort = port, appProtocol }) => {
          const found = ports.some((one) => one.name === targetPort || one.containerPort === targetPort)
          const lost =
            pods.length === 0 || found ? [] : [`${nameOf(service)}: no pod has a port ${targetPort}`]
          const spoken = appProtocol && /^(http|tcp)\b/.test(name ?? '')
          return spoken ? lost : [...lost, `${nameOf(service)}: what is spoken on ${port} is not said`]
        })
      }),
    refuses: `
kind: Service
metadata: { name: room }
spec:
  selector: { app.kubernetes.io/name: room }
  ports: [{ name: http, port: 4000, targetPort: web, appProtocol: http }]
---
kind: Deployment
metadata: { name: room }
spec:
  template:
    metadata: { labels: { app.kubernetes.io/name: room } }
    spec: { containers: [{ ports: [{ name: http, containerPort: 4000 }] }] }`,
    says: 'Service/room: no pod has a port web',
  },
  {
    name: 'with policies, nobody may connect unless it is said',
    flaws: (resources) => {
      const policies = ofKind(resources, 'NetworkPolicy')
      const denies = policies.some(
        ({ spec }) =>
          Object.keys(spec?.podSelector ?? {}).length === 0 &&
          spec?.policyTypes?.join() === 'Ingress,Egress' &&
          !spec.ingress &&
          !spec.egress,
      )
      return policies.length === 0 || denies
        ? []
        : ['There are NetworkPolicies, but none that forbids the rest']
    },
    refuses: `
kind: NetworkPolicy
metadata: { name: room }
spec: { podSelector: { matchLabels: { app.kubernetes.io/name: room } }, policyTypes: [Ingress] }`,
    says: 'There are NetworkPolicies, but none that forbids the rest',
  },
  {
    name: 'with policies, those may connect that the table names, and nobody else',
    flaws: (resources, told) => {
      if (ofKind(resources, 'NetworkPolicy').length === 0) return []
      return services(resources).flatMap((caller) =>
        services(resources).flatMap((callee) => {
          const is = mayConnect(resources, caller, callee)
          const wanted = isWanted(told, caller, callee)
          if (is === wanted) return []
          const [from, to] = [caller.metadata.name, callee.metadata.name]
          return [wanted ? `${from} calls ${to}, and may not` : `${from} may call ${to}, and does not`]
        }),
      )
    },
    refuses: `
kind: NetworkPolicy
metadata: { name: all }
spec: { podSelector: {}, ingress: [{}], egress: [{}] }
---
kind: Deployment
metadata: { name: payment, labels: { app.kubernetes.io/component: subgraph } }
spec: { template: { metadata: { labels: { app.kubernetes.io/name: payment } } } }
---
kind: Deployment
metadata: { name: mypage, labels: { app.kubernetes.io/component: subgraph } }
spec: { template: { metadata: { labels: { app.kubernetes.io/name: mypage } } } }`,
    says: 'payment may call mypage, and does not',
  },
  {
    name: 'a pod has no token of the API server, unless it has a role there',
    flaws: (resources) => {
      const bound = ofKind(resources, 'RoleBinding').flatMap(({ subjects = [] }) => subjects)
      return workloads(resources)
        .filter((workload) => {
          const { automountServiceAccountToken, serviceAccountName } = podOf(workload)
          const hasRole = bound.some(({ name }) => name === serviceAccountName)
          return automountServiceAccountToken !== false && !hasRole
        })
        .map((workload) => `${nameOf(workload)}: it has a token of the API server for nothing`)
    },
    refuses: `
kind: Deployment
metadata: { name: room }
spec: { template: { spec: { serviceAccountName: room } } }`,
    says: 'Deployment/room: it has a token of the API server for nothing',
  },
  {
    name: 'in the mesh, nothing is sent twice',
    flaws: (resources) =>
      ofKind(resources, 'DestinationRule').flatMap(({ metadata }) => {
        const route = resources.find((one) => nameOf(one) === `VirtualService/${metadata.name}`)
        const routes = route?.spec?.http ?? []
        if (routes.length > 0 && routes.every(({ retries }) => retries?.attempts === 0)) return []
        return [`VirtualService/${metadata.name}: Istio may repeat what is sent to it`]
      }),
    refuses: `
kind: DestinationRule
metadata: { name: payment }
---
kind: VirtualService
metadata: { name: payment }
spec: { http: [{ retries: { attempts: 2 } }] }`,
    says: 'VirtualService/payment: Istio may repeat what is sent to it',
  },
]

/** Those whose pods are found; a cluster of CloudNativePG gives its pods the labels that it has been told. */
const podsOf = (resources: readonly Resource[], wanted: object) =>
  workloads(resources).filter(
    (workload) => Object.keys(wanted).length > 0 && selects({ ...wanted }, podLabelsOf(workload)),
  )

const isWanted = ({ workloads: told }: Told, caller: Resource, callee: Resource) =>
  callee.metadata.name === 'router' ||
  told.some(({ name, calls }) => name === caller.metadata.name && calls.includes(callee.metadata.name))

/** Both sides have to let it pass; the router, as the door for all, need not be left to. */
function mayConnect(resources: readonly Resource[], caller: Resource, callee: Resource): boolean {
  const lets = (pods: Resource, direction: 'ingress' | 'egress', peer: Resource) =>
    resources
      .filter(({ kind, spec }) => {
        return kind === 'NetworkPolicy' && selects(spec?.podSelector?.matchLabels, podLabelsOf(pods))
      })
      .flatMap(({ spec }) => spec?.[direction] ?? [])
      .some((passage) => passes(passage, direction === 'ingress' ? passage.from : passage.to, peer))
  const entered = lets(callee, 'ingress', caller)
  return callee.metadata.name === 'router' ? entered : entered && lets(caller, 'egress', callee)
}

function passes({ ports }: Passage, peers: Passage['from'], pod: Resource): boolean {
  const port = !ports || ports.some((one) => one.port === 4000 || one.port === 'http')
  const peer = peers?.some(
    ({ podSelector, namespaceSelector }) =>
      podSelector && !namespaceSelector && selects(podSelector.matchLabels, podLabelsOf(pod)),
  )
  return port && (peers === undefined || peer === true)
}
