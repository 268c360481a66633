import { pino } from 'pino'
import { correlationUnderWay } from './context.ts'
import { traceIdOf } from './traceparent.ts'

/** A structured logger; every line bears the service's name, and the correlation id and trace of what caused it. */
export type Logger = ReturnType<typeof createLogger>

/**
 * Makes the logger of one service: JSON on standard output. Lines are written one by one, or, where there are many,
 * together after `flushEveryMs` or 4 KiB; what is then not written yet is lost only with a process that is killed.
 */
export function createLogger(service: string, level = 'info', { flushEveryMs = 0 } = {}) {
  const destination = pino.destination({
    minLength: flushEveryMs > 0 ? 4_096 : 0,
    periodicFlush: flushEveryMs,
    sync: true,
  })
  if (flushEveryMs > 0) process.on('exit', () => destination.flushSync())
  return pino(
    {
      level,
      base: { service },
      timestamp: createClock(),
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const under = correlationUnderWay()
        return under ? { correlationId: under.correlationId, trace_id: traceIdOf(under.traceparent) } : {}
      },
      redact: ['authorization', '*.authorization', 'headers.authorization', 'headers.cookie'],
    },
    destination,
  )
}

/** The time of a line as pino's `isoTime` has it; the lines of one millisecond share its text. */
function createClock(): () => string {
  let at = Number.NaN
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== at) {
      at = now
      text = pino.stdTimeFunctions.isoTime()
    }
    return text
  }
}
