import { setTimeout as delay } from 'node:timers/promises'

/** Several figures that are read together are one question. */
const freshForMs = 1_000
/** Whoever collects figures waits no longer for one that must be asked for. */
const answerWithinMs = 3_000

/**
 * A question that figures are read from. It is asked when figures are, once for all of them; while it is not answered, or
 * fails, nothing is known, and the figures are left out rather than told wrong.
 */
export function survey<Found>(ask: () => Promise<Found>): () => Promise<Found | undefined> {
  let askedAt = Number.NEGATIVE_INFINITY
  let asked: Promise<Found | undefined> = Promise.resolve(undefined)
  return () => {
    if (performance.now() - askedAt > freshForMs) {
      askedAt = performance.now()
      const answer = ask().catch(() => undefined)
      asked = Promise.race([answer, delay(answerWithinMs, undefined, { ref: false })])
    }
    return asked
  }
}
