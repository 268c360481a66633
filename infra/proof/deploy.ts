import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { CLIENT_POD, CLIENTS, clientPods } from './in-cluster.ts'
import { BY_SERVER, type Kubectl, NAMESPACE } from './kubectl.ts'
import { type Deployment, isReady, isRolledOut, type Pod } from './objects.ts'

const OVERLAY = join(import.meta.dirname, 'overlay')
const appliedWithinMs = 240_000
const rolledOutWithinMs = 300_000
const removedWithinMs = 180_000

type Told = { readonly tell: (line: string) => void; readonly signal: AbortSignal }

/** Applies MyHotel as it is proven: the overlay for development, with what infra/proof/overlay changes of it. */
export async function applyOverlay(kubectl: Kubectl, overlay = OVERLAY): Promise<void> {
  const args = ['apply', ...BY_SERVER, '--kustomize', overlay]
  await kubectl.run(args, { withinMs: appliedWithinMs })
}

/** What is applied, as text. */
export const renderOverlay = (kubectl: Kubectl): Promise<string> => kubectl.run(['kustomize', OVERLAY])

/** Waits until these Deployments have only pods of their newest version, all of them available. */
export async function rolledOut(
  kubectl: Kubectl,
  names: readonly string[],
  { tell, signal }: Told,
  withinMs = rolledOutWithinMs,
): Promise<void> {
  let waiting = ''
  const what = `all pods of ${names.join(', ')} are available`
  await eventually(
    what,
    withinMs,
    async () => {
      const deployments = await kubectl.list<Deployment>('deployments')
      const there = deployments.filter(({ metadata }) => names.includes(metadata.name))
      const late = there.filter((deployment) => !isRolledOut(deployment)).map(({ metadata }) => metadata.name)
      if (late.join() !== waiting && late.length > 0) tell(`waiting for ${late.join(', ')}`)
      waiting = late.join()
      return there.length === names.length && late.length === 0
    },
    { signal },
  )
}

/** Starts the pod that load comes from, in place of one that is there. */
export async function startClients(
  kubectl: Kubectl,
  { image, node, signal }: { image: string; node?: string; signal: AbortSignal },
): Promise<void> {
  const where = { namespace: CLIENTS }
  await kubectl.remove('pod', CLIENT_POD, where)
  await gone('pod', CLIENT_POD, { kubectl, signal, where })
  await kubectl.apply(...clientPods(image, node))
  await eventually(
    'the pod of the clients is ready',
    appliedWithinMs,
    async () => isReady(await kubectl.get<Pod>('pod', CLIENT_POD, where)),
    { signal },
  )
}

/** Removes MyHotel with all that it has stored. */
export async function removeAll(kubectl: Kubectl, { signal }: Pick<Told, 'signal'>): Promise<void> {
  await kubectl.remove('namespace', NAMESPACE)
  await gone('namespace', NAMESPACE, { kubectl, signal })
}

async function gone(
  resource: string,
  name: string,
  { kubectl, signal, where }: { kubectl: Kubectl; signal: AbortSignal; where?: { namespace: string } },
): Promise<void> {
  const namespace = where ? ['--namespace', where.namespace] : []
  await eventually(
    `${resource} ${name} is gone`,
    removedWithinMs,
    async () =>
      (await kubectl.run(['get', resource, name, '--ignore-not-found', '--output', 'name', ...namespace])) ===
      '',
    { signal },
  )
}
