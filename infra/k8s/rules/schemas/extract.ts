import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'

/**
 * `node extract.ts SWAGGER CRD…`: writes the schemas of the kinds that infra/k8s uses, of Kubernetes' own (its
 * api/openapi-spec/swagger.json) and of CustomResourceDefinitions, without what is for readers, and with no other fields than
 * those that are named. README.md says of which versions the present ones are.
 */
const own: Readonly<Record<string, string>> = {
  'v1/Namespace': 'io.k8s.api.core.v1.Namespace',
  'v1/ConfigMap': 'io.k8s.api.core.v1.ConfigMap',
  'v1/Service': 'io.k8s.api.core.v1.Service',
  'v1/ServiceAccount': 'io.k8s.api.core.v1.ServiceAccount',
  'apps/v1/Deployment': 'io.k8s.api.apps.v1.Deployment',
  'apps/v1/StatefulSet': 'io.k8s.api.apps.v1.StatefulSet',
  'batch/v1/Job': 'io.k8s.api.batch.v1.Job',
  'policy/v1/PodDisruptionBudget': 'io.k8s.api.policy.v1.PodDisruptionBudget',
  'autoscaling/v2/HorizontalPodAutoscaler': 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  'networking.k8s.io/v1/NetworkPolicy': 'io.k8s.api.networking.v1.NetworkPolicy',
  'networking.k8s.io/v1/Ingress': 'io.k8s.api.networking.v1.Ingress',
  'rbac.authorization.k8s.io/v1/Role': 'io.k8s.api.rbac.v1.Role',
  'rbac.authorization.k8s.io/v1/RoleBinding': 'io.k8s.api.rbac.v1.RoleBinding',
}

const custom = [
  'security.istio.io/v1/PeerAuthentication',
  'networking.istio.io/v1/DestinationRule',
  'networking.istio.io/v1/VirtualService',
  'gateway.networking.k8s.io/v1/Gateway',
  'gateway.networking.k8s.io/v1/HTTPRoute',
  'postgresql.cnpg.io/v1/Cluster',
  'postgresql.cnpg.io/v1/Pooler',
  'postgresql.cnpg.io/v1/Database',
  'external-secrets.io/v1/ExternalSecret',
]

/** What every object has, also where its definition does not say so. */
const head = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } }

type Schema = { [key: string]: unknown }
type Definition = {
  spec: {
    group: string
    names: { kind: string }
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[]
  }
}

/** Keywords that say what is valid; the rest is for readers and for programs that write. */
const kept = [
  ...[
    'type',
    'properties',
    'items',
    'required',
    'additionalProperties',
    '$ref',
    'enum',
    'nullable',
    'pattern',
  ],
  ...[
    'anyOf',
    'oneOf',
    'allOf',
    'not',
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
  ],
  ...['x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields'],
]

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @param branch whether it is one of several (anyOf and so on), which does not name all fields */
function reduced(schema: Schema, branch = false): Schema {
  if (schema.format === 'int-or-string') return { type: ['integer', 'string'] }
  const made: Schema = {}
  for (const [key, value] of Object.entries(schema)) {
    if (!kept.includes(key)) continue
    if (key === 'properties' && isObject(value)) {
      made[key] = mapped(value, (one) => reduced(one, branch))
    } else if (Array.isArray(value) && ['anyOf', 'oneOf', 'allOf'].includes(key)) {
      made[key] = value.map((one) => (isObject(one) ? reduced(one, true) : one))
    } else made[key] = isObject(value) ? reduced(value, branch || key === 'not') : value
  }
  const open = branch || made.additionalProperties || made['x-kubernetes-preserve-unknown-fields']
  if (made.properties && !open) made.additionalProperties = false
  if (made['x-kubernetes-int-or-string']) made.type = ['integer', 'string']
  return made
}

const mapped = (object: Schema, change: (value: Schema) => Schema): Schema =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, isObject(value) ? change(value) : value]),
  )

function ofKubernetes(file: string): Schema {
  const { definitions: all } = JSON.parse(readFileSync(file, 'utf8')) as {
    definitions: Record<string, Schema>
  }
  const definitions: Schema = {}
  const collect = (name: string) => {
    if (name in definitions) return
    const isQuantity = name.endsWith('.Quantity')
    const schema = isQuantity ? { type: ['string', 'number'] } : reduced(all[name] ?? {})
    definitions[name] = schema
    if (isObject(schema.properties)) delete schema.properties.status
    for (const [, other = ''] of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) collect(other)
  }
  Object.values(own).forEach(collect)
  return definitions
}

function ofDefinitions(files: readonly string[]): Schema {
  const kinds: Schema = {}
  for (const document of files.flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')))) {
    const definition: Definition | null = document.toJS()
    if (!definition?.spec?.versions) continue
    const { group, names, versions } = definition.spec
    for (const { name, schema } of versions) {
      const kind = `${group}/${name}/${names.kind}`
      if (!custom.includes(kind)) continue
      const made = reduced(schema.openAPIV3Schema)
      if (isObject(made.properties)) {
        delete made.properties.status
        Object.assign(made.properties, head)
      }
      kinds[kind] = made
    }
  }
  return kinds
}

const [swagger = '', ...crds] = process.argv.slice(2)
const definitions = ofKubernetes(swagger)
const refs = Object.fromEntries(
  Object.entries(own).map(([kind, name]) => [kind, { $ref: `#/definitions/${name}` }]),
)
// One kind a line: a change of versions can be read.
const lines = (object: Schema) =>
  Object.entries(object)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
    .join(',\n')
const text = `{"kinds":{\n${lines({ ...refs, ...ofDefinitions(crds) })}\n},"definitions":{\n${lines(definitions)}\n}}\n`
writeFileSync(join(import.meta.dirname, 'schemas.json'), text)
