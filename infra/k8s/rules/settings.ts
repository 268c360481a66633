import { allContainers, nameOf, podOf, type Resource, services, workloads } from './resource.ts'
import type { Rule } from './rule.ts'

/** What pods are told, and by what. */
export const settingRules: readonly Rule[] = [
  {
    name: 'no secret is in a ConfigMap',
    flaws: (resources) =>
      resources
        .filter(({ kind }) => kind === 'ConfigMap')
        .flatMap((map) =>
          Object.entries(map.data ?? {})
            .filter(([key, value]) => isSecret(key, value))
            .map(([key]) => `${nameOf(map)}: ${key} belongs into a Secret`),
        ),
    refuses: `
kind: ConfigMap
metadata: { name: room }
data: { NATS_URL: "nats://myhotel:secret@nats:4222", LOG_LEVEL: info }`,
    says: 'ConfigMap/room: NATS_URL belongs into a Secret',
  },
  {
    name: 'no Secret is in git',
    flaws: (resources) =>
      resources
        .filter(({ kind }) => kind === 'Secret')
        .map((secret) => `${nameOf(secret)}: what it holds is known to everybody`),
    refuses: `
kind: Secret
metadata: { name: room }`,
    says: 'Secret/room: what it holds is known to everybody',
  },
  {
    name: 'no variable holds a secret itself',
    flaws: (resources) =>
      allContainers(resources).flatMap(({ name, container: { env = [] } }) =>
        env
          .filter((one) => isSecret(one.name, one.value ?? ''))
          .map((one) => `${name}: ${one.name} belongs into a Secret`),
      ),
    refuses: `
kind: Deployment
metadata: { name: payment }
spec: { template: { spec: { containers: [{ name: myhotel, env: [{ name: STRIPE_SECRET_KEY, value: sk }] }] } } }`,
    says: 'Deployment/payment, container myhotel: STRIPE_SECRET_KEY belongs into a Secret',
  },
  {
    name: 'a ConfigMap that is read is there',
    flaws: (resources) => {
      const there = new Set(resources.map(nameOf))
      return workloads(resources).flatMap((workload) =>
        configMapsOf(workload)
          .filter((name) => !there.has(`ConfigMap/${name}`) && !made(resources).has(name))
          .map((name) => `${nameOf(workload)}: there is no ConfigMap ${name}`),
      )
    },
    refuses: `
kind: Deployment
metadata: { name: room }
spec: { template: { spec: { volumes: [{ name: identity, configMap: { name: identity-keys } }] } } }`,
    says: 'Deployment/room: there is no ConfigMap identity-keys',
  },
  {
    name: 'a Secret that is read is made by somebody',
    flaws: (resources) =>
      workloads(resources).flatMap((workload) =>
        secretsOf(workload)
          .filter((name) => !made(resources).has(name))
          .map((name) => `${nameOf(workload)}: nobody makes the Secret ${name}`),
      ),
    refuses: `
kind: Deployment
metadata: { name: room }
spec: { template: { spec: { containers: [{ envFrom: [{ secretRef: { name: room } }] }] } } }`,
    says: 'Deployment/room: nobody makes the Secret room',
  },
  {
    name: 'a variable that is set is one that the program reads',
    flaws: (resources, { variables }) =>
      services(resources).flatMap((workload) =>
        [...variablesOf(resources, workload).keys()]
          .filter((name) => !variables[workload.metadata.name]?.has(name))
          .map((name) => `${nameOf(workload)}: nobody reads ${name}`),
      ),
    refuses: `
kind: Deployment
metadata: { name: room, labels: { app.kubernetes.io/component: subgraph } }
spec: { template: { spec: { containers: [{ env: [{ name: BOOKS_URL, value: "http://book:4000" }] }] } } }`,
    says: 'Deployment/room: nobody reads BOOKS_URL',
  },
  {
    name: 'stand-ins do not run in production',
    flaws: (resources) =>
      services(resources)
        .filter((router) => router.metadata.name === 'router')
        .filter((router) => variablesOf(resources, router).get('NODE_ENV') === 'production')
        .flatMap(() =>
          allContainers(resources).filter(({ container }) => /sandbox/.test(container.image ?? '')),
        )
        .map(({ name }) => `${name}: it is a stand-in, and the router is in production`),
    refuses: `
kind: Deployment
metadata: { name: router, labels: { app.kubernetes.io/component: router } }
spec: { template: { spec: { containers: [{ env: [{ name: NODE_ENV, value: production }] }] } } }
---
kind: Deployment
metadata: { name: mail-catcher }
spec: { template: { spec: { containers: [{ name: sandbox, image: "myhotel-sandbox:1.0.0" }] } } }`,
    says: 'Deployment/mail-catcher, container sandbox: it is a stand-in, and the router is in production',
  },
]

