import { tryBreaker } from '../breaker.ts'
import { inMesh } from '../mesh.ts'
import { sentOnce } from '../mesh-retries.ts'
import { onlyByMutualTls } from '../mesh-tls.ts'
import type { Proof } from '../proof.ts'

/** With Istio's sidecars before every service, and what infra/k8s/components/istio says to them. */
export const mesh: Proof = {
  name: 'mesh',
  claim:
    'In the mesh mutual TLS is demanded, a booking is sent once, and payment is cut off and taken in again as without it',
  withinMs: 1_800_000,
  run: (context) =>
    inMesh(context, async () => [
      ...(await onlyByMutualTls(context)),
      ...(await sentOnce(context)),
      ...(await tryBreaker(context)),
    ]),
}
