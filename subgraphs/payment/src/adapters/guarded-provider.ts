import { createGuard, NotTakenIn } from '@myhotel/kit/guard'
import type { Provider } from '../application/ports.ts'

/** Carries an answer that counts as a failure through the breaker. */
class Failure<Answer> extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super('the provider failed')
    this.answer = answer
  }
}

/**
 * A breaker around a provider: while it fails it is not asked, and whoever asks is told at once. A decline is an
 * answer, not a failure.
 */
export function guardedProvider(
  provider: Provider,
  limits: { concurrent: number; retryAfterMs: number },
): Provider {
  const guard = createGuard({ ...limits, isFailure: (error) => error instanceof Failure })

  async function guarded<Answer extends { outcome: string }>(call: () => Promise<Answer>) {
    try {
      return await guard.run(async () => {
        const answer = await call()
        const failed = answer.outcome === 'unknown' || answer.outcome === 'not taken in'
        if (failed) throw new Failure(answer)
        return answer
      })
    } catch (error) {
      if (error instanceof Failure) return error.answer as Answer
      if (!(error instanceof NotTakenIn)) throw error
      return { outcome: 'not taken in', retryAfterSeconds: error.retryAfterSeconds } as const
    }
  }

  return {
    refusesFor: () => guard.refusesFor(),
    charge: (charge, withinMs) => guarded(() => provider.charge(charge, withinMs)),
    find: (charge) => guarded(() => provider.find(charge)),
    close: (charge) => guarded(() => provider.close(charge)),
    refund: (providerPaymentId, refund, currency) =>
      guarded(() => provider.refund(providerPaymentId, refund, currency)),
  }
}
