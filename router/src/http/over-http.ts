import { type ApolloServerPlugin, HeaderMap } from '@apollo/server'
import { GraphQLError } from 'graphql'
import Negotiator from 'negotiator'
import type { RouterContext } from '../exchange.ts'

/** A well-formed request whose document, operation or variables are not. */
const ofDocument = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
])

/** In which forms answers come. */
const answered = ['application/json; charset=utf-8', 'application/graphql-response+json; charset=utf-8']

/** Apollo says so only once the operation is executed: nobody would know that the mutation took effect. */
const notAcceptable = new GraphQLError('Answers are JSON: accept application/json.', {
  extensions: { code: 'BAD_REQUEST', http: { status: 406, headers: new HeaderMap() } },
})

/**
 * GraphQL over HTTP: a client that accepts `application/json` by name, and not the media type that was made for
 * GraphQL, takes any status but 200 for the answer of somebody in between. All others learn of a bad document by 400.
 */
export const statusByMediaType: ApolloServerPlugin<RouterContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ request }) {
        const accept = request.http?.headers.get('accept')
        if (accept && !new Negotiator({ headers: { accept } }).mediaType(answered)) throw notAcceptable
      },
      async willSendResponse({ request, response: { http, body } }) {
        if (http.status !== 400 || body.kind !== 'single') return
        const accept = request.http?.headers.get('accept') ?? ''
        if (!accept.includes('application/json') || accept.includes('application/graphql-response+json'))
          return
        const codes = body.singleResult.errors?.map(({ extensions }) => String(extensions?.code)) ?? []
        if (codes.every((code) => ofDocument.has(code))) http.status = 200
      },
    }
  },
}