/** By its name, as a private key, or as an address with a password. */
const isSecret = (name: string, value: string) =>
  (/PASSWORD|_SECRET(_|$)|PRIVATE_KEY|_TOKEN$/.test(name) && value !== '') ||
  /-----BEGIN [A-Z ]*PRIVATE KEY|"d":\s*"|\/\/[^\s/:@"]*:[^\s/@"]+@/.test(value)

const configMapsOf = (workload: Resource) =>
  (podOf(workload).volumes ?? [])
    .flatMap(({ configMap, projected }) => [
      configMap,
      ...(projected?.sources ?? []).map((one) => one.configMap),
    ])
    .concat(
      ...(podOf(workload).containers ?? []).map(({ envFrom = [] }) => envFrom.map((one) => one.configMapRef)),
    )
    .flatMap((map) => (map ? [map.name] : []))

const secretsOf = (workload: Resource) => {
  const { volumes = [], containers = [], initContainers = [] } = podOf(workload)
  const mounted = volumes.flatMap(({ secret, projected }) => [
    secret?.secretName,
    ...(projected?.sources ?? []).map((one) => one.secret?.name),
  ])
  const read = [...initContainers, ...containers].flatMap(({ envFrom = [], env = [] }) => [
    ...envFrom.map(({ secretRef }) => secretRef?.name),
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
  ])
  return [...new Set([...mounted, ...read])].filter((name) => name !== undefined)
}

/** Names of what an external store, or the Job of development-secrets, makes. */
function made(resources: readonly Resource[]): Set<string> {
  const external = resources
    .filter(({ kind }) => kind === 'ExternalSecret')
    .map(({ metadata, spec }) => spec?.target?.name ?? metadata.name)
  const wanted = Object.keys(wantedOf(resources))
  return new Set([
    ...external,
    ...(wanted.length > 0 ? [...wanted, 'postgres', 'nats', 'redis', 'identity-keys'] : []),
  ])
}

const wantedOf = (resources: readonly Resource[]): Record<string, string[]> =>
  JSON.parse(
    resources.find((one) => nameOf(one) === 'ConfigMap/wanted-secrets')?.data?.['wanted.json'] ?? '{}',
  )

/** The variables that the program of a service finds, with their values; those of a Secret are empty. */
export function variablesOf(resources: readonly Resource[], workload: Resource): Map<string, string> {
  const variables = new Map<string, string>()
  const { envFrom = [], env = [] } = podOf(workload).containers?.[0] ?? {}
  for (const { configMapRef, secretRef } of envFrom) {
    const map = resources.find((one) => nameOf(one) === `ConfigMap/${configMapRef?.name}`)
    for (const [name, value] of Object.entries(map?.data ?? {})) variables.set(name, value)
    const external = resources.find((one) => nameOf(one) === `ExternalSecret/${secretRef?.name}`)
    const keys =
      external?.spec?.data?.map(({ secretKey }) => secretKey) ?? wantedOf(resources)[secretRef?.name ?? '']
    for (const name of keys ?? []) variables.set(name, '')
  }
  for (const { name, value = '' } of env) variables.set(name, value)
  return variables
}
