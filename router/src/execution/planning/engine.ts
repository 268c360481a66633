import type { GraphQLDataSource } from '@apollo/gateway'
import type { Logger } from '@myhotel/kit/logger'
import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql'
import type { RouterContext } from '../../exchange.ts'
import { whyNotOurs } from '../executor/known.ts'
import { executeByLibrary } from '../executor/library.ts'
import { compileOperation, type Result } from '../executor/operation.ts'
import type { Source } from '../executor/run.ts'
import type { GatewayRequest } from '../request.ts'
import { createPlanner, type Planned } from './planner.ts'
import { createPlans, type Plans } from './plans.ts'

type Execute = (request: GatewayRequest) => Promise<Result>

/** One supergraph in service: it knows its schema, and plans and executes operations on it. */
export type Engine = {
  readonly sdl: string
  readonly apiSchema: GraphQLSchema
  readonly plans: Plans<Execute>
  /** Executes a valid operation. */
  execute(request: GatewayRequest, operation: OperationDefinitionNode): Promise<Result>
}

export type EngineOptions = {
  sourceOf: (subgraph: string) => Source & GraphQLDataSource
  /** How much memory plans may take, by estimate. */
  planBytes: number
  log: Logger
}

/** @throws where `sdl` is no supergraph, or one that cannot be served. */
export function createEngine(sdl: string, { sourceOf, planBytes, log }: EngineOptions): Engine {
  const planner = createPlanner(sdl)
  const { apiSchema } = planner
  const plans = createPlans(planner, compile, planBytes)

  function compile(planned: Planned): Execute {
    const { operation, plan } = planned
    const why = whyNotOurs(operation, plan)
    if (why) {
      log.debug({ operation: operation.name, why }, 'executed by the library')
      return executeByLibrary(planned, planner, sourceOf)
    }
    const execute = compileOperation(operation, plan, planner.schema, sourceOf)
    return ({ request, context }) => execute((context as RouterContext).exchange, request.variables ?? {})
  }

  return {
    sdl,
    apiSchema,
    plans,
    async execute(request, operation) {
      const invalid = invalidVariables(apiSchema, operation, request.request.variables)
      if (invalid) return { errors: invalid }
      return plans.get({ id: request.queryHash, document: request.document, operation })(request)
    },
  }
}

function invalidVariables(
  schema: GraphQLSchema,
  { variableDefinitions }: OperationDefinitionNode,
  variables: Record<string, unknown> = {},
) {
  if (!variableDefinitions || variableDefinitions.length === 0) return undefined
  return getVariableValues(schema, variableDefinitions, variables).errors
}
