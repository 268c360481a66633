import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../../tools/system/client.ts'
import { rules } from './index.ts'
import { findKubectl, render } from './kubectl.ts'
import type { Told } from './rule.ts'
import { readTold } from './told.ts'
import { createValidator } from './validity.ts'

const K8S = join(ROOT, 'infra/k8s')
const overlays = readdirSync(join(K8S, 'overlays')).filter((name) => !name.startsWith('.'))
const components = readdirSync(join(K8S, 'components'))
/** Kustomize takes nothing from outside, so it is among the others. */
const scratch = mkdtempSync(join(K8S, 'overlays/.trial-'))

let told: Told
beforeAll(async () => {
  told = await readTold(ROOT)
  await findKubectl()
})
afterAll(() => rmSync(scratch, { recursive: true }))

const invalid = createValidator()

const flawsOf = (resources: Awaited<ReturnType<typeof render>>) =>
  rules.flatMap(({ name, flaws }) => flaws(resources, told).map((flaw) => `${flaw} (${name})`))

describe.each(overlays)('the overlay %s', (overlay) => {
  test('renders, and keeps every rule', async () => {
    const resources = await render(join(K8S, 'overlays', overlay))
    expect([...resources.flatMap(invalid), ...flawsOf(resources)]).toEqual([])
  })

  const text = readFileSync(join(K8S, 'overlays', overlay, 'kustomization.yaml'), 'utf8')
  test.concurrent.each(components.filter((name) => !text.includes(`components/${name}\n`)))(
    'renders with %s, too',
    async (component) => {
      const folder = mkdtempSync(join(scratch, `${overlay}-`))
      const path = (name: string) => relative(folder, join(K8S, name))
      writeFileSync(
        join(folder, 'kustomization.yaml'),
        `resources: [${path(`overlays/${overlay}`)}]\ncomponents: [${path(`components/${component}`)}]\n`,
      )
      expect((await render(folder)).flatMap(invalid)).toEqual([])
    },
  )
})
