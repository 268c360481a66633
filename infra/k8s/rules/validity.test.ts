import { expect, test } from 'vitest'
import { parse } from './kubectl.ts'
import { createValidator } from './validity.ts'

const flawsOf = createValidator()

const refused = [
  {
    text: '{ apiVersion: apps/v1, kind: Deployment, metadata: { name: a, label: {} }, spec: { selector: {}, template: {} } }',
    says: 'Deployment/a/metadata: there is no field label',
  },
  {
    text: '{ apiVersion: v1, kind: Service, metadata: { name: a }, spec: { ports: [{ port: "4000" }] } }',
    says: 'Service/a/spec/ports/0/port: must be integer',
  },
  {
    text: '{ apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: { name: a } }',
    says: 'PodDisruptionBudget/a: policy/v1beta1/PodDisruptionBudget is none of the kinds of schemas/',
  },
  {
    text: `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: a },
      spec: { host: a, trafficPolicy: { outlierDetection: { consecutive5xx: 3 } } } }`,
    says: 'DestinationRule/a/spec/trafficPolicy/outlierDetection: there is no field consecutive5xx',
  },
  {
    text: `{ apiVersion: postgresql.cnpg.io/v1, kind: Database, metadata: { name: a }, spec: { name: a, cluster: { name: b } } }`,
    says: "Database/a/spec: must have required property 'owner'",
  },
]

test.each(refused)('$says', ({ text, says }) => {
  expect(parse(text).flatMap(flawsOf)).toContain(says)
})
