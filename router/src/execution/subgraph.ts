import type { Lookup } from '@myhotel/kit/addresses'
import { createBreaker, NotAsked } from '@myhotel/kit/breaker'
import type { HttpAnswer } from '@myhotel/kit/graphql-answer'
import { createHistogram, requestBoundaries } from '@myhotel/kit/histogram'
import { lookHeader } from '@myhotel/kit/http'
import type { Signer } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import { typenameIn } from '@myhotel/kit/operations'
import { createReplicas, type Replica } from '@myhotel/kit/replicas'
import type { Part } from '@myhotel/kit/service'
import { type Span, SpanKind, traced } from '@myhotel/kit/tracing'
import { GraphQLError } from 'graphql'
import type { Dispatcher } from 'undici'
import type { Exchange } from '../exchange.ts'
import { readAnswer } from './answer.ts'
import type { Answer, Purpose, Source } from './executor/run.ts'
import { type Posting, post } from './post.ts'
import { blameFor, codeOfError, codeOfStatus, type FailureCode, subgraphFailure } from './subgraph-failure.ts'
import type { Rank } from './supergraph.ts'

/** A subgraph to fetch from. Ready while any of its replicas lives. */
export type Subgraph = Part & Source

/** The subgraph that answers from a read model and can wait for what the user has just written. */
const readModel = 'mypage'

/** How long an answer is waited for: as a page waits for what it can do without, or as long as it takes. */
type Patience = 'short' | 'long'

const nobody = { subject: null, roles: [] }

const recordFetch = createHistogram({
  name: 'myhotel.fetch.duration.seconds',
  description:
    'How long subgraphs took to answer the router; why where they did not, `CANCELED` where nobody waited.',
  labels: ['subgraph', 'outcome'],
  boundaries: requestBoundaries,
})

const lookTimeoutMs = 1_000
/** On a busy machine a process that is back may take its time to say so; one that was frozen answers at once. */
const returnTimeoutMs = 2_500

/**
 * Fetches with kept-alive connections. Subgraphs get only headers that the router makes itself: who asks, as a token signed
 * for this subgraph, and what the request belongs to. Calls are balanced over the subgraph's replicas (see replicas.ts); the
 * next replica is tried only if nothing was sent, so nothing is done twice. A query does nothing: if a replica ends under it, one
 * other is asked.
 */
