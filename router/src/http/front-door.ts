import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type Correlation, correlated, correlation } from '@myhotel/kit/context'
import type { HostCheck } from '@myhotel/kit/hosts'
import { answerError, type GraphqlServer, header, serveGraphql } from '@myhotel/kit/http'
import type { Logger } from '@myhotel/kit/logger'
import { nameOfOperation } from '@myhotel/kit/operation-name'
import { type Outcome, outcomeOf, recordOperation } from '@myhotel/kit/operations'
import { type Span, SpanKind, traced } from '@myhotel/kit/tracing'
import type { OperationDefinitionNode } from 'graphql'
import type { Exchange, RouterContext } from '../exchange.ts'
import type { ReadYourWrites } from '../execution/read-your-writes.ts'
import type { Users } from '../identity/users.ts'
import type { Load } from '../limits/load.ts'
import { type RateLimits, rateHeaders, secondsUntilFree } from '../limits/rate-limits.ts'
import type { Playground } from '../playground/playground.ts'
import { type Correlate, clientTraceOf, isContinued } from './correlate.ts'
import type { Cors } from './cors.ts'
import type { Proxies } from './proxies.ts'

const everyAnswer = Object.entries({
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
})
/** Where clients come by HTTPS, they are to come by nothing else, for a year. */
const strictTransport = 'max-age=31536000; includeSubDomains'

/** Status that the log gives to requests whose client did not wait for the answer. */
const clientGone = 499

/**
 * All that comes from outside comes through here. It learns who asks and what the request belongs to, turns away
 * what is too much, and passes on nothing else: no header of a client's reaches a subgraph.
 */
export function createFrontDoor(options: {
  server: GraphqlServer<RouterContext>
  users: Users
  proxies: Proxies
  correlate: Correlate
  load: Load
  rates: RateLimits
  readYourWrites: ReadYourWrites
  cors: Cors
  /** Null where the router may have any name. */
  wrongHost: HostCheck | null
  /** Null where there is none. */
  playground: Playground | null
  requestTimeoutMs: number
  longestBody: number
  log: Logger
}): RequestListener {
  const { server, users, proxies, load, rates, playground, log } = options

  async function route(request: IncomingMessage, response: ServerResponse, given: Correlation) {
    const wrong = options.wrongHost?.(request)
    if (wrong) return answerError(response, 421, 'BAD_REQUEST', wrong)
    const path = request.url?.split('?', 1)[0] ?? '/'
    if (path === '/graphql') {
      if (!options.cors(request, response)) await takeIn(request, response, given)
    } else if (!(await playground?.serve(path, request, response))) {
      answerError(response, 404, 'NOT_FOUND', 'GraphQL is at POST /graphql')
    }
  }

  /** Turns away at once what is more than can be held. */
  async function takeIn(request: IncomingMessage, response: ServerResponse, given: Correlation) {
    if (!load.enter()) {
      const more = { retryAfterSeconds: 1 }
      return answerError(response, 503, 'SERVICE_UNAVAILABLE', 'too much to do at the moment', more)
    }
    try {
      const first = { kind: SpanKind.SERVER, begins: !isContinued(request, given) }
      await traced('graphql', first, (span) => admit(request, response, given, span))
    } finally {
      load.leave()
    }
  }

  /** Lets in who may come in: the token is good, the client has not asked too often. */
  async function admit(
    request: IncomingMessage,
    response: ServerResponse,
    given: Correlation,
    span: Span | undefined,
  ) {
    const begun = performance.now()
    const refuse = (...[status, code, message, more]: Refusal) => {
      answerError(response, status, code, message, more)
      span?.set({ 'http.response.status_code': status })
      log.info({ status, code, ms: since(begun) }, 'request refused')
    }

    const user = await users.of(header(request, 'authorization'))
    const subject = 'status' in user ? null : user.subject
    const client = subject === null ? `address:${proxies.addressOf(request)}` : `user:${subject}`
    const quota = await rates.requests(client)
    const quotas = quota ? [quota] : []
    if (quota?.exceeded) {
      const retryAfterSeconds = secondsUntilFree(quota)
      setHeaders(response, rateHeaders(quotas))
      const message = `too many requests: ask again in ${retryAfterSeconds} s`
      return refuse(429, 'RATE_LIMITED', message, { retryAfterSeconds })
    }
    if ('status' in user) {
      setHeaders(response, user.headers)
      return refuse(user.status, user.code, user.message)
    }

    const cancel = new AbortController()
    const exchange: Exchange = {
      user,
      client,
      quotas,
      correlation: correlation(),
      writes: options.readYourWrites(user.subject, header(request, 'x-read-after')),
      signal: cancel.signal,
      extensions: {},
    }
    await graphql(exchange, cancel, request, response)
    const status = response.destroyed && !response.writableFinished ? clientGone : response.statusCode
    const operation = exchange.asked?.operation
    if (span) describe(span, status, operation)
    recordOperation(operation, await outcomeWith(status, exchange), performance.now() - begun)
    log.info(
      {
        operation: operation?.name?.value.slice(0, 100),
        kind: operation?.operation,
        ...{ status, ms: since(begun), user: user.subject },
        clientTraceparent: clientTraceOf(request, given),
      },
      'request',
    )
  }

  async function graphql(
    exchange: Exchange,
    cancel: AbortController,
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    const timer = setTimeout(() => {
      if (!response.headersSent) tooLate(request, response, options.requestTimeoutMs)
      cancel.abort(new Error('the time is over'))
    }, options.requestTimeoutMs)
    response.once('close', () => {
      clearTimeout(timer)
      // A mutation goes on: it may have taken effect, and what it wrote is to be remembered.
      if (!response.writableFinished && exchange.asked?.operation.operation !== 'mutation')
        cancel.abort(new Error('the client has gone'))
    })
    const addHeaders = () => {
      const written = exchange.writes.written()
      return { ...rateHeaders(exchange.quotas), ...(written && { 'x-read-after': written }) }
    }
    const { longestBody } = options
    await serveGraphql(server, async () => ({ exchange }), request, response, { addHeaders, longestBody })
  }

  return (request, response) => {
    const given = options.correlate(request)
    response.setHeader('x-correlation-id', given.correlationId)
    for (const [name, value] of everyAnswer) response.setHeader(name, value)
    if (proxies.cameByHttps(request)) response.setHeader('strict-transport-security', strictTransport)
    correlated(given, () => route(request, response, given)).catch((error: unknown) => {
      log.error({ err: error }, 'request failed')
      if (!response.headersSent) answerError(response, 500, 'INTERNAL_SERVER_ERROR', 'internal error')
    })
  }
}

