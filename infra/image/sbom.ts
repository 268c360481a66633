import { execFile } from 'node:child_process'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Version } from '@cyclonedx/cyclonedx-library/Spec'
import { JsonStrictValidator } from '@cyclonedx/cyclonedx-library/Validation'
import { ROOT } from '../../tools/system/client.ts'
import type { DebianPackage } from './base.ts'
import type { Image } from './images.ts'

const run = promisify(execFile)

/** What a bill of materials says of a part; there is more. */
type Component = {
  type: string
  name: string
  version: string
  purl: string
  'bom-ref': string
  group?: string
}
type Bom = {
  metadata: { component: Component }
  components: Component[]
  dependencies?: { ref: string; dependsOn?: string[] }[]
}

/**
 * Writes the bill of materials (CycloneDX 1.6) of what an image holds: what pnpm knows of the packages of the lock file,
 * as far as they were installed under `app`, with Node and the Debian packages of the base.
 *
 * @throws where something was installed of which the lock file's part for production does not know, or where the bill
 *   is not valid
 */
export async function writeBom(
  image: Image,
  version: string,
  app: string,
  base: readonly DebianPackage[],
  file: string,
): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const options = [
    '--sbom-format',
    'cyclonedx',
    '--sbom-spec-version',
    '1.6',
    '--sbom-type',
    'application',
    '--prod',
  ]
  const filters = image.packages.flatMap((name) => ['--filter', name])
  const { stdout } = await run('npx', ['-y', packageManager, 'sbom', ...options, ...filters], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  })
  const bom: Bom = JSON.parse(stdout)
  const installed = await installedPackages(app)
  const known = new Set(bom.components.map(nameOf))
  const unknown = [...installed].filter((name) => !known.has(name))
  if (unknown.length > 0) throw new Error(`Not for production, but installed: ${unknown.join(', ')}`)
  const kept = bom.components.filter((component) => installed.has(nameOf(component)))
  const refs = new Set([...kept.map((component) => component['bom-ref']), bom.metadata.component['bom-ref']])
  bom.metadata.component = { ...bom.metadata.component, name: image.name, version }
  bom.components = [...kept, await nodeItself(), ...base.map(ofDebian)]
  bom.dependencies = bom.dependencies
    ?.filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }))
  const text = `${JSON.stringify(bom, null, 2)}\n`
  const flaw = await new JsonStrictValidator(Version.v1dot6).validate(text)
  if (flaw) throw new Error(`The bill of materials is not valid: ${JSON.stringify(flaw)}`)
  await writeFile(file, text)
}

const nameOf = ({ group, name, version }: Component) => `${group ? `${group}/` : ''}${name}@${version}`

/** `name@version` of each package that pnpm has installed. */
async function installedPackages(app: string): Promise<Set<string>> {
  const pattern = 'node_modules/.pnpm/*/node_modules/{*,@*/*}/package.json'
  const manifests = await Array.fromAsync(glob(pattern, { cwd: app }))
  const texts = await Promise.all(manifests.map((manifest) => readFile(join(app, manifest), 'utf8')))
  const packages = texts.map((text) => JSON.parse(text) as { name: string; version: string })
  return new Set(packages.map(({ name, version }) => `${name}@${version}`))
}

async function nodeItself(): Promise<Component> {
  const { stdout } = await run(join(ROOT, 'node_modules/node/bin/node'), ['--version'])
  const version = stdout.trim().replace(/^v/, '')
  const purl = `pkg:generic/node@${version}`
  return { type: 'platform', name: 'node', version, purl, 'bom-ref': purl }
}

function ofDebian({ name, version, architecture }: DebianPackage): Component {
  const purl = `pkg:deb/debian/${name.replaceAll('+', '%2B')}@${encodeURIComponent(version)}?arch=${architecture}`
  return { type: 'library', name, version, purl, 'bom-ref': purl }
}
