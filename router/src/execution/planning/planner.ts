import { type Operation, operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals'
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import { HeaderMap } from '@apollo/server'
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql'
import { readScalars } from '../scalars.ts'

/** Plans operations over one supergraph, as Apollo's gateway does. */
export type Planner = {
  /** What clients see: without what is `@inaccessible`. */
  readonly apiSchema: GraphQLSchema
  /** The supergraph with all that is in it. */
  readonly schema: GraphQLSchema
  /** @throws GraphQLError where the operation cannot be planned, above all because it is too large. */
  plan(document: DocumentNode, operationName: string | undefined): Planned
}

export type Planned = { readonly operation: Operation; readonly plan: QueryPlan }

/** @throws where `sdl` is no supergraph or asks for what the planner cannot do. */
export function createPlanner(sdl: string): Planner {
  const supergraph = Supergraph.build(sdl)
  const api = supergraph.apiSchema()
  const planner = new QueryPlanner(supergraph)
  const apiSchema = api.toGraphQLJSSchema()
  readScalars(apiSchema)
  return {
    apiSchema,
    schema: supergraph.schema.toGraphQLJSSchema(),
    plan(document, operationName) {
      const operation = read(api, document, operationName)
      return { operation, plan: planner.buildQueryPlan(operation) }
    },
  }
}

/** What of a document is still not valid for the planner's own eyes is the client's fault like all that is not. */
function read(api: Schema, document: DocumentNode, operationName: string | undefined): Operation {
  try {
    return operationFromDocument(api, document, { operationName })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const http = { status: 400, headers: new HeaderMap() }
    throw new GraphQLError(error.message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http } })
  }
}
