import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { writeHastened } from '../alerts/rules.ts'
import { applyOverlay, renderOverlay, rolledOut } from './deploy.ts'
import { eventually } from './eventually.ts'
import { throughForward } from './forward.ts'
import { type Kubectl, NAMESPACE } from './kubectl.ts'
import { isReady, type Pod } from './objects.ts'
import type { Context } from './proof.ts'

const OVERLAY = join(import.meta.dirname, 'overlay-watched')
const COMPONENT = join(import.meta.dirname, '../k8s/components/observability')
const PROMETHEUS = 'prometheus-0'
const startedWithinMs = 180_000

/** Durations of the rules are divided by this: nobody waits for a quarter of an hour to see a pod restart. */
export const hastenedBy = 6
/** As much more often than in earnest Prometheus looks. */
const everySeconds = 4

/** An alert as Prometheus tells of it. */
export type Told = {
  readonly labels: Readonly<Record<string, string>>
  readonly state: 'pending' | 'firing' | 'inactive'
}

/**
 * Has a Prometheus with the rules of the repository watch all services for as long as `work` takes: the overlay of the
 * proofs with the component observability, its rules hastened.
 */
export async function whileWatched<Result>(context: Context, work: () => Promise<Result>): Promise<Result> {
  const { kubectl, deployments, tell, signal } = context
  const folder = await mkdtemp(join(tmpdir(), 'myhotel-watched-'))
  try {
    tell('Prometheus is started')
    await writeOverlay(folder)
    await applyOverlay(kubectl, folder)
    for (const pod of [PROMETHEUS, 'redis-0']) await ready(kubectl, pod, signal)
    await rolledOut(kubectl, deployments, context)
    return await work()
  } finally {
    tell('Prometheus is taken away')
    await removeWhatIsMore(kubectl, folder)
    await applyOverlay(kubectl)
    await rm(folder, { recursive: true })
    await rolledOut(kubectl, deployments, context)
  }
}

const ready = (kubectl: Kubectl, name: string, signal: AbortSignal) =>
  eventually(`${name} is ready`, startedWithinMs, async () => isReady(await kubectl.get<Pod>('pod', name)), {
    signal,
  })

/** An overlay in a folder of its own, with rules and intervals for a trial in place of those for years. */
async function writeOverlay(folder: string): Promise<void> {
  await writeHastened(join(folder, 'rules'), hastenedBy)
  const config = await readFile(join(COMPONENT, 'prometheus.yaml'), 'utf8')
  const often = config
    .replace(/(scrape|evaluation)_interval: \w+/g, `$1_interval: ${everySeconds}s`)
    .replace(/scrape_timeout: \w+/, `scrape_timeout: ${everySeconds - 1}s`)
  await writeFile(join(folder, 'prometheus.yaml'), often)
  const rules = (await readdir(join(folder, 'rules'))).map((name) => `rules/${name}`)
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: NAMESPACE,
    resources: [relative(folder, OVERLAY)],
    configMapGenerator: [
      { name: 'prometheus', behavior: 'replace', files: ['prometheus.yaml'] },
      { name: 'prometheus-rules', behavior: 'replace', files: rules },
    ],
  }
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization))
}

/** Removes what the overlay in `folder` has more than that of the proofs. */
async function removeWhatIsMore(kubectl: Kubectl, folder: string): Promise<void> {
  const [more, usual] = await Promise.all([kubectl.run(['kustomize', folder]), renderOverlay(kubectl)])
  const kept = new Set(namesIn(usual))
  const strange = namesIn(more).filter((name) => !kept.has(name))
  if (strange.length > 0)
    await kubectl.run(['delete', '--ignore-not-found', '--namespace', NAMESPACE, ...strange], {
      withinMs: 120_000,
    })
}

const namesIn = (manifests: string): string[] =>
  parseAllDocuments(manifests)
    .map((document) => document.toJS() as { kind: string; metadata: { name: string } } | null)
    .flatMap((one) => (one ? `${one.kind}/${one.metadata.name}` : []))

/** The alerts that Prometheus has at the moment. */
export const alertsNow = ({ kubectl }: Context): Promise<Told[]> =>
  throughForward(kubectl, PROMETHEUS, 9090, async (port) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/alerts`, {
      signal: AbortSignal.timeout(5_000),
    })
    return ((await response.json()) as { data: { alerts: Told[] } }).data.alerts
  })
