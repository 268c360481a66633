import type { Intent, Pending, Tombstone } from '../domain/payment.ts'
import { keepsNothing, type Standing, standingOf } from '../domain/standing.ts'
import { carryOut, insist } from './change.ts'
import type { Charge, NotTakenIn, Ports, Stored } from './ports.ts'

export type Limits = {
  /** Milliseconds that the provider has for an answer. */
  readonly chargeWithinMs: number
  /** Approvals under way at a time; more are not taken in. */
  readonly mostApprovals: number
}

/** What book asks of payment. `wakeWorker` is called where there is something for the worker to do at once. */
export function createCommands(ports: Ports, limits: Limits, wakeWorker: () => void) {
  const { payments, provider, now, newId } = ports
  let underWay = 0

  /**
   * Charges an attempt, once however often it is called: first the attempt is written down, then the provider is
   * asked, then its answer is committed together with what is announced.
   * @throws where the attempt is known with another intent: a bug of the caller.
   */
  async function approve(attemptId: string, intent: Intent): Promise<Standing | NotTakenIn> {
    if (underWay >= limits.mostApprovals) return notTakenIn(1)
    const closedFor = provider.refusesFor()
    if (closedFor !== null) return notTakenIn(closedFor)
    underWay += 1
    try {
      return await chargeOnce(attemptId, intent)
    } finally {
      underWay -= 1
    }
  }

  async function chargeOnce(attemptId: string, intent: Intent): Promise<Standing | NotTakenIn> {
    const startedAt = now()
    const withinMs = Math.min(limits.chargeWithinMs, intent.deadline - startedAt)
    if (withinMs <= 0) return standingOf((await bury(attemptId)).payment)
    const payment: Pending = { ...attempt(attemptId, startedAt), state: 'PENDING', intent }
    const entered = await payments.begin(payment, withinMs + graceMs)
    if ('known' in entered) return standingOf(sameIntent(entered.known, intent).payment)
    const { begun } = entered

    const answer = await provider.charge(chargeOf(begun.payment), withinMs)
    if (answer.outcome === 'unknown') {
      // Saved as it is: the worker may look at once, it need not wait for this call's time to be up.
      await payments.save(begun, begun.payment, [])
      wakeWorker()
      return { is: 'pending' }
    }
    if (answer.outcome === 'not taken in') {
      // Nobody else has asked the provider on this revision, so nothing is charged, and nothing stays written.
      return (await payments.forget(begun)) ? answer : resolve(attemptId)
    }
    const saved = await carryOut(payments, begun, { type: 'settle', outcome: answer, dead: false, at: now() })
    if (saved && 'payment' in saved) return standingOf(saved.payment)
    return resolve(attemptId)
  }

  /** How an attempt stands. One that was never seen is buried: an approval that comes after is refused. */
  async function resolve(attemptId: string): Promise<Standing> {
    const known = (await payments.byAttempt(attemptId)) ?? (await bury(attemptId))
    return standingOf(known.payment)
  }

  /** Sees to it that no money of an attempt is kept. Answers whether that is so already. */
  async function voidAttempt(attemptId: string): Promise<{ settled: boolean }> {
    const known = (await payments.byAttempt(attemptId)) ?? (await bury(attemptId))
    const after = await insist(payments, known, { type: 'void' })
    if (!('payment' in after)) throw new Error(`a void is never refused: ${after.message}`)
    const settled = keepsNothing(after.payment)
    if (!settled) wakeWorker()
    return { settled }
  }

  /** The tombstone of an attempt, or whatever else stands there already. */
  async function bury(attemptId: string): Promise<Stored> {
    const tombstone: Tombstone = { ...attempt(attemptId, now()), state: 'TOMBSTONED', intent: null }
    const entered = await payments.begin(tombstone, 0)
    return 'begun' in entered ? entered.begun : entered.known
  }

  const attempt = (attemptId: string, startedAt: number) => ({
    id: newId(),
    attemptId,
    startedAt,
    version: 0,
    voided: false,
  })

  return { approve, resolve, voidAttempt }
}

export type Commands = ReturnType<typeof createCommands>

/** Time for our own work around the provider's, before the worker takes a payment up. */
const graceMs = 2_000

const notTakenIn = (retryAfterSeconds: number): NotTakenIn => ({ outcome: 'not taken in', retryAfterSeconds })

/** The charge of a payment; the same each time, as its key demands. */
export function chargeOf({ id, attemptId, startedAt, intent }: Pending): Charge {
  const { amount, method, bookingId } = intent
  return { key: attemptId, amount, method, reference: { paymentId: id, bookingId }, startedAt }
}

function sameIntent(known: Stored, intent: Intent): Stored {
  const { attemptId, intent: first } = known.payment
  const same =
    first === null ||
    (first.bookingId === intent.bookingId &&
      first.method === intent.method &&
      first.amount.amount === intent.amount.amount &&
      first.amount.currency === intent.amount.currency)
  if (!same) throw new Error(`attempt ${attemptId} is known with another intent`)
  return known
}
