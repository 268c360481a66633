import { join } from 'node:path'
import { applyOverlay, rolledOut } from './deploy.ts'
import { eventually } from './eventually.ts'
import { NAMESPACE } from './kubectl.ts'
import { isReady, type Pod } from './objects.ts'
import { type Context, NotPossibleHere } from './proof.ts'

const OVERLAY = join(import.meta.dirname, 'overlay-mesh')
const joinedWithinMs = 240_000
const sidecar = 'istio-proxy'

/** Kinds that the mesh's component adds, which are to go with it. */
const kinds = ['peerauthentications', 'destinationrules', 'virtualservices']

/**
 * Has all services join the mesh for as long as `work` takes: the overlay of the proofs with the component istio, and
 * a sidecar in every pod of theirs.
 *
 * @throws NotPossibleHere where there is no Istio, and nobody can install it
 */
export async function inMesh<Result>(context: Context, work: () => Promise<Result>): Promise<Result> {
  const { kubectl, deployments, tell, mesh } = context
  if (!(await hasIstio(context))) {
    if (!mesh) throw new NotPossibleHere('There is no Istio in this cluster.')
    tell('Istio is installed')
    await mesh.install(context.signal)
  }
  try {
    tell('every service joins the mesh')
    await applyOverlay(kubectl, OVERLAY)
    await rolledOut(kubectl, deployments, context)
    await eventually('every pod has its sidecar', joinedWithinMs, async () => {
      const pods = await podsOf(context)
      return pods.length >= deployments.length && pods.every(hasSidecar)
    })
    return await work()
  } finally {
    tell('every service leaves the mesh')
    await applyOverlay(kubectl)
    await kubectl.run(['delete', kinds.join(), '--all', '--namespace', NAMESPACE, '--ignore-not-found'])
    await kubectl.remove('networkpolicy', 'istiod')
    await rolledOut(kubectl, deployments, context)
  }
}

/** The pods of all services, that are ready. */
export async function podsOf({ kubectl, deployments }: Context): Promise<Pod[]> {
  const selector = `app.kubernetes.io/name in (${deployments.join()})`
  return (await kubectl.list<Pod>('pods', { selector })).filter(isReady)
}

const hasIstio = async ({ kubectl }: Context) =>
  (await kubectl.list('deployments', { namespace: 'istio-system', selector: 'app=istiod' })).length > 0

type WithInit = Pod & { spec: { initContainers?: readonly { name: string }[] } }
const hasSidecar = ({ spec }: WithInit) =>
  [...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === sidecar)
