import { type Blame, blameForConnection, NotAsked } from '@myhotel/kit/breaker'
import { wasNeverSent } from '@myhotel/kit/never-sent'
import { GraphQLError } from 'graphql'
import { TooLate, TooLong } from './post.ts'

const messages = {
  SERVICE_UNAVAILABLE: 'is not available at the moment',
  GATEWAY_TIMEOUT: 'did not answer in time',
  BAD_GATEWAY: 'gave no usable answer',
  UNAUTHENTICATED: 'does not know who asks',
  FORBIDDEN: 'does not let this in',
}

/**
 * What clients are told when a subgraph did not answer as it should. After GATEWAY_TIMEOUT and BAD_GATEWAY
 * nobody knows whether a mutation took effect; SERVICE_UNAVAILABLE from here means that it was not sent, or
 * not taken in.
 */
export type FailureCode = keyof typeof messages

/** An error that names the subgraph and the kind of fault, and keeps the rest (hosts, texts) for the log. */
export function subgraphFailure(serviceName: string, code: FailureCode, cause: unknown): GraphQLError {
  const originalError = cause instanceof Error ? cause : new Error(String(cause))
  return new GraphQLError(`${serviceName} ${messages[code]}`, {
    originalError,
    extensions: { code, serviceName },
  })
}

/** What it means that a request was not answered. */
export function codeOfError(error: unknown, signal: AbortSignal): FailureCode {
  if (error instanceof NotAsked || wasNeverSent(error)) return 'SERVICE_UNAVAILABLE'
  return signal.aborted || error instanceof TooLate ? 'GATEWAY_TIMEOUT' : 'BAD_GATEWAY'
}

/** What a request that was not answered says of the process that it was sent to: nothing where nobody waited any more. */
export function blameFor(error: unknown): Blame {
  if (error instanceof TooLate) return 'silent'
  return error instanceof TooLong ? 'failed' : blameForConnection(error)
}

/** What an HTTP status other than 200 means where no GraphQL answer comes with it. */
export function codeOfStatus(status: number): FailureCode {
  if (status === 401) return 'UNAUTHENTICATED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 504) return 'GATEWAY_TIMEOUT'
  return status === 503 ? 'SERVICE_UNAVAILABLE' : 'BAD_GATEWAY'
}
