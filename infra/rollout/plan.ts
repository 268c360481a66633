import type { Resource } from '../k8s/rules/resource.ts'

/** Deployments that are replaced together, and what is applied with them. */
export type Stage = {
  readonly name: string
  readonly deployments: readonly Resource[]
  readonly also: readonly Resource[]
}

/** In which order a version comes into a cluster. */
export type Plan = {
  /** What may be there before any pod of the version is: all but those Deployments, and what running pods read again. */
  readonly first: readonly Resource[]
  /** Of those that nothing needs to those that everything goes through. */
  readonly stages: readonly Stage[]
}

const RANK = 'myhotel.example/rank'
const COMPONENT = 'app.kubernetes.io/component'
/** A faulty version is met where it does least harm. */
const RANKS = ['supporting', 'general', 'core']

/** Routers read it again while they run: with subgraphs of before behind them, they must not yet. */
const isSupergraph = ({ kind, metadata }: Resource) => kind === 'ConfigMap' && metadata.name === 'supergraph'

const labelOf = ({ metadata }: Resource, label: string) => metadata.labels?.[label]
const isOurs = (resource: Resource) =>
  resource.kind === 'Deployment' && ['subgraph', 'router'].includes(labelOf(resource, COMPONENT) ?? '')

/**
 * The plan for what an overlay renders to.
 * @throws where a Deployment has no place in it
 */
export function planOf(resources: readonly Resource[]): Plan {
  const ours = resources.filter(isOurs)
  const routers = ours.filter((deployment) => labelOf(deployment, COMPONENT) === 'router')
  const subgraphs = ours.filter((deployment) => !routers.includes(deployment))
  const strange = subgraphs.filter((deployment) => !RANKS.includes(labelOf(deployment, RANK) ?? ''))
  if (strange.length > 0) throw new Error(`no rank: ${namesOf(strange).join(', ')}`)
  const ranked = RANKS.map((rank) => ({
    name: rank,
    deployments: subgraphs.filter((deployment) => labelOf(deployment, RANK) === rank),
    also: [],
  }))
  const last = { name: 'router', deployments: routers, also: resources.filter(isSupergraph) }
  return {
    first: resources.filter((resource) => !isOurs(resource) && !isSupergraph(resource)),
    stages: [...ranked, last].filter(({ deployments }) => deployments.length > 0),
  }
}

/** What they are called. */
export const namesOf = (resources: readonly Resource[]): string[] =>
  resources.map(({ metadata }) => metadata.name)
