import { nextStep } from '../domain/standing.ts'
import { carryOut } from './change.ts'
import { chargeOf } from './commands.ts'
import type { Ports, Provider, Stored } from './ports.ts'

/** A step that did not succeed yet; it is tried again without limit. */
export type Setback = {
  readonly paymentId: string
  readonly step: string
  readonly tries: number
  readonly reason: string
}

/** A refund that the provider will not give back: a person has to see to it. */
export type RefusedRefund = {
  readonly paymentId: string
  readonly bookingId: string
  readonly refund: string
  readonly amount: number
  readonly currency: string
  readonly reason: string
}

/** Payments that one pass of the worker takes up. */
export const mostAtOnce = 32
/** While somebody may still wait for the outcome, the worker does not slow down. */
const eagerTries = 4
const longestPauseMs = 15_000

/**
 * The worker that finishes what a call left unfinished: it finds out what became of charges and gives back what is
 * to be given back. Every step can be repeated, by anyone, at any time: the provider knows the keys, and what is
 * saved compares the revision.
 */
export function createRecovery(
  ports: Ports,
  options: {
    chargeWithinMs: number
    report: (setback: Setback) => void
    alarm: (refused: RefusedRefund) => void
  },
) {
  const { payments, provider, now } = ports
  // A step asks the provider at most twice; nobody else should take the payment up meanwhile.
  const shortestPauseMs = 2 * options.chargeWithinMs + 1_000
  const pauseMs = (tries: number) => (tries < eagerTries ? shortestPauseMs : longestPauseMs)

  async function workOn(due: Stored, tries: number): Promise<void> {
    const { payment } = due
    const step = nextStep(payment, now())
    if (!step) return
    const report = (reason: string) => options.report({ paymentId: payment.id, step: step.do, tries, reason })
    try {
      if (step.do === 'settle' && payment.state === 'PENDING') {
        const answer = await findOut(chargeOf(payment), step.dead)
        if (answer.outcome === 'unknown') return report(answer.reason)
        if (answer.outcome === 'not taken in') return report(answer.outcome)
        await carryOut(payments, due, { type: 'settle', outcome: answer, dead: step.dead, at: now() })
      }
      if (step.do === 'refund' && 'providerPaymentId' in payment) {
        const { bookingId, amount: paid } = payment.intent
        const { key, amount } = step.refund
        const answer = await provider.refund(payment.providerPaymentId, step.refund, paid.currency)
        if (answer.outcome === 'not taken in') return report(answer.outcome)
        if (answer.outcome === 'unknown') return report(answer.reason)
        if (answer.outcome === 'refunded') {
          await carryOut(payments, due, { type: 'completeRefund', key, at: now() })
          return
        }
        const { reason } = answer
        if (!(await carryOut(payments, due, { type: 'refuseRefund', key, reason }))) return
        const { currency } = paid
        options.alarm({ paymentId: payment.id, bookingId, refund: key, amount, currency, reason })
      }
    } catch (error) {
      report(String(error))
    }
  }

  /**
   * What became of a charge. Where the provider has not seen it, it is sent again while somebody waits for it;
   * when nobody does any more its key is closed, so that a request that is still on its way charges nothing.
   */
  async function findOut(charge: Parameters<Provider['find']>[0], dead: boolean) {
    const found = await provider.find(charge)
    if (found.outcome !== 'none') return found
    return dead ? provider.close(charge) : provider.charge(charge, options.chargeWithinMs)
  }

  return {
    /** Works on what is due; answers whether there may be more. */
    async work(): Promise<boolean> {
      while (await payments.retryRefused());
      return (await payments.workOnDue(mostAtOnce, pauseMs, workOn)) === mostAtOnce
    },
  }
}
