import { flushCompileCache } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from './logger.ts'

/**
 * A part of a service with a life of its own: a database, the bus, the HTTP server, a consumer, a worker.
 * Parts are started in the order in which they are listed and stopped in the reverse order.
 */
export type Part = {
  readonly name: string
  /** The service can do its work without this part: how it is is told, but decides nothing. */
  readonly optional?: boolean
  start?(service: Health): Promise<void>
  /** Rejects, saying why, while the service cannot do its work for the lack of this part. */
  ready?(): Promise<void>
  stop?(): Promise<void>
}

/** What `/readyz` answers from. */
export type Health = {
  /** Each part by name: 'ok', or why it is not. */
  check(): Promise<{ ready: boolean; parts: Record<string, string> }>
}

/** A part refuses to start, for a reason that somebody has to mend first; the message is the whole of what is told. */
export class StartRefused extends Error {}

/** Less than whoever asks a service to stop waits before it kills. */
const stopWithinMs = 8_000

/**
 * Runs a service until SIGTERM or SIGINT: starts its parts, then stops them in reverse, all within eight
 * seconds: what takes longer is cut off, as by a crash. While it stops it is not ready, so that no new work is sent to it.
 */
export async function runService(log: Logger, parts: readonly Part[]): Promise<void> {
  let stopping = false
  const health: Health = {
    async check() {
      const states = await Promise.all(
        parts.map(async (part) => ({
          part,
          state: await (part.ready?.() ?? Promise.resolve()).then(ok, why),
        })),
      )
      const ready = !stopping && states.every(({ part, state }) => part.optional || state === 'ok')
      const told = states.map(({ part, state }) => [part.name, state])
      return { ready, parts: Object.fromEntries(stopping ? [...told, ['service', 'stopping']] : told) }
    },
  }

  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    log.info({ signal }, 'stopping')
    const patience = delay(stopWithinMs, undefined, { ref: false })
    for (const part of [...parts].reverse()) {
      const stopped = part
        .stop?.()
        .catch((error: unknown) => log.error({ error, part: part.name }, 'part did not stop'))
      await Promise.race([stopped, patience])
    }
    log.info('stopped')
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop('SIGTERM'))
  process.once('SIGINT', () => void stop('SIGINT'))
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'))

  try {
    for (const part of parts) await part.start?.(health)
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    log.fatal(error.message)
    process.exit(1)
  }
  // Node writes its cache of compiled code when a process ends in order; one that is killed would leave none.
  flushCompileCache()
}

const ok = () => 'ok'
const why = (error: unknown) => (error instanceof Error ? error.message : String(error))
