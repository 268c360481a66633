import type { ApolloServerOptionsWithGateway, HeaderMap, HTTPGraphQLRequest } from '@apollo/server'
import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema, parse } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { GraphqlServer } from './http.ts'

/** Of the texts of requests; what is kept of each is some thirty times as much. */
const rememberedCharacters = 1024 * 1024

/** What is told of an answer beside its data. */
type Context = { readonly extensions: Record<string, unknown> }

/** A request that Apollo Server has answered before, and how. */
type Known = { readonly document: DocumentNode; readonly headers: HeaderMap }

/**
 * What came of a request, until Apollo Server has put it into words; by the extensions of its context, since Apollo
 * Server makes a context of its own of the values of the one that it is given.
 */
const executed = new WeakMap<object, ExecutionResult>()

/**
 * The schema as an Apollo Server takes it, so that what the shortcut has executed is not executed again: whoever asks,
 * a request is executed once.
 */
export function executedOnce(schema: GraphQLSchema): ApolloServerOptionsWithGateway<Context>['gateway'] {
  return {
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
}

/**
 * Answers requests that are like one that Apollo Server has answered before: the same document, operation and media
 * types. To read it, validate it and choose a media type again would come to the same. What is executed without an
 * error is answered here; all else is Apollo Server's to say, given what was executed. `apollo` has its schema by
 * `executedOnce`.
 */
export function createShortcut<Value extends Context>(
  apollo: GraphqlServer<Value>,
  schema: GraphQLSchema,
): GraphqlServer<Value> {
  const knowns = new LRUCache<string, Known>({
    maxSize: rememberedCharacters,
    sizeCalculation: (_, key) => key.length,
  })

  return {
    async executeHTTPGraphQLRequest({ httpGraphQLRequest, context }) {
      const question = read(httpGraphQLRequest)
      if (!question) return apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context })
      const { key, query, operationName, variables } = question
      const contextValue = await context()
      const known = knowns.get(key)
      if (known) {
        const { document, headers } = known
        const result = await execute({
          schema,
          document,
          operationName,
          variableValues: variables,
          contextValue,
        })
        if (result.data && !result.errors) {
          const extensions =
            Object.keys(contextValue.extensions).length > 0 ? contextValue.extensions : undefined
          const string = `${JSON.stringify({ data: result.data, extensions })}\n`
          return { headers, body: { kind: 'complete', string } }
        }
        executed.set(contextValue.extensions, result)
      }
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest,
        context: async () => contextValue,
      })
      if (!known && (answer.status ?? 200) === 200 && answer.headers.size === 1)
        knowns.set(key, { document: parse(query), headers: answer.headers })
      return answer
    },
  }
}

/** What makes requests alike, and their variables; null for those that are not of the form that the router sends. */
function read({ method, search, headers, body }: HTTPGraphQLRequest) {
  if (method !== 'POST' || search !== '' || !isRecord(body)) return null
  const { query, operationName = null, variables = null, extensions = null } = body
  if (typeof query !== 'string' || extensions !== null) return null
  if (operationName !== null && typeof operationName !== 'string') return null
  if (variables !== null && !isRecord(variables)) return null
  // No document that is valid has such a character.
  const key = `${query}\0${operationName ?? ''}\0${headers.get('accept') ?? ''}`
  return { key, query, operationName, variables }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
