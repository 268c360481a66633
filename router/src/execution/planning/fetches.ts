import { type FetchNode, isPlanNode, type QueryPlan } from '@apollo/query-planner'

/** The fetches of a plan, in the order in which they are written. */
export function fetchesIn(node: QueryPlan['node']): FetchNode[] {
  if (!isPlanNode(node)) return []
  switch (node.kind) {
    case 'Fetch':
      return [node]
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchesIn)
    case 'Flatten':
      return fetchesIn(node.node)
    default:
      return []
  }
}
