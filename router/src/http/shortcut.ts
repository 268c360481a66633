import type { HeaderMap, HTTPGraphQLRequest } from '@apollo/server'
import type { GraphqlServer } from '@myhotel/kit/http'
import { LRUCache } from 'lru-cache'
import type { Operation, RouterContext } from '../exchange.ts'
import type { ReplaceableGateway } from '../execution/gateway.ts'
import type { OperationLimits } from '../limits/operation-limits.ts'

/** Of the texts of requests; what is kept of each is some thirty times as much. */
const rememberedCharacters = 2 * 1024 * 1024

/** How Apollo Server answered a request. */
type Answered = { readonly operation: Operation; readonly headers: HeaderMap }

/**
 * Answers operations that are like one that Apollo Server has answered before: the same document, operation and media
 * types, other variables, another user. To read it, validate it and choose a media type again would come to the
 * same. Only what was executed without an error is answered here. All else is Apollo Server's to say, given what was
 * executed: what is new, what is over its limits, variables that do not fit, every error.
 */
export function createShortcut(options: {
  apollo: GraphqlServer<RouterContext>
  gateway: Pick<ReplaceableGateway, 'serves' | 'execute'>
  limits: Pick<OperationLimits, 'allow'>
}): GraphqlServer<RouterContext> {
  const { apollo, gateway, limits } = options
  const answered = new LRUCache<string, Answered>({
    maxSize: rememberedCharacters,
    sizeCalculation: (_, key) => key.length,
  })

  return {
    async executeHTTPGraphQLRequest({ httpGraphQLRequest, context }) {
      const question = read(httpGraphQLRequest)
      if (!question) return apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context })
      const { key, variables } = question
      const value = await context()
      const { exchange } = value
      const before = answered.get(key)
      if (
        before &&
        gateway.serves(before.operation.schema) &&
        (await limits.allow(before.operation, variables, exchange))
      ) {
        const result = await gateway.execute(before.operation, exchange, variables).catch(() => null)
        if (result && !result.errors) {
          const { data, extensions } = result
          const string = `${JSON.stringify({ data, extensions })}\n`
          return { headers: before.headers, body: { kind: 'complete', string } }
        }
      }
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest,
        context: async () => value,
      })
      const { asked } = exchange
      if (asked && (answer.status ?? 200) === 200 && answer.headers.size === 1)
        answered.set(key, { operation: asked, headers: answer.headers })
      return answer
    },
  }
}

/**
 * What makes requests alike, and the variables, by which they differ. Null for requests that are not of the usual
 * form, or that want more than an answer: a text that comes with its hash is to be remembered under it. A body that
 * is an object came as `application/json`, so that no browser sent it without asking first.
 */
function read({ method, search, headers, body }: HTTPGraphQLRequest) {
  if (method !== 'POST' || search !== '' || !isRecord(body)) return null
  const { query, operationName = null, variables, extensions = null, documentId = null } = body
  const document = query === undefined ? JSON.stringify([extensions, documentId]) : query
  if (typeof document !== 'string' || (query !== undefined && extensions !== null)) return null
  if (operationName !== null && typeof operationName !== 'string') return null
  if (variables !== undefined && variables !== null && !isRecord(variables)) return null
  // No document that is valid has such a character.
  const key = `${document}\0${operationName ?? ''}\0${headers.get('accept') ?? ''}`
  return { key, variables: variables ?? {} }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
