/** Work that goes round and round for as long as a service runs: a loop, a consumer of events. */
export type Turning = {
  readonly name: string
  /** Milliseconds that one round may take, however busy the machine is. */
  readonly roundWithinMs: number
  /** When it last came round, as `performance.now()` tells time. */
  lastRound(): number
}

/** What one round may take unless told: everything that a round waits for has a shorter time of its own. */
export const roundWithinMsUnlessTold = 60_000

const turning = new Set<Turning>()

/** Has the liveness of this process depend on `work`, until what is returned is called. */
export function watch(work: Turning): () => void {
  turning.add(work)
  return () => void turning.delete(work)
}

/** The names of those that did not come round in their time, which counts from `notBefore` at the earliest. */
export function overdue(notBefore = Number.NEGATIVE_INFINITY): readonly string[] {
  const now = performance.now()
  return [...turning]
    .filter((work) => now - Math.max(work.lastRound(), notBefore) > work.roundWithinMs)
    .map(({ name }) => name)
}
