import type { FlattenNode, PlanNode } from '@apollo/query-planner'
import { type Data, isObject } from './data.ts'
import { compileFetch } from './fetch.ts'
import type { PlanContext, Step } from './run.ts'

/** Compiles a node of Apollo's query plan and all below it. */
export function compileStep(node: PlanNode, context: PlanContext, path: FlattenNode['path'] = []): Step {
  switch (node.kind) {
    case 'Fetch':
      return compileFetch(node, path, context)
    case 'Sequence':
      return inSequence(node.nodes.map((one) => compileStep(one, context, path)))
    case 'Parallel':
      return atOnce(node.nodes.map((one) => compileStep(one, context, path)))
    case 'Flatten':
      return below(node.path, compileStep(node.node, context, [...path, ...node.path]))
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
    const name = path[index]
    // What has not the outline that the schema promises is told when the result is shaped.
    if (name === '@') {
      if (Array.isArray(found)) for (const item of found) gather(item, path, index + 1, into)
      return
    }
    if (!isObject(found)) return
    found = found[String(name)]
  }
  if (Array.isArray(found)) for (const item of found) into.push(item)
  else into.push(found)
}
