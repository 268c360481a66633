import type { GraphQLDataSource } from '@apollo/gateway'
import type { Logger } from '@myhotel/kit/logger'
import {
  type DocumentNode,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { RouterContext } from '../../exchange.ts'
import { whyNotOurs } from '../executor/known.ts'
import { executeByLibrary } from '../executor/library.ts'
import { compileOperation, type Result } from '../executor/operation.ts'
import type { Source } from '../executor/run.ts'
import type { GatewayRequest } from '../request.ts'
import { createPlanner, type Planned } from './planner.ts'

type Prepared = {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly bytes: number
  execute(request: GatewayRequest): Promise<Result>
}

/** One supergraph in service: it knows its schema, and plans and executes operations on it. */
export type Engine = {
  readonly sdl: string
  readonly apiSchema: GraphQLSchema
  /** Executes a valid operation. It is planned and compiled when it is asked for the first time. */
  execute(request: GatewayRequest, operation: OperationDefinitionNode): Promise<Result>
}

/** @throws where `sdl` is no supergraph, or one that cannot be served. */
export function createEngine(options: {
  sdl: string
  sourceOf: (subgraph: string) => Source & GraphQLDataSource
  /** How much memory plans may take, by estimate. */
  planBytes: number
  log: Logger
}): Engine {
  const { sdl, sourceOf, log } = options
  const planner = createPlanner(sdl)
  const { apiSchema } = planner
  const operations = new LRUCache<string, Prepared>({
    maxSize: options.planBytes,
    sizeCalculation: ({ bytes }) => bytes,
  })

  function prepare(document: DocumentNode, operationName: string | undefined): Prepared {
    const planned = planner.plan(document, operationName)
    return { document, operationName, bytes: sizeOf(planned, document), execute: executorOf(planned) }
  }

  function executorOf(planned: Planned): Prepared['execute'] {
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
    async execute(request, operation) {
      const invalid = invalidVariables(apiSchema, operation, request.request.variables)
      if (invalid) return { errors: invalid }
      const { operationName } = request.request
      const key = operationName ? `${request.queryHash} ${operationName}` : request.queryHash
      let prepared = operations.get(key)
      if (!prepared) {
        prepared = prepare(request.document, operationName)
        operations.set(key, prepared)
      }
      return prepared.execute(request)
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

/**
 * An estimate of what a plan and all that is compiled of it takes: what was measured is about ten times the texts
 * of both.
 */
function sizeOf({ plan }: Planned, document: DocumentNode): number {
  return 10 * (JSON.stringify(plan).length + (document.loc?.source.body.length ?? 0)) + 1_000
}
