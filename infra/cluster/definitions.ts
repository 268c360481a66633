import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { runCommand } from '../../tools/system/command.ts'
import { CACHE, PROGRAMS } from './paths.ts'
import { meshPrograms } from './versions.ts'

/** Definitions of the custom kinds that infra/k8s uses: in which modules they are, of the versions of k8s/rules/schemas. */
const sources: Readonly<Record<string, readonly string[]>> = {
  [`istio.io/istio@${meshPrograms.istio.version}`]: ['manifests/charts/base/files/crd-all.gen.yaml'],
  'sigs.k8s.io/gateway-api@v1.6.0': [
    'config/crd/standard/gateway.networking.k8s.io_gateways.yaml',
    'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml',
  ],
  'github.com/cloudnative-pg/cloudnative-pg@v1.28.0': [
    'config/crd/bases/postgresql.cnpg.io_clusters.yaml',
    'config/crd/bases/postgresql.cnpg.io_poolers.yaml',
    'config/crd/bases/postgresql.cnpg.io_databases.yaml',
  ],
  'github.com/external-secrets/external-secrets@v1.3.2': [
    'config/crds/bases/external-secrets.io_externalsecrets.yaml',
  ],
}

const key = createHash('sha256').update(JSON.stringify(sources)).digest('hex').slice(0, 12)
const FOLDER = join(PROGRAMS, `definitions-${key}`)

/** The files, once they are in the cache. */
export const definitionFiles = (): string[] =>
  Object.values(sources)
    .flat()
    .map((path) => join(FOLDER, basename(path)))

/** Fetches the definitions unless they are in the cache. */
export async function fetchDefinitions(signal?: AbortSignal): Promise<void> {
  if (existsSync(FOLDER)) return
  const draft = `${FOLDER}.draft`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  for (const [module, files] of Object.entries(sources)) {
    const { stdout } = await runCommand('go', ['mod', 'download', '-json', module], { cwd: CACHE, signal })
    const { Dir } = JSON.parse(stdout) as { Dir: string }
    for (const path of files) await copyFile(join(Dir, path), join(draft, basename(path)))
  }
  await rename(draft, FOLDER)
}
