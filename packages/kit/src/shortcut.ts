import type { HeaderMap, HTTPGraphQLRequest } from '@apollo/server'
import { LRUCache } from 'lru-cache'
import type { GraphqlServer } from './http.ts'

type Variables = Readonly<Record<string, unknown>>

/** What makes requests alike. A document that comes by its hash or name has no text. */
export type Question = { readonly text: string | undefined; readonly operationName: string | null }

/** How requests are executed that are like one that Apollo Server has answered before. */
export type Known<Value, Operation> = {
  /** What to keep of a request that Apollo Server has just answered well; null where it is not to be known. */
  remember(question: Question, context: Value): Operation | null
  /** Executes it for another request. Null where Apollo Server is to say what comes of that one. */
  execute(operation: Operation, variables: Variables, context: Value): Promise<Success | null>
}

/** What was executed without an error. */
export type Success = {
  readonly data?: unknown
  readonly extensions?: Readonly<Record<string, unknown>>
}

/**
 * Answers operations that are like one that Apollo Server has answered before: the same document, operation and media
 * types, other variables, another user. To read it, validate it and choose a media type again would come to the same.
 * Only what was executed without an error is answered here; all else is Apollo Server's to say. Of the texts of
 * requests `rememberedCharacters` are kept; what is kept of each is some thirty times as much.
 */
export function createShortcut<Value extends object, Operation extends object>(options: {
  apollo: GraphqlServer<Value>
  known: Known<Value, Operation>
  rememberedCharacters: number
}): GraphqlServer<Value> {
  const { apollo, known } = options
  const answered = new LRUCache<string, { readonly operation: Operation; readonly headers: HeaderMap }>({
    maxSize: options.rememberedCharacters,
    sizeCalculation: (_, key) => key.length,
  })

  return {
    async executeHTTPGraphQLRequest({ httpGraphQLRequest, context }) {
      const asked = read(httpGraphQLRequest)
      if (!asked) return apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context })
      const value = await context()
      const before = answered.get(asked.key)
      if (before) {
        const success = await known.execute(before.operation, asked.variables, value)
        if (success) {
          const { data, extensions } = success
          const string = `${JSON.stringify({ data, extensions })}\n`
          return { headers: before.headers, body: { kind: 'complete', string } }
        }
      }
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest,
        context: async () => value,
      })
      if ((answer.status ?? 200) === 200 && answer.headers.size === 1) {
        const operation = known.remember(asked, value)
        if (operation) answered.set(asked.key, { operation, headers: answer.headers })
      }
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
  const { query: text, operationName = null, variables, extensions = null, documentId = null } = body
  const document = text === undefined ? JSON.stringify([extensions, documentId]) : text
  if (typeof document !== 'string' || (text !== undefined && extensions !== null)) return null
  if (operationName !== null && typeof operationName !== 'string') return null
  if (variables !== undefined && variables !== null && !isRecord(variables)) return null
  // No document that is valid has such a character.
  const key = `${document}\0${operationName ?? ''}\0${headers.get('accept') ?? ''}`
  return { key, text: text as string | undefined, operationName, variables: variables ?? {} }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
