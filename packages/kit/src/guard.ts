import { bulkhead, CircuitState, SamplingBreaker } from 'cockatiel'

/** The call was not made: the other side is failing, or too many calls are under way. Nothing happened there. */
export class NotTakenIn extends Error {
  override readonly name = 'NotTakenIn'
  readonly retryAfterSeconds: number
  constructor(retryAfterSeconds: number) {
    super('not taken in: ask again shortly')
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A circuit breaker and a bulkhead around calls to one other service. */
export type Guard = {
  /** @throws NotTakenIn at once where the call is not made; else whatever `call` throws. */
  run<Result>(call: () => Promise<Result>): Promise<Result>
  /** Seconds to wait where a call would not be made now, else null. */
  refusesFor(): number | null
}

/**
 * Opens when, over about ten seconds, more than half of the calls failed and there were a few; from then on one call in
 * `retryAfterMs` tries, until one succeeds. A trial does not wait for the one before it: to a side that answers late, the
 * next would come too late. At most `concurrent` calls are under way, none waits. Only what `isFailure` says counts: a
 * "no" of the other side's domain is an answer, not a failure.
 */
export function createGuard(options: {
  concurrent: number
  retryAfterMs: number
  isFailure: (error: unknown) => boolean
}): Guard {
  const { retryAfterMs, isFailure } = options
  const sample = new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 0.5 })
  const limit = bulkhead(options.concurrent, 0)
  /** When the next trial may be, by the monotonic clock; null while the breaker is closed. */
  let nextTrial: number | null = null

  const msToWait = () => (nextTrial === null ? 0 : Math.max(0, nextTrial - performance.now()))
  const inSeconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000))

  function answered(isTrial: boolean): void {
    if (isTrial) nextTrial = null
    // A call of the time before the breaker opened says nothing about now.
    if (nextTrial === null) sample.success(isTrial ? CircuitState.HalfOpen : CircuitState.Closed)
  }

  function failed(): void {
    if (sample.failure(CircuitState.Closed)) nextTrial ??= performance.now() + retryAfterMs
  }

  return {
    async run(call) {
      if (limit.executionSlots === 0) throw new NotTakenIn(1)
      const wait = msToWait()
      if (wait > 0) throw new NotTakenIn(inSeconds(wait))
      const isTrial = nextTrial !== null
      if (isTrial) nextTrial = performance.now() + retryAfterMs
      try {
        const result = await limit.execute(call)
        answered(isTrial)
        return result
      } catch (error) {
        if (isFailure(error)) failed()
        else answered(isTrial)
        throw error
      }
    },
    refusesFor() {
      if (limit.executionSlots === 0) return 1
      const wait = msToWait()
      return wait > 0 ? inSeconds(wait) : null
    },
  }
}
