import { isUtf8 } from 'node:buffer'

/** An answer of HTTP that was read to its end: its status, its `content-type` (empty where it has none), its body. */
export type HttpAnswer = { readonly status: number; readonly type: string; readonly bytes: Buffer }

/** No answer has a reason to have more bytes. */
export const longestAnswer = 32 * 1024 * 1024

/** What came is no answer of GraphQL; the message says what is wrong, and nothing of what came. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer'
}

/** An answer of GraphQL: with data, or with errors, or both. What is in them is not checked. */
export type GraphqlAnswer = {
  readonly data: Record<string, unknown> | null
  readonly errors: readonly unknown[]
  readonly extensions: unknown
}

const json = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i

/**
 * Reads an answer of GraphQL as far as HTTP and GraphQL say how it looks. With another status than 200 only errors are
 * believed, and only where the status is one of refusal or failure.
 * @throws UnusableAnswer
 */
export function readGraphqlAnswer({ status, type, bytes }: HttpAnswer): GraphqlAnswer {
  // Some leave the type out; who says another one has answered in the other side's place.
  if (type && !json.test(type)) throw new UnusableAnswer('the content type is not JSON')
  if (!isUtf8(bytes)) throw new UnusableAnswer('it is no UTF-8')
  const told = parse(bytes.toString())
  if (!isObject(told)) throw new UnusableAnswer('it is no object')
  const { data = null, extensions } = told
  const errors = told.errors ?? []
  if (status !== 200 && !(status >= 400 && status < 600)) {
    throw new UnusableAnswer('the status is neither of an answer nor of a refusal')
  }
  if (!Array.isArray(errors)) throw new UnusableAnswer('errors are no list')
  if (data !== null && !isObject(data)) throw new UnusableAnswer('data is no object')
  const believed = status === 200 ? data : null
  if (errors.length === 0 && !believed) throw new UnusableAnswer('it has neither data nor an error')
  return { data: believed, errors, extensions }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UnusableAnswer('it is no JSON')
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