/** What came of a request: as its operation was executed, if that was what it was answered with. */
async function outcomeWith(status: number, { asked, execution, answeredAs }: Exchange): Promise<Outcome> {
  if (status === clientGone) return 'canceled'
  if (status >= 500) return 'error'
  if (status !== 200 || !asked || !execution) return 'refused'
  return execution.then(
    (result) => outcomeOf(asked.schema, result, answeredAs),
    () => 'error',
  )
}

type Refusal = [status: number, code: string, message: string, more?: { retryAfterSeconds: number }]

/** Says in a request's span what was asked and answered. */
function describe(span: Span, status: number, operation: OperationDefinitionNode | undefined) {
  span.set({ 'http.response.status_code': status })
  if (status >= 500) span.fail({ code: String(status) })
  if (!operation) return
  span.name = nameOfOperation(operation)
  span.set({ 'graphql.operation.type': operation.operation })
  if (operation.name) span.set({ 'graphql.operation.name': operation.name.value.slice(0, 100) })
}

/** Answers a request whose time is over, whoever still works on it. */
function tooLate(request: IncomingMessage, response: ServerResponse, timeoutMs: number) {
  if (request.complete) {
    const message = `no answer within ${timeoutMs} ms: a mutation may have taken effect or not`
    return answerError(response, 504, 'GATEWAY_TIMEOUT', message)
  }
  response.setHeader('connection', 'close')
  answerError(response, 408, 'BAD_REQUEST', 'the body did not arrive in time')
}

function setHeaders(response: ServerResponse, headers: Record<string, string>) {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

/** Milliseconds with one decimal. */
const since = (begun: number) => Math.round((performance.now() - begun) * 10) / 10
