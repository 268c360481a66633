import type { Faults } from '../../tools/sandbox/payment-provider/control.ts'
import { throughForward } from './forward.ts'
import type { Kubectl } from './kubectl.ts'
import { isReady, type Pod } from './objects.ts'
import { NotPossibleHere } from './proof.ts'

/** How often a key was asked to pay, as the provider itself has counted. */
export type Asked = { readonly key: string; readonly times: number }

/** Switches faults of the sandbox's payment provider on, or all of them off. */
export const switchProvider = (kubectl: Kubectl, faults: Partial<Faults> | null) =>
  call(kubectl, '/control', {
    method: faults ? 'PUT' : 'DELETE',
    body: faults ? JSON.stringify(faults) : undefined,
  })

/** What the provider was asked to pay, since it runs. */
export const askedOfProvider = (kubectl: Kubectl) => call(kubectl, '/v1/asked') as Promise<Asked[]>

/** All that the provider has taken of cards. */
export const capturedByProvider = (kubectl: Kubectl) =>
  call(kubectl, '/v1/captures') as Promise<{ key: string }[]>

/** @throws NotPossibleHere where payments go to a real provider */
async function call(kubectl: Kubectl, path: string, init: RequestInit = {}): Promise<unknown> {
  const pods = await kubectl.list<Pod>('pods', { selector: 'app.kubernetes.io/name=payment-provider' })
  const pod = pods.find(isReady)
  if (!pod)
    throw new NotPossibleHere('There is no sandbox here whose payment provider can be asked or made to fail.')
  return throughForward(kubectl, pod.metadata.name, 4000, async (local) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`http://127.0.0.1:${local}${path}`, {
      ...init,
      headers,
      signal: AbortSignal.timeout(10_000),
    })
    if (!response.ok) throw new Error(`The payment provider answers ${response.status} to ${path}`)
    return response.json()
  })
}
