import type { GraphQLDataSource } from '@apollo/gateway'
import { type DocumentNode, GraphQLError } from 'graphql'
import type { RouterContext } from '../../exchange.ts'
import type { Planned, Planner } from '../planning/planner.ts'
import type { GatewayRequest } from '../request.ts'
import { type Execute, invalidAnswer } from './operation.ts'

/**
 * Executes a plan by the gateway's own executor: what ours does not do, and what ours is measured by in the tests.
 * Loaded when it is needed for the first time.
 */
export function executeByLibrary(
  { operation, plan }: Planned,
  document: DocumentNode,
  planner: Planner,
  sourceOf: (subgraph: string) => GraphQLDataSource,
): Execute {
  // The gateway looks up each subgraph by its name.
  const services = new Proxy({}, { get: (_, name) => sourceOf(String(name)) })
  return async (exchange, variables) => {
    const context: RouterContext = { exchange }
    const request = { request: { variables }, document, context, metrics: {} } as unknown as GatewayRequest
    const { buildOperationContext, executeQueryPlan } = await import('@apollo/gateway')
    const { data, errors, extensions } = await executeQueryPlan(
      plan,
      services,
      request,
      buildOperationContext({
        schema: planner.apiSchema,
        operationDocument: document,
        operationName: operation.name,
      }),
      planner.schema,
      operation.schema(),
    )
    // A null that the schema does not allow is an error like any other; the gateway only mentions it.
    const invalid = extensions?.valueCompletion as GraphQLError[] | undefined
    const all = [...(errors ?? []), ...(invalid ?? []).map(tellAsInvalid)]
    return { data, errors: all.length > 0 ? all : undefined }
  }
}

const tellAsInvalid = ({ message, path = [] }: GraphQLError) =>
  new GraphQLError(message, invalidAnswer({ message, path }))
