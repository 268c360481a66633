import { pino } from 'pino'
import { correlationUnderWay } from './context.ts'

/** A structured logger; every line bears the service's name and the correlation id of what caused it. */
export type Logger = ReturnType<typeof createLogger>

/** Makes the logger of one service: JSON on standard output. */
export function createLogger(service: string, level = 'info') {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => {
      const under = correlationUnderWay()
      return under ? { correlationId: under.correlationId } : {}
    },
    redact: ['authorization', '*.authorization', 'headers.authorization', 'headers.cookie'],
  })
}
