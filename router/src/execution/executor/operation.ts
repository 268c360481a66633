import type { Operation } from '@apollo/federation-internals'
import { isPlanNode, type QueryPlan } from '@apollo/query-planner'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import type { Exchange } from '../../exchange.ts'
import type { Data } from './data.ts'
import { createErrors, type Failure } from './errors.ts'
import type { Run, Source } from './run.ts'
import { compileShape, type Fault } from './shape.ts'
import { compileStep } from './steps.ts'

export type Result = { data?: Data | null; errors?: readonly GraphQLError[] }

/** An operation that is planned and compiled, to be executed many times. */
export type Execute = (exchange: Exchange, variables: Readonly<Record<string, unknown>>) => Promise<Result>

/** Compiles the plan of an operation and the shape of its result. */
export function compileOperation(
  operation: Operation,
  plan: QueryPlan,
  schema: GraphQLSchema,
  sourceOf: (subgraph: string) => Source,
): Execute {
  const defaults = operation.collectDefaultedVariableValues()
  const step = isPlanNode(plan.node) ? compileStep(plan.node, { schema, sourceOf, defaults }) : undefined
  const shape = compileShape(operation)

  return async (exchange, variables) => {
    const run: Run = { exchange, variables, result: {}, errors: createErrors() }
    await step?.(run, [run.result])
    const shaped = attempt(() => shape(run.result, variables))
    if (shaped instanceof GraphQLError) return { errors: [shaped] }
    const { data, faults } = shaped
    // What went wrong on the way mostly leaves something out: that is not told a second time.
    if (run.errors.isEmpty())
      for (const fault of faults) run.errors.add(fault.message, 1, () => invalidAnswer(fault))
    const errors = run.errors.told()
    return errors.length > 0 ? { data, errors } : { data }
  }
}

/** A subgraph answered what the schema does not allow. */
export const invalidAnswer = (fault: Fault): Failure => ({
  ...fault,
  extensions: { code: 'INVALID_SUBGRAPH_RESPONSE' },
})

/** What has not even the outline that the schema promises cannot be shaped at all. */
function attempt<Value>(work: () => Value): Value | GraphQLError {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return new GraphQLError(error.message, { originalError: error })
  }
}
