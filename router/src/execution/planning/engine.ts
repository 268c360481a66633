import type { Logger } from '@myhotel/kit/logger'
import { faultsOfVariables } from '@myhotel/kit/variables'
import type { GraphQLSchema } from 'graphql'
import type { Exchange } from '../../exchange.ts'
import { compileOperation, type Execute, type Result } from '../executor/operation.ts'
import type { Source } from '../executor/run.ts'
import { createLine, fetchesOf } from '../line.ts'
import { createPlanWatch } from './known.ts'
import { createPlanner, type Planned } from './planner.ts'
import { createPlans, type Known, type Plans } from './plans.ts'

/** A few large queries, or some dozens of small ones. */
const fetchesAtOnce = 128

type Variables = Parameters<Execute>[1]

/** One supergraph in service: it knows its schema, and plans and executes operations on it. */
export type Engine = {
  readonly sdl: string
  readonly apiSchema: GraphQLSchema
  readonly plans: Plans<Execute>
  /** Executes a valid operation. */
  execute(operation: Known, exchange: Exchange, variables: Variables): Promise<Result>
}

export type EngineOptions = {
  sourceOf: (subgraph: string) => Source
  /** How much memory plans may take, by estimate. */
  planBytes: number
  log: Logger
}

/** @throws where `sdl` is no supergraph, or one that cannot be served. */
export function createEngine(sdl: string, { sourceOf, planBytes, log }: EngineOptions): Engine {
  const watch = createPlanWatch(log)
  const planner = createPlanner(sdl)
  const { apiSchema } = planner
  const line = createLine(fetchesAtOnce)
  const plans = createPlans(planner, compile, planBytes)

  function compile(planned: Planned): Execute {
    watch.check(planned.plan, planned.prepared.asked.operation.name?.value)
    const execute = compileOperation(planned, planner, sourceOf)
    const fetches = fetchesOf(planned.plan)
    // Of one fetch nothing is half made.
    return fetches > 1 ? line.inTurn(fetches, execute) : execute
  }

  return {
    sdl,
    apiSchema,
    plans,
    async execute(operation, exchange, variables) {
      const faults = faultsOfVariables(apiSchema, operation.document, operation.operation, variables)
      if (faults.length > 0) return { errors: faults }
      return plans.get(operation, variables)(exchange, variables)
    },
  }
}
