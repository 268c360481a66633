import type { Proof } from '../proof.ts'
import { autoscaling } from './autoscaling.ts'
import { counterProof } from './counter-proof.ts'
import { fromNothing } from './from-nothing.ts'
import { names } from './names.ts'
import { neverReady } from './never-ready.ts'
import { nodeDrain } from './node-drain.ts'
import { nodeKilled } from './node-killed.ts'
import { rollingUpdate } from './rolling-update.ts'
import { selfHealing } from './self-healing.ts'

/** All proofs, in the order in which they are tried: the first one brings up what the others try. */
export const proofs: readonly Proof[] = [
  fromNothing,
  names,
  rollingUpdate,
  counterProof,
  neverReady,
  selfHealing,
  autoscaling,
  nodeDrain,
  nodeKilled,
]
