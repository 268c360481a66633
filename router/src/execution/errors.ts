import { isClientsFault } from '@myhotel/kit/client-faults'
import { createErrorLog } from '@myhotel/kit/error-log'
import type { Logger } from '@myhotel/kit/logger'
import { spanUnderWay } from '@myhotel/kit/tracing'
import type { GraphQLFormattedError } from 'graphql'

/** What an error may tell besides its message, path and locations. Anything else is ours alone. */
const toldExtensions = ['code', 'serviceName', 'retryAfterSeconds', 'field']

/** Nobody meant these to be read: a bug here, or a subgraph that failed without saying how. */
const internal = new Set(['INTERNAL_SERVER_ERROR', 'DOWNSTREAM_SERVICE_ERROR'])

/**
 * Errors as clients see them. Those with a code of their own, the router's or a subgraph's, pass; all others
 * are logged and told without their insides.
 */
export function presentError(log: Logger) {
  const tell = createErrorLog(log)
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const extensions = Object.fromEntries(
      toldExtensions.flatMap((name) => {
        const value = formatted.extensions?.[name]
        return value === undefined ? [] : [[name, value]]
      }),
    )
    if (!internal.has(String(extensions.code))) return { ...formatted, extensions }
    if (isClientsFault(error)) return { ...formatted, extensions: { ...extensions, code: 'BAD_REQUEST' } }
    spanUnderWay()?.fail(originOf(error))
    const about = { err: originOf(error), path: formatted.path, subgraph: extensions.serviceName }
    tell('error', about, 'request failed')
    return {
      ...formatted,
      message: 'internal error',
      extensions: { ...extensions, code: 'INTERNAL_SERVER_ERROR' },
    }
  }
}

const originOf = (error: unknown) => (error as { originalError?: unknown } | null)?.originalError ?? error
