import type { ApolloServerOptionsWithGateway } from '@apollo/server'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getOperationAST,
  parse,
} from 'graphql'
import { nameOfOperation } from './operation-name.ts'
import { outcomeOf, recordOperation } from './operations.ts'
import type { Known } from './shortcut.ts'
import { spanUnderWay } from './tracing.ts'
import { asBadInput, faultsBesides } from './variables.ts'

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

  async function run(
    document: DocumentNode,
    operationName: string | null | undefined,
    variables: Readonly<Record<string, unknown>>,
    contextValue: Value,
  ): Promise<ExecutionResult> {
    const operation = getOperationAST(document, operationName)
    const span = operation && spanUnderWay()
    if (span) span.name = nameOfOperation(operation)
    const faults = operation ? faultsBesides(schema, document, operation, variables) : []
    if (faults.length > 0) return { errors: faults }
    const args = { schema, document, operationName, variableValues: variables, contextValue }
    const begun = performance.now()
    const result = await execute(args)
    // Without data nothing was executed: no such operation, which Apollo says, or variables that do not fit.
    if (!('data' in result)) return { errors: result.errors?.map(asBadInput) }
    if (operation) recordOperation(operation, outcomeOf(schema, result), performance.now() - begun)
    return result
  }

  const gateway: ApolloServerOptionsWithGateway<Value>['gateway'] = {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' })
      return () => undefined
    },
    load: async () => ({
      executor: async ({ document, request: { operationName, variables }, context: contextValue }) =>
        executed.get(contextValue.extensions) ??
        (await run(document, operationName, variables ?? {}, contextValue as Value)),
    }),
    stop: async () => undefined,
  }

  const known: Known<Value, Operation> = {
    remember: ({ text, operationName }) =>
      text === undefined ? null : { document: parse(text), operationName },
    async execute({ document, operationName }, variables, contextValue) {
      const result = await run(document, operationName, variables, contextValue)
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
