import type { Manifest } from './base.ts'
import { component, list } from './component.ts'
import type { Workload } from './workloads.ts'

/** CloudNativePG: a role and a database for each subgraph that has one, of one cluster. */
export function databases(workloads: readonly Workload[]): Manifest[] {
  const owners = workloads.filter(({ hasDatabase }) => hasDatabase)
  const files = owners.map((owner) => ({
    path: `components/cloudnative-pg/${owner.name}.yaml`,
    text: database(owner),
  }))
  const resources = ['cluster.yaml', 'network-policies.yaml', ...owners.map(({ name }) => `${name}.yaml`)]
  const text = component(`resources:
${list(resources)}
patches:
  - target:
      kind: Cluster
      name: postgres
    patch: |
      - op: add
        path: /spec/managed
        value:
          roles:
${owners.map(({ name }) => role(name)).join('')}`)
  return [{ path: 'components/cloudnative-pg/kustomization.yaml', text }, ...files]
}

const role = (name: string) => `            - name: ${name}
              login: true
              passwordSecret:
                name: ${name}-role
`

const database = ({ name, extensions }: Workload) => `apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/part-of: myhotel
spec:
  cluster:
    name: postgres
  name: ${name}
  owner: ${name}
  databaseReclaimPolicy: retain
${extensions.length === 0 ? '' : `  extensions:\n${extensions.map((extension) => `    - name: ${extension}\n`).join('')}`}---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: ${name}-role
  labels:
    app.kubernetes.io/part-of: myhotel
spec:
  refreshInterval: 1m0s
  secretStoreRef:
    kind: SecretStore
    name: myhotel
  target:
    name: ${name}-role
    template:
      type: kubernetes.io/basic-auth
      metadata:
        labels:
          cnpg.io/reload: "true"
  data:
    - secretKey: username
      remoteRef:
        key: myhotel/${name}-role
        property: username
    - secretKey: password
      remoteRef:
        key: myhotel/${name}-role
        property: password
`
