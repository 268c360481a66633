import { flushCompileCache } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { createHealth } from './health.ts'
import type { Logger } from './logger.ts'
import { type ManagementSettings, startManagement } from './management.ts'
import { tell } from './metrics.ts'
import { type Part, StartRefused } from './part.ts'
import { type TraceSettings, traceExport } from './trace-export.ts'

export { type Health, type Part, StartRefused } from './part.ts'

/** What the environment says of a service's life; see env.ts. */
export type ServiceSettings = ManagementSettings & TraceSettings & { readonly DRAIN_MS: number }

/** No request takes longer: the router gives one 20 s. */
const finishWithinMs = 25_000
/** What the other parts have together. A platform that waits 45 s before it kills leaves time for 7 s of drain. */
const stopWithinMs = 8_000

/**
 * Runs a service until SIGTERM or SIGINT. Its management port answers from before the parts are started until after
 * they are stopped. Told to stop it
 *
 * 1. is not ready from that moment on, and is served as before for DRAIN_MS, while whoever sends requests learns of it:
 *    each answer says that it is the last on its connection;
 * 2. accepts no more connections, and finishes the requests that it has;
 * 3. stops its parts in reverse.
 *
 * What takes longer than it may is cut off, as by a crash. A second signal ends the process at once.
 */
export async function runService(
  log: Logger,
  ownParts: readonly Part[],
  settings: ServiceSettings,
): Promise<void> {
  const parts = [...traceExport(String(log.bindings().service), settings, log), ...ownParts]
  const health = createHealth(parts)
  tell({
    kind: 'amount',
    name: 'myhotel.part.well',
    description: 'Whether a part of the service can do its work: 1, or 0. Others may be what it needs.',
    async read() {
      const found = Object.entries((await health.check()).parts)
      return found.map(([part, state]) => [state === 'ok' ? 1 : 0, { part }] as const)
    },
  })
  let told: NodeJS.Signals | undefined
  let isStarted = false

  async function stop(signal: NodeJS.Signals) {
    if (told) {
      log.warn({ signal }, 'told to stop once more: ended at once')
      process.exit(1)
    }
    told = signal
    health.stopping()
    const drainMs = isStarted ? settings.DRAIN_MS : 0
    log.info({ signal, drainMs }, 'stopping')
    for (const part of parts) part.drain?.()
    await delay(drainMs)
    const finished = Promise.all(parts.map((part) => patiently(part, part.finish?.())))
    const requests = deadline(finishWithinMs, 'requests were not finished and are cut off')
    await Promise.race([finished, requests.passed])
    requests.clear()
    const { passed } = deadline(stopWithinMs, 'parts did not stop and are cut off')
    for (const part of parts.toReversed()) await Promise.race([patiently(part, part.stop?.()), passed])
    management.stop()
    log.info('stopped')
    process.exit(0)
  }
  const patiently = (part: Part, ending: Promise<void> | undefined) =>
    ending?.catch((error: unknown) => log.error({ err: error, part: part.name }, 'part did not stop'))
  function deadline(withinMs: number, missed: string) {
    const { promise: passed, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(() => resolve(log.warn({ withinMs }, missed)), withinMs)
    return { passed, clear: () => clearTimeout(timer) }
  }

  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'))
  const management = await startManagement(settings, health, log).catch(refuse)
  process.on('SIGTERM', stop).on('SIGINT', stop)
  try {
    for (const part of parts) await part.start?.(health)
  } catch (error) {
    refuse(error)
  }
  isStarted = true
  health.started()
  // Node writes its cache of compiled code when a process ends in order; one that is killed would leave none.
  flushCompileCache()

  function refuse(error: unknown): never {
    if (!(error instanceof StartRefused)) throw error
    log.fatal(error.message)
    process.exit(1)
  }
}
