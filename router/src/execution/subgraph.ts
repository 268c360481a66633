import type { HttpAnswer } from '@myhotel/kit/graphql-answer'
import { wasNeverSent } from '@myhotel/kit/graphql-client'
import type { Signer } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { Pool } from 'undici'
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

const lookTimeoutMs = 1_000

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
    const base = url.pathname.replace(/\/$/, '')
    const told = { subgraph: name, replica: url.host }
    const breaker = createBreaker({
      blameFor,
      isFailure: (answer) => (answer as HttpAnswer).status >= 500,
      isThere: async () => ((await statusOf(pool, `${base}/readyz`)) ?? 500) < 500,
      onOpen: (err) => log.warn({ ...told, err }, 'subgraph is away: it is not asked until it is back'),
      onClosed: (notMade) => log.info({ ...told, notMade }, 'subgraph is back'),
    })
    return { pool, breaker, path: `${base}/graphql`, livez: `${base}/livez` }
  })
  let turn = 0

  async function postInTurn(posting: Posting): Promise<HttpAnswer> {
    turn = (turn + 1) % replicas.length
    for (let tried = 1; ; tried += 1) {
      const { pool, path, breaker } = replicas[(turn + tried) % replicas.length] as (typeof replicas)[number]
      try {
        return await breaker.run(() => post(pool, path, posting))
      } catch (error) {
        const wasAsked = !(error instanceof NotAsked || wasNeverSent(error))
        if (wasAsked || tried === replicas.length) throw error
      }
    }
  }

  /**
   * What another subgraph's page can do without is not waited for: what is contributed to it, and all of a supporting
   * context's. A mutation is given its time, whosever it is.
   */
  function timeFor({ isMutation, entities }: Purpose): number {
    if (isMutation) return timeoutMs
    return entities !== undefined || rank === 'supporting' ? contributionTimeoutMs : timeoutMs
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
    const posting = {
      body: `{"query":${operation},"variables":${variables}}`,
      headers: await headersFor(exchange),
      signal: exchange.signal,
      withinMs: timeFor(purpose),
      onHeaders({ 'x-wrote': wrote }: Record<string, unknown>) {
        if (typeof wrote === 'string') exchange.writes.note(wrote)
      },
    }
    const told = await postInTurn(posting).catch((error: unknown) =>
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
      const looks = replicas.map(({ pool, livez }) => statusOf(pool, livez))
      if (!(await Promise.all(looks)).includes(200)) throw new Error('cannot be reached')
    },
    async stop() {
      for (const { breaker } of replicas) breaker.stop()
      await Promise.all(replicas.map(({ pool }) => pool.close()))
    },
  }
}

/** The status of an answer to GET; null where none came in time. */
async function statusOf(pool: Pool, path: string): Promise<number | null> {
  try {
    const signal = AbortSignal.timeout(lookTimeoutMs)
    const { statusCode, body } = await pool.request({ path, method: 'GET', signal })
    await body.dump()
    return statusCode
  } catch {
    return null
  }
}
