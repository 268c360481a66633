import { type Correlation, correlationUnderWay } from './context.ts'
import type { Logger } from './logger.ts'

/** Lines that the errors of one request may write: ten thousand say no more than the first ones. */
const mostLines = 20

/** Writes about an error of the request that is under way. */
export type ErrorLog = (level: 'warn' | 'error', about: object, message: string) => void

/** A log for errors that may come in thousands with one request: the first are written, then that there are more. */
export function createErrorLog(log: Logger): ErrorLog {
  const written = new WeakMap<Correlation, number>()
  return (level, about, message) => {
    const request = correlationUnderWay()
    const lines = (request && written.get(request)) ?? 0
    if (request) written.set(request, lines + 1)
    if (lines < mostLines) log[level](about, message)
    else if (lines === mostLines) log[level](`${message}: more of this request is not logged`)
  }
}
