import { readdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readWorkloads } from '../../../tools/generate/manifests/workloads.ts'
import { ROOT } from '../../../tools/system/client.ts'
import { complaintsOf, secretFor } from './complaints.ts'
import { render } from './kubectl.ts'
import { type Resource, services } from './resource.ts'
import { variablesOf } from './settings.ts'

const overlays = readdirSync(join(ROOT, 'infra/k8s/overlays')).filter((name) => !name.startsWith('.'))
const names = (await readWorkloads(ROOT)).map(({ name }) => name)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'myhotel-environment-'))
  writeFileSync(join(folder, 'keys.json'), '{ "keys": [] }')
})
afterAll(() => rm(folder, { recursive: true }))

/** Where files of ConfigMaps are here. */
const files = (): Record<string, string> => ({
  SUPERGRAPH_FILE: join(ROOT, 'infra/k8s/base/router/supergraph.graphql'),
  IDENTITY_KEYS_FILE: join(folder, 'keys.json'),
})

/** Has the program of a service read the environment that its pods have; what it says is wrong with it, or nothing. */
async function complaints(name: string, resources: Resource[], without?: string): Promise<string> {
  const workload = services(resources).find(({ metadata }) => metadata.name === name)
  if (!workload) throw new Error(`There is no Deployment/${name}.`)
  const variables = [...variablesOf(resources, workload)].filter(([variable]) => variable !== without)
  const env = Object.fromEntries(
    variables.map(([variable, value]) => [variable, files()[variable] ?? (value || secretFor(variable))]),
  )
  return complaintsOf(name, env)
}

describe.each(overlays)('in the overlay %s', (overlay) => {
  let resources: Resource[] = []
  beforeAll(async () => {
    resources = await render(join(ROOT, 'infra/k8s/overlays', overlay))
  })

  test.concurrent.each(names)('%s has all that it asks for', async (name) => {
    expect(await complaints(name, resources)).toBe('')
  })

  test('what is missing would be told', async () => {
    expect(await complaints('router', resources, 'TOKEN_ISSUER')).toContain('TOKEN_ISSUER')
  })
})
