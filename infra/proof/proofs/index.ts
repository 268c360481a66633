import type { Proof } from '../proof.ts'
import type { Claim } from '../report.ts'
import { alerts } from './alerts.ts'
import { autoscaling } from './autoscaling.ts'
import { breaker } from './breaker.ts'
import { configurationChanged } from './configuration-changed.ts'
import { counterProof } from './counter-proof.ts'
import { databasePasswordsChanged } from './database-passwords-changed.ts'
import { fromNothing } from './from-nothing.ts'
import { keysRotated } from './keys-rotated.ts'
import { manifestsAccepted } from './manifests-accepted.ts'
import { mesh } from './mesh.ts'
import { names } from './names.ts'
import { natsLeaderKilled } from './nats-leader-killed.ts'
import { networkPolicies } from './network-policies.ts'
import { neverReady } from './never-ready.ts'
import { nodeDrain } from './node-drain.ts'
import { nodeKilled } from './node-killed.ts'
import { rollingUpdate } from './rolling-update.ts'
import { selfHealing } from './self-healing.ts'
import { supportingAway } from './supporting-away.ts'

/** All proofs, in the order in which they are tried: the first one brings up what the others try. */
export const proofs: readonly Proof[] = [
  fromNothing,
  names,
  manifestsAccepted,
  rollingUpdate,
  counterProof,
  neverReady,
  selfHealing,
  autoscaling,
  nodeDrain,
  nodeKilled,
  networkPolicies,
  keysRotated,
  databasePasswordsChanged,
  configurationChanged,
  natsLeaderKilled,
  supportingAway,
  alerts,
  breaker,
  mesh,
]

/** Only the local cluster can show this one, when it is taken down again (infra/cluster/account.ts). */
export const leavesNothing: Claim = {
  name: 'leaves-nothing',
  claim: 'The local cluster is taken down without a trace',
}

/** All that PROOFS.md tells of, in its order. */
export const claims: readonly Claim[] = [...proofs, leavesNothing]
