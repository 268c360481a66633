import { type HttpAnswer, readGraphqlAnswer, UnusableAnswer } from '@myhotel/kit/graphql-answer'
import type { GraphQLFormattedError } from 'graphql'
import { isObject } from './executor/data.ts'
import type { Answer } from './executor/run.ts'

/** An answer of GraphQL, and what in it was not as GraphQL has it and is therefore left out. */
export type Read = { readonly answer: Answer; readonly flaws: readonly string[] }

const longestMessage = 2_000
const longestExtensions = 16_384
const codePattern = /^[A-Z][A-Z0-9_]{0,99}$/

/**
 * Reads what a subgraph answered and believes nothing of it: errors and extensions are as GraphQL and the router have
 * them, or left out. Values of data are checked where they are shaped.
 * @param entities how many were asked for, where it was entities
 * @throws UnusableAnswer
 */
export function readAnswer(told: HttpAnswer, entities: number | undefined): Read {
  const { data, errors, extensions } = readGraphqlAnswer(told)
  if (data && entities !== undefined && !areEntities(data._entities, entities)) {
    throw new UnusableAnswer(`_entities is no list of ${entities} objects`)
  }
  const answer: Answer = { data }
  const flaws: string[] = []
  if (errors.length > 0) answer.errors = errors.map((error) => readError(error, flaws))
  const more = extensions ? readExtensions(extensions, flaws) : undefined
  if (more) answer.extensions = more
  return { answer, flaws }
}

function areEntities(value: unknown, count: number): boolean {
  return Array.isArray(value) && value.length === count && value.every((one) => one === null || isObject(one))
}

/** What clients may be told of an error; the rest, above all an HTTP status, is nobody's but the subgraph's. */
function readError(error: unknown, flaws: string[]): GraphQLFormattedError {
  if (!isObject(error)) {
    flaws.push('an error is no object')
    return { message: 'it failed, and did not say why', extensions: { code: 'BAD_GATEWAY' } }
  }
  const { message, path, extensions = {} } = error
  if (typeof message !== 'string') flaws.push('an error has no message')
  if (!isObject(extensions)) flaws.push('the extensions of an error are no object')
  const isPlace = path === undefined || path === null || isPath(path)
  if (!isPlace) flaws.push('the path of an error is none')
  return {
    message: typeof message === 'string' ? message.slice(0, longestMessage) : '',
    ...(isPath(path) && { path }),
    extensions: isObject(extensions) ? readErrorExtensions(extensions, flaws) : {},
  }
}

const isPath = (path: unknown): path is (string | number)[] =>
  Array.isArray(path) &&
  path.length < 1_000 &&
  path.every((step) => typeof step === 'string' || (Number.isSafeInteger(step) && step >= 0))

function readErrorExtensions({ code, field, retryAfterSeconds }: Record<string, unknown>, flaws: string[]) {
  const known = typeof code === 'string' && codePattern.test(code)
  if (code !== undefined && !known) flaws.push('the code of an error is none')
  return {
    ...(known && { code }),
    ...(typeof field === 'string' && { field: field.slice(0, longestMessage) }),
    ...(Number.isSafeInteger(retryAfterSeconds) && { retryAfterSeconds }),
  }
}

function readExtensions(extensions: unknown, flaws: string[]): Record<string, unknown> | undefined {
  try {
    if (isObject(extensions) && JSON.stringify(extensions).length <= longestExtensions) {
      return Object.fromEntries(Object.entries(extensions).filter(([name]) => name !== '__proto__'))
    }
  } catch {
    // Nested too deeply to be told.
  }
  flaws.push('extensions are no object, or too much')
  return undefined
}
