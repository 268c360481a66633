import type { ConditionNode, FlattenNode, PlanNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import type { Data } from './data.ts'
import { compileFetch } from './fetch.ts'
import type { Source, Step } from './run.ts'

/** What a plan is compiled against. */
export type PlanContext = {
  /** The supergraph's own schema, with what clients cannot see. */
  readonly schema: GraphQLSchema
  readonly sourceOf: (subgraph: string) => Source
  /** Defaults of the operation's variables. */
  readonly defaults: Readonly<Record<string, unknown>>
}

/** Compiles a node of Apollo's query plan and all below it. */
export function compileStep(node: PlanNode, context: PlanContext, path: FlattenNode['path'] = []): Step {
  switch (node.kind) {
    case 'Fetch':
      return compileFetch(node, path, context.schema, context.sourceOf(node.serviceName))
    case 'Sequence':
      return inSequence(node.nodes.map((one) => compileStep(one, context, path)))
    case 'Parallel':
      return atOnce(node.nodes.map((one) => compileStep(one, context, path)))
    case 'Flatten':
      return below(node.path, compileStep(node.node, context, [...path, ...node.path]))
    case 'Condition':
      return compileCondition(node, context, path)
    default:
      throw new Error(`plans with ${node.kind} are not known`)
  }
}

const inSequence =
  (steps: readonly Step[]): Step =>
  async (run, found) => {
    for (const step of steps) await step(run, found)
  }

const atOnce =
  (steps: readonly Step[]): Step =>
  async (run, found) => {
    await Promise.all(steps.map((step) => step(run, found)))
  }

const below =
  (path: FlattenNode['path'], step: Step): Step =>
  async (run, above) => {
    const found: (Data | null | undefined)[] = []
    for (const one of above) gather(one, path, 0, found)
    await step(run, found)
  }

/** Collects what is at the end of a path, from its element `from` on, through all lists; null where it ends early. */
function gather(value: unknown, path: FlattenNode['path'], from: number, into: unknown[]): void {
  let found = value
  for (let index = from; index < path.length; index += 1) {
    if (found === null || found === undefined) break
    const name = path[index]
    if (name === '@') {
      if (!Array.isArray(found)) throw new Error('Expected a list in the result for path element @')
      for (const item of found) gather(item, path, index + 1, into)
      return
    }
    if (Array.isArray(found)) throw new Error(`Unexpected array in result for path element ${name}`)
    found = (found as Data)[String(name)]
  }
  if (Array.isArray(found)) for (const item of found) into.push(item)
  else into.push(found)
}

function compileCondition(node: ConditionNode, context: PlanContext, path: FlattenNode['path']): Step {
  const { condition, ifClause, elseClause } = node
  const yes = ifClause && compileStep(ifClause, context, path)
  const no = elseClause && compileStep(elseClause, context, path)
  return async (run, found) => {
    const given = Object.hasOwn(run.variables, condition) ? run.variables[condition] : undefined
    const value = given === undefined ? context.defaults[condition] : given
    if (typeof value !== 'boolean') {
      throw new Error(`Invalid non-boolean value ${value} for Boolean! variable $${condition}`)
    }
    await (value ? yes : no)?.(run, found)
  }
}
