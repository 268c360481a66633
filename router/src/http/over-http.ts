import type { ApolloServerPlugin } from '@apollo/server'
import type { RouterContext } from '../exchange.ts'

/** A well-formed request whose document, operation or variables are not. */
const ofDocument = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
])

/**
 * GraphQL over HTTP: a client that accepts `application/json` by name, and not the media type that was made for
 * GraphQL, takes any status but 200 for the answer of somebody in between. All others learn of a bad document by 400.
 */
export const statusByMediaType: ApolloServerPlugin<RouterContext> = {
  async requestDidStart() {
    return {
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
