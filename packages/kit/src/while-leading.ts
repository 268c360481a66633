import type { Logger } from './logger.ts'
import { loop } from './loop.ts'
import type { Relay } from './outbox.ts'
import type { Health, Part } from './service.ts'

/** How soon a replica that has become the leading one begins, in milliseconds. */
const lookEveryMs = 200

/**
 * A part that runs only in the replica whose relay leads its database (see `createRelay`): `make` is called anew each
 * time it has become the leading one. Replicas that shared a backlog of events would each hold every other event of an
 * aggregate, wait for one another's, and lock rows in each other's way. Nothing that is right depends on it: an event
 * takes effect once, whoever takes it in.
 */
export function whileLeading(relay: Pick<Relay, 'leading'>, log: Logger, make: () => Part): Part {
  let health: Health
  const terms = loop({
    name: 'while leading',
    everyMs: lookEveryMs,
    log,
    async work(stopped) {
      const lost = relay.leading()
      if (!lost) return
      const part = make()
      await part.start?.(health)
      await aborted(AbortSignal.any([lost, stopped]))
      await part.stop?.()
    },
  })
  return {
    ...terms,
    async start(service) {
      health = service
      await terms.start?.(service)
    },
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
