import type { Logger } from './logger.ts'
import { type Loop, loop } from './loop.ts'
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
  let running: { part: Part; lost: AbortSignal } | undefined

  async function end() {
    const ending = running
    running = undefined
    await ending?.part.stop?.()
  }

  const terms: Loop = loop({
    name: 'while leading',
    everyMs: lookEveryMs,
    log,
    async work() {
      if (running?.lost.aborted) await end()
      const lost = relay.leading()
      if (!lost || running) return
      lost.addEventListener('abort', terms.wake, { once: true })
      const part = make()
      await part.start?.(health)
      running = { part, lost }
    },
  })
  return {
    ...terms,
    async start(service) {
      health = service
      await terms.start?.(service)
    },
    async stop() {
      await terms.stop?.()
      await end()
    },
  }
}