export function createSubgraph(options: {
  name: string
  rank: Rank
  urls: readonly string[]
  sign: Signer
  /** How long an answer may take. */
  timeoutMs: number
  /** How long one may take that a page can do without. */
  contributionTimeoutMs: number
  /** How long a connection is used. */
  connectionMaxAgeMs?: number
  /** How host names are resolved; by the system unless told. */
  lookup?: Lookup
  log: Logger
}): Subgraph {
  const { name, rank, sign, timeoutMs, log } = options
  const contributionTimeoutMs = Math.min(options.contributionTimeoutMs, timeoutMs)
  const replicas = createReplicas<Patience>({
    urls: options.urls,
    // A time-out that is too short for a page says nothing about a booking, which has more time.
    kinds: ['short', 'long'],
    breakerFor: (replica, patience) => {
      const told = { subgraph: name, replica: replica.name, patience }
      return createBreaker({
        ...{ callee: name, calls: patience },
        blameFor,
        isFailure: (answer) => (answer as HttpAnswer).status >= 500,
        isThere: async () => ((await look(replica)) ?? 500) < 500,
        onOpen: (err) => log.warn({ ...told, err }, 'subgraph is away: it is not asked until it is back'),
        onClosed: (notMade) => log.info({ ...told, notMade }, 'subgraph is back'),
      })
    },
    connections: 256,
    connectTimeoutMs: Math.min(1_000, timeoutMs),
    maxAgeMs: options.connectionMaxAgeMs,
    lookup: options.lookup,
    onChange: (found) =>
      log[found.length > 0 ? 'info' : 'warn']({ subgraph: name, replicas: found }, 'replicas have changed'),
  })

  /** Asks the least that can be asked, as nobody in particular, and whether more could be answered; see the kit's serve.ts. */
  async function look(replica: Replica) {
    const authorization = `Bearer ${await sign(name, nobody)}`
    const headers = { 'content-type': 'application/json', authorization, [lookHeader]: 'true' }
    const body = '{"query":"{ __typename }"}'
    return statusOf(replica, { method: 'POST', headers, body }, returnTimeoutMs)
  }

  /**
   * What another subgraph's page can do without is not waited for, and nor is a supporting subgraph, unless it lives and
   * is merely slow with what it alone was asked for. A mutation is given its time, whosever it is.
   */
  function patienceFor({ isMutation, entities }: Purpose): Patience {
    const canDoWithout = !isMutation && (entities !== undefined || rank === 'supporting')
    return canDoWithout ? 'short' : 'long'
  }

  function timeFor(patience: Patience, { entities }: Purpose): Pick<Posting, 'withinMs' | 'aliveWithinMs'> {
    if (patience === 'long') return { withinMs: timeoutMs }
    const withinMs = contributionTimeoutMs
    return entities === undefined ? { withinMs, aliveWithinMs: timeoutMs } : { withinMs }
  }

  async function headersFor(
    { user, correlation, writes }: Exchange,
    { traceparent }: Pick<Span, 'traceparent'>,
  ): Promise<string[]> {
    const headers = ['content-type', 'application/json', 'authorization', `Bearer ${await sign(name, user)}`]
    headers.push('x-correlation-id', correlation.correlationId, 'traceparent', traceparent)
    const toSee = name === readModel ? writes.toSee() : ''
    if (toSee) headers.push('x-read-after', toSee)
    return headers
  }

  function fail(code: FailureCode, cause: unknown): never {
    // While it is known to be away, one line has said so.
    if (!(cause instanceof NotAsked)) log.warn({ err: cause, subgraph: name, code }, 'subgraph failed')
    throw subgraphFailure(name, code, cause)
  }

  async function ask(
    operation: string,
    variables: string,
    exchange: Exchange,
    purpose: Purpose,
    span: Span | undefined,
  ): Promise<Answer> {
    const patience = patienceFor(purpose)
    if (purpose.entities !== undefined) span?.set({ 'myhotel.entities': purpose.entities })
    const posting = {
      body: `{"query":${operation},"variables":${variables}}`,
      headers: await headersFor(exchange, span ?? exchange.correlation),
      signal: exchange.signal,
      ...timeFor(patience, purpose),
      onHeaders({ 'x-wrote': wrote }: Record<string, unknown>) {
        if (typeof wrote === 'string') exchange.writes.note(wrote)
      },
    }
    const told = await replicas
      .ask(
        patience,
        (replica) => post(replica.pool, `${replica.base}/graphql`, posting, () => isAnswered(replica)),
        { mayGoOn: onceWhereLost(purpose) },
      )
      .catch((error: unknown) => fail(codeOfError(error, exchange.signal), error))
    const { answer, flaws } = read(told, purpose)
    if (flaws.length > 0) log.warn({ subgraph: name, flaws: [...new Set(flaws)] }, 'subgraph answered badly')
    if (purpose.isMutation && purpose.entities === undefined) exchange.answeredAs = typenameIn(answer.data)
    if (answer.extensions) Object.assign(exchange.extensions, answer.extensions)
    return answer
  }

  /** A refused operation has another status than 200 and is an answer nevertheless, unless it is the router that was refused. */
  function read(told: HttpAnswer, { entities }: Purpose) {
    const { status, bytes } = told
    try {
      if (status === 401 || status === 403) throw new Error('the router was refused')
      return readAnswer(told, entities)
    } catch (error) {
      const cause = new Error(`${status} ${bytes.toString('utf8', 0, 300)}`, { cause: error })
      return fail(status === 200 ? 'BAD_GATEWAY' : codeOfStatus(status), cause)
    }
  }

  const attributes = { 'server.address': name }

  return {
    name,
    optional: true,
    async send(operation, variables, exchange, purpose) {
      const begun = performance.now()
      const record = (outcome: string) => recordFetch((performance.now() - begun) / 1_000, name, outcome)
      const options = { under: exchange.correlation, kind: SpanKind.CLIENT, attributes }
      try {
        const answer = await traced(`fetch ${name}`, options, (span) =>
          ask(operation, variables, exchange, purpose, span),
        )
        record('OK')
        return answer
      } catch (error) {
        const code = error instanceof GraphQLError ? error.extensions.code : 'ERROR'
        record(exchange.signal.aborted ? 'CANCELED' : String(code))
        throw error
      }
    },
    async ready() {
      const looks = (await replicas.all()).map(isAnswered)
      if (!(await Promise.all(looks)).includes(true)) throw new Error('cannot be reached')
    },
    stop: () => replicas.close(),
  }
}

const lost = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/** Whether a query's connection was lost, the first time: a query that ends replicas should not end them all. */
function onceWhereLost({ isMutation }: Purpose): (error: unknown) => boolean {
  let isFirst = !isMutation
  return (error) => {
    const goesOn = isFirst && lost.has(String((error as { code?: unknown } | null)?.code))
    isFirst = false
    return goesOn
  }
}

/** Whether a process answers at all; what, is no matter. */
const isAnswered = async (replica: Replica) =>
  (await statusOf(replica, { method: 'GET' }, lookTimeoutMs)) !== null

/** The status of the answer; null where none came in time. */
async function statusOf(
  { pool, base }: Replica,
  request: Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>,
  withinMs: number,
): Promise<number | null> {
  try {
    const signal = AbortSignal.timeout(withinMs)
    const { statusCode, body } = await pool.request({ ...request, path: `${base}/graphql`, signal })
    await body.dump()
    return statusCode
  } catch {
    return null
  }
}
