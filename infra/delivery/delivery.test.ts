import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from '../../tools/system/client.ts'
import { cloudBuild, unknownSubstitutions } from './cloud-build.ts'
import { complaintsOf, flawsOf, type Workflow } from './workflows.ts'

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const files = globSync('.github/workflows/*.yml', { cwd: ROOT }).sort()
const workflow = (name: string): Workflow => parse(read(`.github/workflows/${name}.yml`))
const { scripts } = JSON.parse(read('package.json'))
const build = cloudBuild.parse(parse(read('cloudbuild.yaml')))

const scriptsOf = ({ jobs }: Workflow) =>
  Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap(({ run }) => (run ? [run] : [])))

/** The commands of ours that scripts call: of package.json, and files. */
const called = (texts: readonly string[]) => ({
  commands: [...texts.join('\n').matchAll(/npm (?:--silent )?(?:run )?([a-z:-]+)/g)].map(
    ([, name = '']) => name,
  ),
  files: [...texts.join('\n').matchAll(/(?:^|\s)((?:[.]ci|infra|tools)\/[\w./-]+)/g)].map(
    ([, file = '']) => file,
  ),
})

describe('workflows', () => {
  test.each(files)('%s is one, and as ours are', async (file) => {
    expect(await complaintsOf(file, read(file))).toEqual([])
    expect(flawsOf(read(file))).toEqual([])
  })

  test.each<[string, string | RegExp, string, RegExp]>([
    ['an unknown field', 'timeout-minutes', 'timeout-seconds', /Unexpected value 'timeout-seconds'/],
    ['no machine', /\n *runs-on: .*/, '', /Required property is missing: runs-on/],
    ['an expression that is none', '${{ vars.PROMETHEUS_URL }}', '${{ vars.PROMETHEUS_URL | upper }}', /./],
    ['a context that there is not', '${{ secrets.KUBECONFIG }}', '${{ secret.KUBECONFIG }}', /./],
  ])('with %s are refused', async (_, from, to, complaint) => {
    const text = read('.github/workflows/rollout.yml')
    const broken = text.replace(from, to)
    expect(broken).not.toBe(text)
    expect((await complaintsOf('rollout.yml', broken)).join('\n')).toMatch(complaint)
  })

  test.each<[string, string | RegExp, string, string]>([
    ['an action that may change', /@[0-9a-f]{40}/, '@v7', 'rollout: actions/checkout@v7 is not one commit'],
    ['all permissions', /\npermissions:\n.*\n/, '\n', 'it has all permissions unless it says which'],
    ['no end', /\n *timeout-minutes: .*/, '', 'rollout: it may hang for six hours'],
    [
      'a title in a script',
      'npm run setup',
      'echo "${{ inputs.overlay }}"',
      'rollout: an expression stands in a script: use env',
    ],
  ])('with %s are refused', (_, from, to, flaw) => {
    expect(flawsOf(read('.github/workflows/rollout.yml').replace(from, to))).toEqual([flaw])
  })

  test('of a release wait for each other: nothing is published unchecked, nothing rolled out unpublished', () => {
    const { check, publish, staging, production } = workflow('release').jobs
    expect(check?.uses).toBe('./.github/workflows/ci.yml')
    expect([publish?.needs, staging?.needs, production?.needs]).toEqual(['check', 'publish', 'staging'])
    expect([staging?.uses, production?.uses]).toEqual(Array(2).fill('./.github/workflows/rollout.yml'))
  })
})

describe('cloudbuild.yaml', () => {
  test('uses no substitution that there is not', () => {
    expect(unknownSubstitutions(build)).toEqual([])
    const other = read('cloudbuild.yaml')
      .replace('$_REGISTRY', '$_REPOSITORY')
      .replace('${TAG_NAME}', '${VERSION}')
    expect(unknownSubstitutions(cloudBuild.parse(parse(other)))).toEqual(['VERSION', '_REPOSITORY'])
  })

  test.each<[string, object]>([
    ['an unknown field', { ...build, step: [] }],
    ['a step that is none', { ...build, steps: [{ ...build.steps[0], command: 'npm test' }] }],
    ['a time that is none', { ...build, timeout: '2h' }],
  ])('with %s is refused', (_, broken) => {
    expect(cloudBuild.safeParse(broken).success).toBe(false)
  })

  test('does the steps in the order of a release, one after the other', () => {
    expect(build.steps.map(({ id }) => id)).toEqual([
      'check',
      'contracts',
      'publish',
      'staging',
      'production',
    ])
    expect(build.steps.filter(({ waitFor }) => waitFor)).toEqual([])
  })
})

describe('both', () => {
  const github = called(['ci', 'release', 'rollout'].flatMap((name) => scriptsOf(workflow(name))))
  const google = called(build.steps.map(({ script }) => script))

  test('call commands and files that there are', () => {
    for (const { commands, files: its } of [github, google]) {
      expect(commands.filter((name) => !(name in scripts))).toEqual([])
      expect(its.filter((file) => !file.includes('*') && !existsSync(join(ROOT, file)))).toEqual([])
    }
  })

  test('check, compare promises, build, sign and roll out by the same programs', () => {
    for (const { commands, files: its } of [github, google]) {
      expect(its).toContain('.ci/run')
      expect(commands).toEqual(expect.arrayContaining(['contracts', 'image']))
      expect(
        [...commands, ...its].filter((one) => /^rollout$|^infra\/rollout\/main[.]ts$/.test(one)),
      ).not.toEqual([])
    }
  })

  test('roll out overlays that there are', () => {
    const texts = [...files, 'cloudbuild.yaml'].map(read).join('\n')
    const overlays = [...texts.matchAll(/infra\/k8s\/overlays\/\w+/g)].map(([overlay]) => overlay)
    expect(new Set(overlays)).toEqual(
      new Set(['infra/k8s/overlays/staging', 'infra/k8s/overlays/production']),
    )
    expect(overlays.filter((overlay) => !existsSync(join(ROOT, overlay, 'kustomization.yaml')))).toEqual([])
  })
})
