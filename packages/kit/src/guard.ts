import { bulkhead, CircuitState, SamplingBreaker } from 'cockatiel'
import { countBreaker } from './figures.ts'

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
  /**
   * Seconds to wait where a call would not be made now, else null: then one may follow. While the breaker is open, one caller
   * in a while is told so, so that no others prepare in vain for a call that is refused.
   */
  refusesFor(): number | null
}

/**
 * Opens when, over about ten seconds, more than half of the calls failed and there were a few; from then on one call in
 * `retryAfterMs` tries, until one succeeds. A trial does not wait for the one before it: to a side that answers late, the
 * next would come too late. At most `concurrent` calls are under way, none waits. Only what `isFailure` says counts: a
 * "no" of the other side's domain is an answer, not a failure.
 */
export function createGuard(options: {
  /** Who is called, and by which calls: as figures have it. */
  callee: string
  calls: string
  concurrent: number
  retryAfterMs: number
  isFailure: (error: unknown) => boolean
}): Guard {
  const { retryAfterMs, isFailure } = options
  const sample = new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 0.5 })
  const limit = bulkhead(options.concurrent, 0)
  /** When the next trial may be, by the monotonic clock; null while the breaker is closed. */
  let nextTrial: number | null = null
  /** Whether somebody was told that they may try. */
  let isPromised = false

  const inSeconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000))

  /** Seconds to wait; where the breaker is open and a trial is due, it is the caller's, for so long. */
  function ask(reservedMs: number): number | null {
    if (limit.executionSlots === 0) return 1
    if (nextTrial === null) return null
    const now = performance.now()
    if (now < nextTrial) return inSeconds(nextTrial - now)
    nextTrial = now + reservedMs
    return null
  }

  function answered(isTrial: boolean): void {
    if (isTrial) nextTrial = null
    // A call of the time before the breaker opened says nothing about now.
    if (nextTrial === null) sample.success(isTrial ? CircuitState.HalfOpen : CircuitState.Closed)
  }

  function failed(): void {
    if (!sample.failure(CircuitState.Closed) || nextTrial !== null) return
    nextTrial = performance.now() + retryAfterMs
    isPromised = false
  }

  const { callee, calls } = options
  const counted = countBreaker({ callee, calls, isOpen: () => nextTrial !== null })

  return {
    async run(call) {
      const seconds = isPromised && limit.executionSlots > 0 ? null : ask(retryAfterMs)
      if (seconds !== null) {
        counted.refused()
        throw new NotTakenIn(seconds)
      }
      const isTrial = nextTrial !== null
      if (isTrial) nextTrial = performance.now() + retryAfterMs
      isPromised = false
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
      // Who was let in may not come, say because the room is taken: others are not kept out for that.
      const seconds = ask(retryAfterMs / 10)
      if (seconds !== null) counted.refused()
      else if (nextTrial !== null) isPromised = true
      return seconds
    },
  }
}
