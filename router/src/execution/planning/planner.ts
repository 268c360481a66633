import { type Operation, operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals'
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import { HeaderMap } from '@apollo/server'
import { type DocumentNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql'
import { readScalars } from '../scalars.ts'
import type { Flags } from './conditions.ts'
import { type FieldSets, fieldSetsOf, type Needs, needsOf } from './field-sets.ts'
import { namesOfPlans } from './names-of-plans.ts'
import { type Prepared, prepare } from './prepare.ts'
import { withoutUnresolvableKeys } from './resolvable-keys.ts'

/** Plans operations over one supergraph. */
export type Planner = {
  /** What clients see: without what is `@inaccessible`. */
  readonly apiSchema: GraphQLSchema
  /** The supergraph with all that is in it. */
  readonly schema: GraphQLSchema
  /** What a subgraph has to be told of objects. */
  readonly fieldSetsOf: (subgraph: string) => FieldSets
  readonly needsOf: Needs
  /**
   * Plans an operation of a document for what its variables say is skipped.
   * @throws GraphQLError where the operation cannot be planned, above all because it is too large.
   */
  plan(document: DocumentNode, operation: OperationDefinitionNode, flags: Flags): Planned
}

export type Planned = { readonly prepared: Prepared; readonly plan: QueryPlan }

/** @throws where `sdl` is no supergraph or asks for what the planner cannot do. */
export function createPlanner(sdl: string): Planner {
  const supergraph = Supergraph.build(withoutUnresolvableKeys(sdl))
  const api = supergraph.apiSchema()
  const planner = new QueryPlanner(supergraph)
  const apiSchema = api.toGraphQLJSSchema()
  readScalars(apiSchema)
  const names = namesOfPlans(supergraph.schema)
  return {
    apiSchema,
    schema: supergraph.schema.toGraphQLJSSchema(),
    fieldSetsOf: fieldSetsOf(supergraph),
    needsOf: needsOf(supergraph),
    plan(document, operation, flags) {
      const prepared = prepare(document, operation, flags, names)
      const plan = planner.buildQueryPlan(read(api, prepared.document))
      return { prepared, plan }
    },
  }
}

/** What of a document is still not valid for the planner's own eyes is the client's fault like all that is not. */
function read(api: Schema, document: DocumentNode): Operation {
  try {
    return operationFromDocument(api, document)
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const http = { status: 400, headers: new HeaderMap() }
    throw new GraphQLError(error.message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http } })
  }
}
