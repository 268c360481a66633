import { autoscaling } from './autoscaling.ts'
import type { Manifest } from './base.ts'
import { databases } from './databases.ts'
import { mesh } from './mesh.ts'
import { networkPolicies, outside } from './network-policies.ts'
import { observability } from './observability.ts'
import { externalSecrets, wantedSecrets } from './secrets.ts'
import type { Workload } from './workloads.ts'

/** What components/ has for each workload; `observed` are the rules and dashboards. */
export const componentsOf = (workloads: readonly Workload[], observed: readonly Manifest[]): Manifest[] => [
  ...autoscaling(workloads),
  ...networkPolicies(workloads),
  ...outside(workloads),
  ...mesh(workloads),
  ...observability(workloads, observed),
  ...databases(workloads),
  ...externalSecrets(workloads),
  wantedSecrets(workloads),
]
