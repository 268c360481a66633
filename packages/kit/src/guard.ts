import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  circuitBreaker,
  handleWhen,
  SamplingBreaker,
  wrap,
} from 'cockatiel'

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
 * Opens when, over ten seconds, at least half of the calls failed and there were a few a second; tries one call
 * again after `retryAfterMs`. At most `concurrent` calls are under way, none waits. Only what `isFailure` says
 * counts: a "no" of the other side's domain is an answer, not a failure.
 */
export function createGuard(options: {
  concurrent: number
  retryAfterMs: number
  isFailure: (error: unknown) => boolean
}): Guard {
  const breaker = circuitBreaker(handleWhen(options.isFailure), {
    halfOpenAfter: options.retryAfterMs,
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 0.5 }),
  })
  const limit = bulkhead(options.concurrent, 0)
  const policy = wrap(limit, breaker)
  const retryAfterSeconds = Math.max(1, Math.ceil(options.retryAfterMs / 1000))
  let openUntil = 0
  breaker.onBreak(() => {
    openUntil = Date.now() + options.retryAfterMs
  })

  const isTrying = () => breaker.state === CircuitState.HalfOpen

  return {
    async run(call) {
      // While one call tries whether the other side is back, the breaker would let all others wait for its end.
      if (isTrying()) throw new NotTakenIn(retryAfterSeconds)
      try {
        return await policy.execute(call)
      } catch (error) {
        if (error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError) {
          throw new NotTakenIn(retryAfterSeconds)
        }
        throw error
      }
    },
    refusesFor() {
      if (limit.executionSlots === 0) return 1
      if (isTrying()) return retryAfterSeconds
      const left = openUntil - Date.now()
      return left > 0 ? Math.ceil(left / 1000) : null
    },
  }
}
