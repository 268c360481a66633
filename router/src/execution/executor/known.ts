import { createRequire } from 'node:module'
import type { Operation, SelectionSet } from '@apollo/federation-internals'
import type { PlanNode, QueryPlan } from '@apollo/query-planner'
import { isInherited } from './data.ts'

/**
 * Plans are read as this version of the planner writes them, and results are shaped as the gateway of this version
 * shapes them. With any other version all operations are executed by the gateway's own executor, until
 * `equality.test.ts` has passed with it and the version is raised here.
 */
const knownVersion = '2.14.4'

const require = createRequire(import.meta.url)
const versions = ['@apollo/query-planner', '@apollo/federation-internals', '@apollo/gateway'].map(
  (name): string => require(`${name}/package.json`).version,
)

export const isKnownVersion = versions.every((version) => version === knownVersion)

/** Why an operation is left to the gateway's own executor; null where it is not. */
export function whyNotOurs(operation: Operation, { node }: QueryPlan): string | null {
  if (!isKnownVersion) return `@apollo/query-planner is ${versions.join(', ')}, not ${knownVersion}`
  if (node?.kind === 'Subscription') return 'subscription'
  return (node && whyNotOursIn(node)) ?? whyNotShaped(operation.selectionSet)
}

function whyNotOursIn(node: PlanNode): string | null {
  switch (node.kind) {
    case 'Fetch':
      if (node.contextRewrites?.length) return '@fromContext'
      if (node.requires && node.variableUsages?.includes('representations')) return 'variable representations'
      return node.variableUsages?.find(isInherited) ?? null
    case 'Sequence':
    case 'Parallel':
      return node.nodes.map(whyNotOursIn).find((why) => why !== null) ?? null
    case 'Flatten':
      return whyNotOursIn(node.node)
    case 'Condition':
      return (
        (node.ifClause && whyNotOursIn(node.ifClause)) ??
        (node.elseClause && whyNotOursIn(node.elseClause)) ??
        null
      )
    default:
      return node.kind
  }
}

/** Introspection is not worth an executor of its own. */
function whyNotShaped(selections: SelectionSet): string | null {
  for (const selection of selections.selections()) {
    if (selection.kind === 'FieldSelection') {
      if (selection.element.definition.isSchemaIntrospectionField()) return 'introspection'
      const name = selection.element.responseName()
      if (isInherited(name)) return `field ${name}`
    }
    const why = selection.selectionSet && whyNotShaped(selection.selectionSet)
    if (why) return why
  }
  return null
}
