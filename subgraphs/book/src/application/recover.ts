import type { Attempt } from '../domain/attempt.ts'
import { settle } from './book-room.ts'
import type { Correlation, Ports } from './ports.ts'

/** How long until an attempt is looked at again whose payment is not settled yet. */
const lookAgainMs = 1_000

/**
 * Brings attempts to an end that nobody works on any more: the process died, or payment's answer never came. Payment
 * is asked what became of each; one that stays unknown past its deadline is given up, and its payment undone, however
 * long that takes. Answers whether there may be more.
 */
export async function recoverAttempts(
  ports: Ports,
  most: number,
  within: (correlation: Correlation, work: () => Promise<void>) => Promise<void>,
): Promise<boolean> {
  const taken = await ports.attempts.takeOver(most)
  await Promise.all(
    taken.map(({ attempt, expired, correlation }) =>
      within(correlation, () => recover(ports, attempt, expired)),
    ),
  )
  return taken.length === most
}

async function recover(ports: Ports, attempt: Attempt, expired: boolean): Promise<void> {
  if (attempt.state === 'ABORTING') return undo(ports, attempt)
  const outcome = await ports.payments.resolve(attempt)
  if (outcome.type === 'unknown' || outcome.type === 'not accepted') {
    if (!expired) return ports.attempts.leaveToRecovery(attempt, lookAgainMs)
    if (await ports.attempts.giveUp(attempt)) await undo(ports, attempt)
    return
  }
  await settle(ports, attempt, outcome)
}

async function undo(ports: Ports, attempt: Attempt): Promise<void> {
  if (await ports.payments.undo(attempt)) await ports.attempts.abort(attempt)
  else await ports.attempts.leaveToRecovery(attempt, lookAgainMs)
}
