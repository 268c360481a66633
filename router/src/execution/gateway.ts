import './no-telemetry.ts'

import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway'
import type { ApolloServerOptionsWithGateway } from '@apollo/server'
import type { Logger } from '@myhotel/kit/logger'
import { GraphQLError } from 'graphql'
import type { RouterContext } from '../exchange.ts'
import { readScalars } from './scalars.ts'

type Gateway = ApolloServerOptionsWithGateway<RouterContext>['gateway']
type Executor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>
type Result = Awaited<ReturnType<Executor>>

/**
 * The gateway plans and executes operations over the subgraphs of a supergraph; `sourceOf` says how to fetch
 * from each. What it leaves to be done is done around it, by `completed`.
 */
export function createGateway(options: {
  supergraph: string
  sourceOf: (subgraph: string) => GraphQLDataSource
  log: Logger
}): Gateway {
  const gateway = new ApolloGateway({
    supergraphSdl: options.supergraph,
    buildService: ({ name }) => options.sourceOf(name),
    logger: options.log,
    __exposeQueryPlanExperimental: false,
  })
  return {
    onSchemaLoadOrUpdate: (callback) =>
      gateway.onSchemaLoadOrUpdate((context) => {
        readScalars(context.apiSchema)
        callback(context)
      }),
    async load(load) {
      const { executor } = await gateway.load(load)
      return { executor: completed(executor) }
    },
    stop: () => gateway.stop(),
  }
}

/**
 * Executes and completes the result: a null that the schema does not allow is an error like any other (the
 * gateway mentions it in an extension only), and what subgraphs told in extensions and which versions were
 * written goes along.
 */
function completed(execute: Executor): Executor {
  return async (request) => {
    const { exchange } = request.context as RouterContext
    const { operation } = request
    // Apollo answers that no operation has this name, given any error; the gateway would throw.
    if (!operation) return { errors: [new GraphQLError('the document has no operation of this name')] }
    exchange.operation = { name: operation.name?.value ?? null, kind: operation.operation }

    const { data, errors = [], extensions: { valueCompletion = [], ...told } = {} } = await execute(request)
    const allErrors = [...errors, ...(valueCompletion as GraphQLError[]).map(asInvalidAnswer)]
    const extensions = { ...told, ...exchange.extensions }
    const written = exchange.writes.written()
    if (written) extensions.readAfter = written
    const result: Result = {}
    if (data !== undefined) result.data = data
    if (allErrors.length > 0) result.errors = allErrors
    if (Object.keys(extensions).length > 0) result.extensions = extensions
    return result
  }
}

function asInvalidAnswer({ message, path }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { path, extensions: { code: 'INVALID_SUBGRAPH_RESPONSE' } })
}
