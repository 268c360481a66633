import { createGuard, type Guard, NotTakenIn } from '@myhotel/kit/guard'
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
 * Breakers around a provider: while it fails it is not asked, and whoever asks is told at once. A decline is an
 * answer, not a failure. Charges have a breaker of their own: a provider that cannot charge may well tell what became of
 * earlier charges, and those answers must not hide that guests wait in vain.
 */
export function guardedProvider(
  provider: Provider,
  limits: { concurrent: number; retryAfterMs: number },
): Provider {
  const isFailure = (error: unknown) => error instanceof Failure
  const guardOf = (calls: string) => createGuard({ callee: 'payment-provider', calls, ...limits, isFailure })
  const charging = guardOf('charges')
  const settling = guardOf('outcomes and refunds')

  async function guarded<Answer extends { outcome: string }>(guard: Guard, call: () => Promise<Answer>) {
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
    refusesFor: () => charging.refusesFor(),
    charge: (charge, withinMs) => guarded(charging, () => provider.charge(charge, withinMs)),
    find: (charge) => guarded(settling, () => provider.find(charge)),
    close: (charge) => guarded(settling, () => provider.close(charge)),
    refund: (providerPaymentId, refund, currency) =>
      guarded(settling, () => provider.refund(providerPaymentId, refund, currency)),
  }
}
