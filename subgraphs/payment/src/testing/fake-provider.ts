import type { Charge, Provider, Unknown } from '../application/ports.ts'
import { noSuchPaymentMethod, type Outcome } from '../domain/decide.ts'
import type { ProviderUnderTest } from './provider-contract.ts'

const declines: Record<string, string> = {
  pm_card_visa_chargeDeclined: 'generic_decline',
  pm_card_visa_chargeDeclinedInsufficientFunds: 'insufficient_funds',
  pm_card_chargeDeclinedExpiredCard: 'expired_card',
}

export type FakeProvider = ProviderUnderTest & {
  /** Seconds for which its breaker says that it takes nothing in. */
  refuse(seconds: number | null): void
  /** Why it gives nothing back from now on; '' ends it. */
  refuseRefunds(reason: string): void
  /** Whether it is reached at all; unreachable, it takes nothing in. */
  reachable(reachable: boolean): void
  /** Called before a charge is worked on: to do something meanwhile, or to throw as a crash would. */
  beforeCharge: (charge: Charge) => Promise<void> | void
  /** How often it was asked to charge. */
  charges: number
}

/** A provider in memory, which keeps the contract of the real ones. */
export function fakeProvider(): FakeProvider {
  const byKey = new Map<string, { outcome: Outcome; charge: Charge }>()
  const refunds = new Map<string, { key: string; amount: number; of: string }>()
  const faults = { lose: false, fail: false, reachable: true, refusesFor: null as number | null, refuses: '' }
  const unknown: Unknown = { outcome: 'unknown', reason: 'switched on' }

  /** Answers as the faults that are switched on let it. */
  async function answer<Answer>(work: () => Promise<Answer> | Answer, canBeLost = false) {
    if (!faults.reachable) return { outcome: 'not taken in', retryAfterSeconds: 2 } as const
    if (faults.fail) return unknown
    const answered = await work()
    return canBeLost && faults.lose ? unknown : answered
  }

  function decide(charge: Charge): Outcome {
    const code = declines[charge.method]
    if (code) return { outcome: 'declined', code, message: 'Your card was declined.' }
    return { outcome: 'captured', providerPaymentId: `pay_${charge.key}` }
  }

  function settle(charge: Charge, outcome: Outcome): Outcome {
    const known = byKey.get(charge.key) ?? { outcome, charge }
    byKey.set(charge.key, known)
    return known.outcome
  }

  const captured = () => [...byKey.values()].filter(({ outcome }) => outcome.outcome === 'captured')

  const provider: Provider = {
    refusesFor: () => faults.refusesFor,
    charge: (charge) =>
      answer(async () => {
        fake.charges += 1
        await fake.beforeCharge(charge)
        if (charge.method === 'pm_nobody') {
          return { outcome: 'declined', code: noSuchPaymentMethod, message: 'No such PaymentMethod' } as const
        }
        return settle(charge, decide(charge))
      }, true),
    find: ({ key }) => answer(() => byKey.get(key)?.outcome ?? ({ outcome: 'none' } as const)),
    close: (charge) => answer(() => settle(charge, { outcome: 'closed' })),
    refund: (of, { key, amount }) =>
      answer(() => {
        if (refunds.has(key)) return { outcome: 'refunded' } as const
        if (faults.refuses) return { outcome: 'refused', reason: faults.refuses } as const
        const charge = captured().find(({ charge }) => `pay_${charge.key}` === of)?.charge
        const back = [...refunds.values()].reduce(
          (sum, given) => sum + (given.of === of ? given.amount : 0),
          0,
        )
        if (!charge || back + amount > charge.amount.amount) {
          return { outcome: 'refused', reason: 'amount_too_large' } as const
        }
        refunds.set(key, { key, amount, of })
        return { outcome: 'refunded' } as const
      }),
  }

  const fake: FakeProvider = {
    provider,
    charges: 0,
    beforeCharge: () => {},
    loseAnswers(lose) {
      faults.lose = lose
    },
    fail(fail) {
      faults.fail = fail
    },
    refuseRefunds(reason) {
      faults.refuses = reason
    },
    reachable(reachable) {
      faults.reachable = reachable
    },
    refuse(seconds) {
      faults.refusesFor = seconds
    },
    captured: async () => captured().map(({ charge }) => ({ key: charge.key, ...charge.amount })),
    refunded: async () => [...refunds.values()].map(({ key, amount }) => ({ key, amount })),
  }
  return fake
}
