import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { type DocumentNode, getOperationAST, print } from 'graphql'
import type { Lookup } from './addresses.ts'
import { blameForConnection, createBreaker, NotAsked } from './breaker.ts'
import { correlation } from './context.ts'
import { splitList } from './env.ts'
import { fetchText, NoAnswer } from './fetch-text.ts'
import { type HttpAnswer, readGraphqlAnswer } from './graphql-answer.ts'
import { lookHeader } from './http.ts'
import type { Signer } from './identity.ts'
import type { Logger } from './logger.ts'
import { wasNeverSent } from './never-sent.ts'
import { nameOfOperation } from './operation-name.ts'
import { createReplicas, type Replica } from './replicas.ts'
import { SpanKind, traced } from './tracing.ts'

/** The request provably never reached the other service: nothing was done there. */
export class NotAccepted extends Error {
  override readonly name = 'NotAccepted'
}

/** The request may or may not have taken effect: time-out, lost connection, an answer that is none. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
}

/** Checks that a value is what it has to be, such as a schema of zod. */
export type Shape<Value> = { parse(value: unknown): Value }

/** Sends typed operations to one other subgraph, in this service's own name. */
export type ServiceClient = {
  /**
   * Sends an operation whose result is to be of this shape; that the other side has the same schema is not believed.
   * @throws NotAccepted if nothing was sent to any replica, OutcomeUnknown in all other cases without a usable answer.
   */
  send<Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    shape: Shape<Result>,
  ): Promise<Result>
  close(): Promise<void>
}

/** A replica that was away may need some time for its first answer. */
const returnTimeoutMs = 2_500

/**
 * A client of the subgraph `audience`, with kept-alive connections and a time-out for the whole call. `url` is one base URL
 * or several of replicas, separated by commas (see replicas.ts). A replica whose circuit breaker is open is called only if
 * all are, and not even then without `insist`.
 */
export function createServiceClient(options: {
  audience: string
  url: string
  sign: Signer
  log: Logger
  timeoutMs: number
  /** At most so many to each replica. */
  connections?: number
  /** Whether replicas are called although all of them were away; false where somebody waits for the answer. Unless told, true. */
  insist?: boolean
  /** How host names are resolved; by the system unless told. */
  lookup?: Lookup
}): ServiceClient {
  const { audience, log, timeoutMs, insist = true } = options
  const replicas = createReplicas<'call'>({
    urls: splitList(options.url),
    kinds: ['call'],
    breakerFor: (replica) => {
      const told = { service: audience, replica: replica.name }
      return createBreaker({
        ...{ callee: audience, calls: 'replica' },
        blameFor: (error) => (error instanceof NoAnswer ? 'silent' : blameForConnection(error)),
        isFailure: (answer) => (answer as HttpAnswer).status >= 500,
        isThere: () => isBack(replica),
        onOpen: (err) => log.warn({ ...told, err }, 'replica is away'),
        onClosed: () => log.info(told, 'replica is back'),
      })
    },
    connections: options.connections ?? 64,
    connectTimeoutMs: Math.min(1_000, timeoutMs),
    lookup: options.lookup,
    onChange: (found) => log.info({ service: audience, replicas: found }, 'replicas have changed'),
  })

  async function post({ pool, base }: Replica, body: string, withinMs: number, more = {}) {
    const { correlationId, traceparent } = correlation()
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${await options.sign(audience)}`,
      'x-correlation-id': correlationId,
      traceparent,
      ...more,
    }
    return await fetchText(pool, { path: `${base}/graphql`, method: 'POST', headers, body }, withinMs)
  }

  /** The smallest query says whether a replica works again. */
  async function isBack(replica: Replica): Promise<boolean> {
    const told = await post(replica, '{"query":"{__typename}"}', returnTimeoutMs, {
      [lookHeader]: 'true',
    }).catch(() => null)
    return told !== null && told.status < 500
  }

  const known = new WeakMap<object, { text: string; name: string }>()
  const read = (document: DocumentNode) => {
    const before = known.get(document)
    if (before) return before
    const operation = getOperationAST(document)
    const now = { text: print(document), name: operation ? nameOfOperation(operation) : 'graphql' }
    known.set(document, now)
    return now
  }
  const called = { kind: SpanKind.CLIENT, attributes: { 'server.address': audience } }

  return {
    send(document, variables, shape) {
      const { text, name } = read(document)
      return traced(`${audience} ${name}`, called, () => exchange(text, variables, shape))
    },
    close: () => replicas.close(),
  }

  async function exchange<Result>(query: string, variables: unknown, shape: Shape<Result>): Promise<Result> {
    const body = JSON.stringify({ query, variables })
    let told: HttpAnswer
    try {
      told = await replicas.ask('call', (replica) => post(replica, body, timeoutMs), { insist })
    } catch (error) {
      if (wasNeverSent(error) || error instanceof NotAsked)
        throw new NotAccepted(`${audience}: ${String(error)}`, { cause: error })
      throw new OutcomeUnknown(`${audience}: ${String(error)}`, { cause: error })
    }
    try {
      const { data, errors } = readGraphqlAnswer(told)
      if (errors.length > 0) throw new Error('it has errors')
      return shape.parse(data)
    } catch (error) {
      const { status, bytes } = told
      const text = bytes.toString('utf8', 0, 300)
      throw new OutcomeUnknown(`${audience}: ${status} ${text}`, { cause: error })
    }
  }
}
