import type { GuestsReport } from './client/guests.ts'
import type { SiegeReport } from './client/siege.ts'
import type { LogLine } from './client/told.ts'
import { startClient } from './in-cluster.ts'
import { countInvariants } from './invariants.ts'
import { type Kubectl, NAMESPACE, type Named } from './kubectl.ts'
import type { Deployment } from './objects.ts'
import type { Context, Load, Machines, Mesh } from './proof.ts'

/** What all proofs share. */
export type Site = {
  readonly kubectl: Kubectl
  readonly image: string
  readonly deployments: readonly string[]
  readonly machines: Machines | null
  readonly mesh: Mesh | null
  readonly definitions: readonly string[] | null
  /** What guests were told in all of this run. */
  readonly log: LogLine[]
}

/** Where clients in the cluster find the router. */
const ROUTER = `http://router.${NAMESPACE}:4000/graphql`

/** Clients end by themselves after so long, whatever becomes of the proof. */
const longestSeconds = 900

/** What one proof is given, and what ends all that it may have left running. */
export function createContext(
  site: Site,
  proof: Pick<Context, 'signal' | 'tell' | 'note'> & { readonly name: string },
): { context: Context; close: () => Promise<void> } {
  const { kubectl, image, deployments, machines, mesh, definitions, log } = site
  const { signal, tell, note } = proof
  const running: { kill(): void }[] = []
  let runs = 0

  async function start<Report>(script: string, options: object): Promise<Load<Report>> {
    signal.throwIfAborted()
    runs += 1
    // Two runs of a proof have rooms and keys of their own.
    const run = `${proof.name}-${Date.now().toString(36)}-${runs}`
    const issuer = await issuerFor(kubectl)
    const all = { router: ROUTER, issuer, run, seconds: longestSeconds, ...options }
    const heard = (line: LogLine) => log.push(line)
    const client = await startClient<Report>(kubectl, script, all, { tell, heard })
    running.push(client)
    return client
  }

  const context: Context = {
    ...{ kubectl, image, signal, tell, note, deployments, machines, mesh, definitions, log },
    client: start,
    guests: (options) => start<GuestsReport>('guests', options),
    siege: (options) => start<SiegeReport>('siege', options),
    invariants: () => countInvariants(kubectl, log, { deployments, tell }),
  }
  return {
    context,
    async close() {
      for (const client of running) client.kill()
    },
  }
}

type ConfigMap = Named & { readonly data?: Readonly<Record<string, string>> }

/** Where clients find the issuer that the router believes: they are in another namespace. */
async function issuerFor(kubectl: Kubectl): Promise<string> {
  const { spec } = await kubectl.get<Deployment>('deployment', 'router')
  const sources = spec.template.spec.containers.flatMap(({ envFrom = [] }) => envFrom)
  for (const { configMapRef } of sources) {
    if (!configMapRef) continue
    const { data } = await kubectl.get<ConfigMap>('configmap', configMapRef.name)
    if (!data?.TOKEN_ISSUER) continue
    const issuer = new URL(data.TOKEN_ISSUER)
    if (!issuer.hostname.includes('.')) issuer.hostname += `.${NAMESPACE}`
    return issuer.href
  }
  throw new Error('The ConfigMaps of the router do not say who issues tokens.')
}
