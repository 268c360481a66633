import type { Manifest } from './base.ts'
import { component, list } from './component.ts'
import { outsideSecrets, secretVariables, type Workload } from './workloads.ts'

/** Which variables the Job of development-secrets is to make up for whom. */
export function wantedSecrets(workloads: readonly Workload[]): Manifest {
  const lines = workloads.map((one) => {
    const variables = secretVariables(one, workloads).map((variable) => `"${variable}"`)
    return `    "${one.name}": [${variables.join(', ')}]`
  })
  return {
    path: 'components/development-secrets/wanted.yaml',
    text: `apiVersion: v1
kind: ConfigMap
metadata:
  name: wanted-secrets
data:
  wanted.json: |
    {
${lines.join(',\n').replaceAll(/^/gm, '  ')}
    }
`,
  }
}

/** Where the Secret of each workload comes from in production. */
export function externalSecrets(workloads: readonly Workload[]): Manifest[] {
  const needy = workloads
    .map((one) => ({ name: one.name, keys: [...secretVariables(one, workloads), ...outsideSecrets(one)] }))
    .filter(({ keys }) => keys.length > 0)
  const files = needy.map(({ name, keys }) => ({
    path: `components/external-secrets/${name}.yaml`,
    text: externalSecret(name, keys),
  }))
  const resources = list([...needy.map(({ name }) => `${name}.yaml`), 'stores.yaml'])
  return [
    { path: 'components/external-secrets/kustomization.yaml', text: component(`resources:\n${resources}\n`) },
    ...files,
  ]
}

const externalSecret = (name: string, keys: readonly string[]) => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: myhotel
spec:
  refreshInterval: 1m0s
  secretStoreRef:
    kind: SecretStore
    name: myhotel
  target:
    name: ${name}
  data:
${keys.map((key) => secretData(name, key)).join('')}`

const secretData = (name: string, key: string) => `    - secretKey: ${key}
      remoteRef:
        key: myhotel/${name}
        property: ${key}
`
