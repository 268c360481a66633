import type { ApolloServerOptionsWithGateway } from '@apollo/server'
import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema, parse } from 'graphql'
import type { Known } from './shortcut.ts'

/** What is told of an answer beside its data. */
type Context = { readonly extensions: Record<string, unknown> }

type Operation = { readonly document: DocumentNode; readonly operationName: string | null }

/**
 * A schema that Apollo Server and the shortcut before it share: a request is executed once, whoever asks. Where the
 * shortcut has executed one that failed, Apollo Server puts into words what came of it.
 */
export function executedOnce<Value extends Context>(schema: GraphQLSchema) {
  /**
   * What came of requests until they are answered; by the extensions of their contexts, since Apollo Server makes
   * a context of its own of the values of the one that it is given.
   */
  const executed = new WeakMap<object, ExecutionResult>()

  const gateway: ApolloServerOptionsWithGateway<Value>['gateway'] = {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' })
      return () => undefined
    },
    load: async () => ({
      executor: async ({ document, request: { operationName, variables }, context: contextValue }) =>
        executed.get(contextValue.extensions) ??
        (await execute({ schema, document, operationName, variableValues: variables, contextValue })),
    }),
    stop: async () => undefined,
  }

  const known: Known<Value, Operation> = {
    remember: ({ text, operationName }) =>
      text === undefined ? null : { document: parse(text), operationName },
    async execute(operation, variableValues, contextValue) {
      const result = await execute({ schema, ...operation, variableValues, contextValue })
      if (!result.data || result.errors) {
        executed.set(contextValue.extensions, result)
        return null
      }
      const { extensions } = contextValue
      return Object.keys(extensions).length > 0 ? { data: result.data, extensions } : { data: result.data }
    },
  }

  return { gateway, known }
}
