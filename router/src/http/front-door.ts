import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { ApolloServer } from '@apollo/server'
import { type Correlation, correlated, newCorrelation } from '@myhotel/kit/context'
import { answerError, header, serveGraphql } from '@myhotel/kit/http'
import type { Logger } from '@myhotel/kit/logger'
import type { Exchange, RouterContext } from '../exchange.ts'
import type { ReadYourWrites } from '../execution/read-your-writes.ts'
import type { Users } from '../identity/users.ts'
import type { Playground } from '../playground/playground.ts'
import type { Cors } from './cors.ts'

const everyAnswer = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** Status that the log gives to requests whose client did not wait for the answer. */
const clientGone = 499

/**
 * All that comes from outside comes through here. It learns who asks and what the request belongs to, and
 * passes on nothing else: no header of a client's reaches a subgraph.
 */
export function createFrontDoor(options: {
  apollo: ApolloServer<RouterContext>
  users: Users
  readYourWrites: ReadYourWrites
  cors: Cors
  /** Null where there is none. */
  playground: Playground | null
  requestTimeoutMs: number
  log: Logger
}): RequestListener {
  const { apollo, users, playground, log } = options

  async function route(request: IncomingMessage, response: ServerResponse, correlation: Correlation) {
    const path = request.url?.split('?', 1)[0] ?? '/'
    if (path === '/graphql') {
      if (!options.cors(request, response)) await graphql(request, response, correlation)
    } else if (!(await playground?.serve(path, request, response))) {
      answerError(response, 404, 'NOT_FOUND', 'GraphQL is at POST /graphql')
    }
  }

  async function graphql(request: IncomingMessage, response: ServerResponse, correlation: Correlation) {
    const begun = performance.now()
    const user = await users.of(header(request, 'authorization'))
    if ('status' in user) {
      for (const [name, value] of Object.entries(user.headers)) response.setHeader(name, value)
      answerError(response, user.status, user.code, user.message)
      return log.info({ status: user.status, ms: since(begun) }, 'request refused')
    }

    const cancel = new AbortController()
    const timer = setTimeout(() => cancel.abort(new Error('the time is over')), options.requestTimeoutMs)
    const exchange: Exchange = {
      user,
      correlation,
      writes: options.readYourWrites(user.subject, header(request, 'x-read-after')),
      signal: cancel.signal,
      extensions: {},
    }
    let gone = false
    response.once('close', () => {
      clearTimeout(timer)
      gone = !response.writableFinished
      // A mutation goes on: it may have taken effect, and what it wrote is to be remembered.
      if (gone && exchange.operation?.kind !== 'mutation') cancel.abort(new Error('the client has gone'))
    })

    const tellWrites = (): Record<string, string> => {
      const written = exchange.writes.written()
      return written ? { 'x-read-after': written } : {}
    }
    await serveGraphql(apollo, async () => ({ exchange }), request, response, tellWrites)
    const { name, kind } = exchange.operation ?? {}
    const status = gone ? clientGone : response.statusCode
    log.info({ operation: name, kind, status, ms: since(begun), user: user.subject }, 'request')
  }

  return (request, response) => {
    const correlation = newCorrelation(header(request, 'x-correlation-id'), header(request, 'traceparent'))
    response.setHeader('x-correlation-id', correlation.correlationId)
    for (const [name, value] of Object.entries(everyAnswer)) response.setHeader(name, value)
    correlated(correlation, () => route(request, response, correlation)).catch((error: unknown) => {
      log.error({ err: error }, 'request failed')
      if (!response.headersSent) answerError(response, 500, 'INTERNAL_SERVER_ERROR', 'internal error')
    })
  }
}

/** Milliseconds with one decimal. */
const since = (begun: number) => Math.round((performance.now() - begun) * 10) / 10
