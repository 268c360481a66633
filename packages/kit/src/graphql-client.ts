import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import { Pool } from 'undici'
import { correlation } from './context.ts'
import { fetchText } from './fetch-text.ts'
import { type HttpAnswer, readGraphqlAnswer } from './graphql-answer.ts'
import type { Signer } from './identity.ts'

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
   * @throws NotAccepted where no connection could be made, OutcomeUnknown in all other cases without a usable answer.
   */
  send<Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    shape: Shape<Result>,
  ): Promise<Result>
  close(): Promise<void>
}

const noConnection = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Whether a request of undici's failed before there was a connection: the other side has seen nothing of it. */
export function wasNeverSent(error: unknown): boolean {
  return noConnection.has((error as { code?: string } | null)?.code ?? '')
}

/** A client of the subgraph `audience` at `url`, with keep-alive and a time-out for the whole exchange. */
export function createServiceClient(options: {
  audience: string
  url: string
  sign: Signer
  timeoutMs: number
  connections?: number
}): ServiceClient {
  const pool = new Pool(new URL(options.url).origin, {
    connections: options.connections ?? 64,
    connectTimeout: Math.min(1_000, options.timeoutMs),
    keepAliveTimeout: 30_000,
  })
  const texts = new WeakMap<object, string>()
  const textOf = (document: Parameters<typeof print>[0]) => {
    const text = texts.get(document) ?? print(document)
    texts.set(document, text)
    return text
  }

  return {
    async send(document, variables, shape) {
      const { correlationId, traceparent } = correlation()
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${await options.sign(options.audience)}`,
        'x-correlation-id': correlationId,
        traceparent,
      }
      const body = JSON.stringify({ query: textOf(document), variables })
      let told: HttpAnswer
      try {
        told = await fetchText(pool, { path: '/graphql', method: 'POST', headers, body }, options.timeoutMs)
      } catch (error) {
        if (wasNeverSent(error))
          throw new NotAccepted(`${options.audience}: ${String(error)}`, { cause: error })
        throw new OutcomeUnknown(`${options.audience}: ${String(error)}`, { cause: error })
      }
      try {
        const { data, errors } = readGraphqlAnswer(told)
        if (errors.length > 0) throw new Error('it has errors')
        return shape.parse(data)
      } catch (error) {
        const { status, bytes } = told
        const text = bytes.toString('utf8', 0, 300)
        throw new OutcomeUnknown(`${options.audience}: ${status} ${text}`, { cause: error })
      }
    },
    close: () => pool.close(),
  }
}
