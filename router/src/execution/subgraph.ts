import type { HttpAnswer } from '@myhotel/kit/graphql-answer'
import { wasNeverSent } from '@myhotel/kit/graphql-client'
import { lookHeader } from '@myhotel/kit/http'
import type { Signer } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { type Dispatcher, Pool } from 'undici'
import type { Exchange } from '../exchange.ts'
import { readAnswer } from './answer.ts'
import { createBreaker, NotAsked } from './breaker.ts'
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

const lookTimeoutMs = 1_000
/** On a busy machine a process that is back may take its time to say so; one that was frozen answers at once. */
const returnTimeoutMs = 2_500

/**
 * Fetches by undici, with connections kept alive. Only headers that the router makes itself go along: who
 * asks, as a token signed for this subgraph, and what the request belongs to. Several URLs are replicas that
 * take turns; the next one is tried only where a connection could not be made, so that nothing is done twice. A replica
 * that is away is passed over until it is back.
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
  log: Logger
}): Subgraph {
  const { name, rank, sign, timeoutMs, log } = options
  const contributionTimeoutMs = Math.min(options.contributionTimeoutMs, timeoutMs)
  const replicas = options.urls.map((text) => {
    const url = new URL(text)
    const pool = new Pool(url.origin, {
      connections: 256,
      connectTimeout: Math.min(1_000, timeoutMs),
      // Each request has its own time.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 30_000,
    })
    const path = `${url.pathname.replace(/\/$/, '')}/graphql`
    const breakerFor = (patience: Patience) => {
      const told = { subgraph: name, replica: url.host, patience }
      return createBreaker({
        blameFor,
        isFailure: (answer) => (answer as HttpAnswer).status >= 500,
        isThere: async () => ((await look(pool, path)) ?? 500) < 500,
        onOpen: (err) => log.warn({ ...told, err }, 'subgraph is away: it is not asked until it is back'),
        onClosed: (notMade) => log.info({ ...told, notMade }, 'subgraph is back'),
      })
    }
    return {
      pool,
      path,
      // What is too late for a page says nothing of a booking, which has more time.
      breakers: { short: breakerFor('short'), long: breakerFor('long') },
      isAlive: () => isAnswered(pool, path),
    }
  })
  let turn = 0

  /** Asks the least that can be asked, as nobody in particular, and whether more could be answered; see the kit's serve.ts. */
  async function look(pool: Pool, path: string) {
    const authorization = `Bearer ${await sign(name, nobody)}`
    const headers = { 'content-type': 'application/json', authorization, [lookHeader]: 'true' }
    const body = '{"query":"{ __typename }"}'
    return statusOf(pool, { path, method: 'POST', headers, body }, returnTimeoutMs)
  }

  async function postInTurn(posting: Posting, patience: Patience): Promise<HttpAnswer> {
    turn = (turn + 1) % replicas.length
    for (let tried = 1; ; tried += 1) {
      const { pool, path, breakers, isAlive } = replicas[
        (turn + tried) % replicas.length
      ] as (typeof replicas)[number]
      try {
        return await breakers[patience].run(() => post(pool, path, posting, isAlive))
      } catch (error) {
        const wasAsked = !(error instanceof NotAsked || wasNeverSent(error))
        if (wasAsked || tried === replicas.length) throw error
      }
    }
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

  async function headersFor({ user, correlation, writes }: Exchange): Promise<string[]> {
    const headers = ['content-type', 'application/json', 'authorization', `Bearer ${await sign(name, user)}`]
    headers.push('x-correlation-id', correlation.correlationId, 'traceparent', correlation.traceparent)
    const toSee = name === readModel ? writes.toSee() : ''
    if (toSee) headers.push('x-read-after', toSee)
    return headers
  }

  function fail(code: FailureCode, cause: unknown): never {
    // While it is known to be away, one line has said so.
    if (!(cause instanceof NotAsked)) log.warn({ err: cause, subgraph: name, code }, 'subgraph failed')
    throw subgraphFailure(name, code, cause)
  }

  async function send(
    operation: string,
    variables: string,
    exchange: Exchange,
    purpose: Purpose,
  ): Promise<Answer> {
    const patience = patienceFor(purpose)
    const posting = {
      body: `{"query":${operation},"variables":${variables}}`,
      headers: await headersFor(exchange),
      signal: exchange.signal,
      ...timeFor(patience, purpose),
      onHeaders({ 'x-wrote': wrote }: Record<string, unknown>) {
        if (typeof wrote === 'string') exchange.writes.note(wrote)
      },
    }
    const told = await postInTurn(posting, patience).catch((error: unknown) =>
      fail(codeOfError(error, exchange.signal), error),
    )
    const { answer, flaws } = read(told, purpose)
    if (flaws.length > 0) log.warn({ subgraph: name, flaws: [...new Set(flaws)] }, 'subgraph answered badly')
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

  return {
    name,
    optional: true,
    send,
    async ready() {
      const looks = replicas.map(({ isAlive }) => isAlive())
      if (!(await Promise.all(looks)).includes(true)) throw new Error('cannot be reached')
    },
    async stop() {
      for (const { breakers } of replicas) for (const breaker of Object.values(breakers)) breaker.stop()
      await Promise.all(replicas.map(({ pool }) => pool.close()))
    },
  }
}

/** Whether a process answers at all; what, is no matter. */
const isAnswered = async (pool: Pool, path: string) =>
  (await statusOf(pool, { path, method: 'GET' }, lookTimeoutMs)) !== null

/** The status of the answer; null where none came in time. */
async function statusOf(
  pool: Pool,
  request: Omit<Dispatcher.RequestOptions, 'signal'>,
  withinMs: number,
): Promise<number | null> {
  try {
    const { statusCode, body } = await pool.request({ ...request, signal: AbortSignal.timeout(withinMs) })
    await body.dump()
    return statusCode
  } catch {
    return null
  }
}
