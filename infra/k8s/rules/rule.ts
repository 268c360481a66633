import type { Workload } from '../../../tools/generate/manifests/workloads.ts'
import type { Resource } from './resource.ts'

/** What the manifests are compared to. */
export type Told = {
  /** The router and the subgraphs, as their folders say. */
  workloads: readonly Workload[]
  /** Names of the variables that each of them reads. */
  variables: Readonly<Record<string, ReadonlySet<string>>>
}

/** Something that manifests have to be, and an example of what is not. */
export type Rule = {
  readonly name: string
  /** What is wrong, a sentence for each place; empty where all is well. */
  flaws(resources: readonly Resource[], told: Told): string[]
  /** A manifest that it refuses, and what it says of it. */
  readonly refuses: string
  readonly says: string
}
