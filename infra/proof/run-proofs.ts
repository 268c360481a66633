import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLine } from './client/told.ts'
import { createContext } from './context.ts'
import { applyOverlay, rolledOut, startClients } from './deploy.ts'
import { CLIENT_POD, CLIENTS } from './in-cluster.ts'
import { createKubectl, type Kubectl } from './kubectl.ts'
import { isReady, type Pod } from './objects.ts'
import type { Machines, Mesh } from './proof.ts'
import { claims, proofs } from './proofs/index.ts'
import { tryProofs } from './run.ts'
import { readVersions } from './versions.ts'

const ROOT = join(import.meta.dirname, '../..')

export type ProofsOptions = {
  /** Names of proofs; all where there is none. */
  readonly only: readonly string[]
  readonly machines: Machines | null
  readonly mesh: Mesh | null
  readonly definitions: readonly string[] | null
  /** Versions of what the cluster does not tell itself, and what was made from other sources for it. */
  readonly versions: Readonly<Record<string, string>>
  readonly converted: readonly string[]
  readonly signal: AbortSignal
  readonly tell: (line: string) => void
}

/**
 * Tries proofs on the cluster that kubectl finds by itself (KUBECONFIG), and writes PROOFS.md.
 *
 * @returns whether none was broken and all were tried
 * @throws where there is no proof of a name, or MyHotel cannot be brought up
 */
export async function runProofs(options: ProofsOptions): Promise<boolean> {
  const { only, machines, mesh, definitions, converted, signal, tell } = options
  const unknown = only.filter((name) => !proofs.some((proof) => proof.name === name))
  const order = proofs.map(({ name }) => name)
  if (unknown.length > 0) throw new Error(`There is no proof "${unknown[0]}". There is: ${order.join(', ')}`)
  const chosen = proofs.filter(({ name }) => only.length === 0 || only.includes(name))
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version?: string }
  const image = `myhotel-proof:${version ?? '1.0.0'}`
  const deployments = ['router', ...readdirSync(join(ROOT, 'subgraphs')).sort()]
  const kubectl = createKubectl({})
  const log: LogLine[] = []
  // The first of all proofs brings MyHotel up; any other one finds it there.
  if (chosen[0] !== proofs[0]) await bringUp(kubectl, { image, deployments, signal, tell })
  const results = await tryProofs(chosen, {
    ...{ claims, converted, signal, tell },
    folder: join(ROOT, 'infra'),
    results: join(import.meta.dirname, 'results'),
    versions: async () => ({ ...(await readVersions(kubectl)), ...options.versions }),
    contextFor: async (proof) =>
      createContext({ kubectl, image, deployments, machines, mesh, definitions, log }, proof),
  })
  const counts = Object.groupBy(results, ({ outcome }) => outcome)
  tell(
    Object.entries(counts)
      .map(([outcome, some]) => `${some?.length} ${outcome}`)
      .join(', '),
  )
  return results.length === chosen.length && !counts.broken
}

async function bringUp(
  kubectl: Kubectl,
  {
    image,
    deployments,
    signal,
    tell,
  }: Pick<ProofsOptions, 'signal' | 'tell'> & { image: string; deployments: string[] },
): Promise<void> {
  tell('MyHotel is brought up where it is not')
  await applyOverlay(kubectl)
  await rolledOut(kubectl, deployments, { tell, signal })
  const clients = await kubectl.get<Pod>('pod', CLIENT_POD, { namespace: CLIENTS }).catch(() => undefined)
  if (!clients || !isReady(clients)) await startClients(kubectl, { image, signal })
}
