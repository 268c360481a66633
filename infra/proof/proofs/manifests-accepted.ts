import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { BY_SERVER, KubectlFailed, type Named } from '../kubectl.ts'
import { type Context, NotPossibleHere, type Proof, promised, told } from '../proof.ts'

const K8S = join(import.meta.dirname, '../../k8s')
const OVERLAYS = join(K8S, 'overlays')
/** Where nothing of MyHotel is, so that all of it would be new. */
const trial = 'myhotel-trial'
const acceptedWithinMs = 120_000

type Trial = { readonly what: string; readonly overlay: string; readonly component?: string }

/** What `npm test` checks by schemas alone is checked by the API server itself, which keeps nothing of it. */
export const manifestsAccepted: Proof = {
  name: 'manifests-accepted',
  claim:
    'The API server takes every overlay, and every overlay with each further component (apply --dry-run=server)',
  withinMs: 900_000,
  async run(context) {
    const added = await define(context)
    const folder = mkdtempSync(join(OVERLAYS, '.trial-'))
    try {
      await context.kubectl.run(['create', 'namespace', trial])
      const trials = trialsOf()
      const refused: string[] = []
      let objects = 0
      for (const one of trials) {
        context.signal.throwIfAborted()
        context.tell(one.what)
        const { accepted, complaint } = await attempt(context, folder, one)
        objects += accepted
        if (complaint) refused.push(`${one.what}: ${complaint}`)
      }
      for (const complaint of refused) context.note(complaint)
      return [
        promised('overlays, alone and with a component', trials.length, 'all there are', trials.length > 0),
        promised('of them refused', refused.length, '0', refused.length === 0),
        told('objects that the API server took', objects),
        told('definitions of custom kinds installed for it', added.join(', ') || 'none: they were there'),
      ]
    } finally {
      rmSync(folder, { recursive: true })
      await context.kubectl.remove('namespace', trial)
      for (const name of added) await context.kubectl.remove('customresourcedefinition', name)
    }
  },
}

/** Every overlay alone, and with each component that it does not have. */
function trialsOf(): Trial[] {
  const components = readdirSync(join(K8S, 'components'))
  const overlays = readdirSync(OVERLAYS).filter((name) => !name.startsWith('.'))
  return overlays.flatMap((overlay) => {
    const text = readFileSync(join(OVERLAYS, overlay, 'kustomization.yaml'), 'utf8')
    const further = components.filter((component) => !text.includes(`components/${component}\n`))
    return [
      { what: overlay, overlay },
      ...further.map((component) => ({ what: `${overlay} with ${component}`, overlay, component })),
    ]
  })
}

/** @returns how many objects were accepted, and what the API server had against the others */
async function attempt(
  { kubectl }: Context,
  folder: string,
  { overlay, component }: Trial,
): Promise<{ accepted: number; complaint?: string }> {
  const own = mkdtempSync(join(folder, `${overlay}-`))
  const path = (name: string) => relative(own, join(K8S, name))
  const lines = [`namespace: ${trial}`, `resources: [${path(`overlays/${overlay}`)}]`]
  if (component) lines.push(`components: [${path(`components/${component}`)}]`)
  writeFileSync(join(own, 'kustomization.yaml'), lines.join('\n'))
  try {
    const args = ['apply', '--dry-run=server', ...BY_SERVER, '--kustomize', own, '--output', 'name']
    const said = await kubectl.run(args, { withinMs: acceptedWithinMs })
    return { accepted: said.trim().split('\n').length }
  } catch (error) {
    if (!(error instanceof KubectlFailed)) throw error
    return { accepted: 0, complaint: error.message.replace(/^kubectl apply \S.*?: /, '').slice(0, 600) }
  }
}

/** Installs the definitions of custom kinds that this cluster lacks. @returns their names */
async function define({ kubectl, definitions }: Context): Promise<string[]> {
  const there = new Set(
    (await kubectl.list<Named>('customresourcedefinitions')).map(({ metadata }) => metadata.name),
  )
  if (!definitions && there.size === 0)
    throw new NotPossibleHere('This cluster has no definitions of custom kinds, and nobody lent them.')
  const objects = (definitions ?? []).flatMap((file) =>
    parseAllDocuments(readFileSync(file, 'utf8')).flatMap(
      (document) => (document.toJS() as Named | null) ?? [],
    ),
  )
  const missing = objects.filter(({ metadata }) => !there.has(metadata.name))
  if (missing.length > 0) await kubectl.apply(...missing)
  const names = missing.map(({ metadata }) => metadata.name)
  if (names.length > 0)
    await kubectl.run([
      ...['wait', '--for=condition=Established', '--timeout=60s'],
      ...names.map((name) => `customresourcedefinition/${name}`),
    ])
  return names
}
