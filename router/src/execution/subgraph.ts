import type { GraphQLDataSource } from '@apollo/gateway'
import { wasNeverSent } from '@myhotel/kit/graphql-client'
import type { Signer } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { Pool } from 'undici'
import type { Exchange, RouterContext } from '../exchange.ts'
import type { Answer, Source } from './executor/run.ts'
import { type HttpAnswer, type Posting, post } from './post.ts'
import { codeOfError, codeOfStatus, type FailureCode, subgraphFailure } from './subgraph-failure.ts'

/** A subgraph to fetch from, by our executor or the gateway's. Ready while any of its replicas lives. */
export type Subgraph = Part & Source & GraphQLDataSource

/** The subgraph that answers from a read model and can wait for what the user has just written. */
const readModel = 'mypage'

const livezTimeoutMs = 1_000

/**
 * Fetches by undici, with connections kept alive. Only headers that the router makes itself go along: who
 * asks, as a token signed for this subgraph, and what the request belongs to. Several URLs are replicas that
 * take turns; the next one is tried only where a connection could not be made, so that nothing is done twice.
 */
export function createSubgraph(options: {
  name: string
  urls: readonly string[]
  sign: Signer
  timeoutMs: number
  log: Logger
}): Subgraph {
  const { name, sign, log } = options
  const replicas = options.urls.map((text) => {
    const url = new URL(text)
    const pool = new Pool(url.origin, {
      connections: 256,
      connectTimeout: Math.min(1_000, options.timeoutMs),
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      keepAliveTimeout: 30_000,
    })
    const base = url.pathname.replace(/\/$/, '')
    return { pool, path: `${base}/graphql`, livez: `${base}/livez` }
  })
  let turn = 0

  async function postInTurn(posting: Posting): Promise<HttpAnswer> {
    turn = (turn + 1) % replicas.length
    for (let tried = 1; ; tried += 1) {
      const { pool, path } = replicas[(turn + tried) % replicas.length] as (typeof replicas)[number]
      try {
        return await post(pool, path, posting)
      } catch (error) {
        if (!wasNeverSent(error) || tried === replicas.length) throw error
      }
    }
  }

  async function headersFor({ user, correlation, writes }: Exchange): Promise<string[]> {
    const headers = ['content-type', 'application/json', 'authorization', `Bearer ${await sign(name, user)}`]
    headers.push('x-correlation-id', correlation.correlationId, 'traceparent', correlation.traceparent)
    const toSee = name === readModel ? writes.toSee() : ''
    if (toSee) headers.push('x-read-after', toSee)
    return headers
  }

  function fail(code: FailureCode, cause: unknown): never {
    log.warn({ err: cause, subgraph: name, code }, 'subgraph failed')
    throw subgraphFailure(name, code, cause)
  }

  async function send(operation: string, variables: string, exchange: Exchange): Promise<Answer> {
    const body = `{"query":${operation},"variables":${variables}}`
    const posting = {
      body,
      headers: await headersFor(exchange),
      signal: exchange.signal,
      onHeaders({ 'x-wrote': wrote }: Record<string, unknown>) {
        if (typeof wrote === 'string') exchange.writes.note(wrote)
      },
    }
    const { status, text } = await postInTurn(posting).catch((error: unknown) =>
      fail(codeOfError(error, exchange.signal), error),
    )
    const answer = parse(text)
    // A refused operation has another status than 200 and is an answer nevertheless, unless it is the router that
    // was refused.
    if (!answer || status === 401 || status === 403) {
      return fail(status === 200 ? 'BAD_GATEWAY' : codeOfStatus(status), `${status} ${text.slice(0, 300)}`)
    }
    if (answer.extensions) Object.assign(exchange.extensions, answer.extensions)
    return answer
  }

  return {
    name,
    optional: true,
    process({ request: { query, variables = {} }, context }) {
      const { exchange } = context as RouterContext
      return send(JSON.stringify(query), JSON.stringify(variables), exchange)
    },
    send,
    async ready() {
      const lives = replicas.map(({ pool, livez }) => isAlive(pool, livez))
      const alive = (await Promise.all(lives)).filter(Boolean).length
      if (alive === 0) throw new Error('cannot be reached')
    },
    async stop() {
      await Promise.all(replicas.map(({ pool }) => pool.close()))
    },
  }
}

/** The body as an answer of GraphQL, or null where it is none. */
function parse(text: string): Answer | null {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer !== 'object' || answer === null || !('data' in answer || 'errors' in answer))
      return null
    return answer as Answer
  } catch {
    return null
  }
}

async function isAlive(pool: Pool, path: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(livezTimeoutMs)
    const { statusCode, body } = await pool.request({ path, method: 'GET', signal })
    await body.dump()
    return statusCode === 200
  } catch {
    return false
  }
}
