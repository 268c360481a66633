import type { Manifest } from './base.ts'
import { component, list } from './component.ts'
import type { Workload } from './workloads.ts'

/** A kind of pods, and the port at which it is called. */
type Target = { readonly pods: string; readonly port: number }

/** Whom workloads call besides each other, where it is in the cluster. */
const inside: Readonly<Record<string, Target>> = {
  postgres: { pods: 'postgres', port: 5432 },
  nats: { pods: 'nats', port: 4222 },
  redis: { pods: 'redis', port: 6379 },
  'identity-provider': { pods: 'identity-provider', port: 4000 },
  'payment-provider': { pods: 'payment-provider', port: 4000 },
  'mail-server': { pods: 'mail-catcher', port: 2525 },
}

/** The same, where it is on the internet: its ports. */
const ofInternet: Readonly<Record<string, readonly number[]>> = {
  'identity-provider': [443],
  'payment-provider': [443],
  'mail-server': [465, 587],
  'push-services': [443],
}

const nameIs = (name: string) => `        - podSelector:
            matchLabels:
              app.kubernetes.io/name: ${name}`

const portIs = (port: number) => `        - protocol: TCP
          port: ${port}`

/** Who may connect to whom, made of the table: nobody else may. */
export function networkPolicies(workloads: readonly Workload[]): Manifest[] {
  const folder = 'components/network-policies'
  const stores = Object.entries(inside).map(([callee, target]) => ({
    path: `${folder}/${target.pods}.yaml`,
    text: ofStore(callee, target, workloads),
  }))
  const own = workloads.map((one) => ({
    path: `${folder}/${one.name}.yaml`,
    text: ofWorkload(one, workloads),
  }))
  const byHand = ['default-deny.yaml', 'jobs.yaml', 'nats-routes.yaml']
  const files = [...own, ...stores].map(({ path }) => path.slice(folder.length + 1))
  return [
    {
      path: `${folder}/kustomization.yaml`,
      text: component(`resources:\n${list([...byHand, ...files])}\n`),
    },
    ...own,
    ...stores,
  ]
}

const head = (name: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/part-of: myhotel
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: ${name}
`

function ofWorkload({ name, kind, calls }: Workload, all: readonly Workload[]): string {
  const callers = all.filter((other) => other.calls.includes(name)).map((other) => other.name)
  // The router is the door for all: gateways, ingresses and load balancers are wherever they are.
  const from = kind === 'router' ? '' : `    - from:\n${callers.map(nameIs).join('\n')}\n`
  const ports = `${kind === 'router' ? '    - ' : '      '}ports:\n${portIs(4000)}`
  const targets = calls.flatMap((callee): Target[] => {
    if (all.some((other) => other.name === callee)) return [{ pods: callee, port: 4000 }]
    return inside[callee] ? [inside[callee]] : []
  })
  return `${head(name)}  policyTypes: [Ingress, Egress]
  ingress:
${from}${ports}
  egress:
${[...new Set(targets.map(({ port }) => port))].map((port) => to(targets, port)).join('\n')}
`
}

const to = (targets: readonly Target[], port: number) => `    - to:
${targets
  .filter((target) => target.port === port)
  .map(({ pods }) => nameIs(pods))
  .join('\n')}
      ports:
${portIs(port)}`

function ofStore(callee: string, { pods, port }: Target, all: readonly Workload[]): string {
  const callers = all.filter(({ calls }) => calls.includes(callee)).map(({ name }) => nameIs(name))
  const migrations = `        - podSelector:
            matchLabels:
              app.kubernetes.io/component: migration`
  const from = callee === 'postgres' ? [...callers, migrations] : callers
  return `${head(pods)}  policyTypes: [Ingress]
  ingress:
    - from:
${from.join('\n')}
      ports:
${portIs(port)}
`
}

/** Who may connect to the internet, and to which ports. */
export function outside(workloads: readonly Workload[]): Manifest[] {
  const callers = workloads
    .map(({ name, calls }) => ({
      name,
      ports: [...new Set(calls.flatMap((callee) => ofInternet[callee] ?? []))],
    }))
    .filter(({ ports }) => ports.length > 0)
  const files = callers.map(({ name, ports }) => ({
    path: `components/outside/${name}.yaml`,
    text: toInternet(name, ports),
  }))
  const resources = list(callers.map(({ name }) => `${name}.yaml`))
  return [
    { path: 'components/outside/kustomization.yaml', text: component(`resources:\n${resources}\n`) },
    ...files,
  ]
}

/** All but the addresses of private networks, which are the cluster's and its neighbours'. */
const toInternet = (name: string, ports: readonly number[]) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}-outside
  labels:
    app.kubernetes.io/part-of: myhotel
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  policyTypes: [Egress]
  egress:
    - to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except: [10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
        - ipBlock:
            cidr: ::/0
            except: [fc00::/7, fe80::/10]
      ports:
${ports.map(portIs).join('\n')}
`
