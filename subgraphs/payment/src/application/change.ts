import type { Announcement } from '@myhotel/contracts/event'
import { type Command, decide } from '../domain/decide.ts'
import { evolve, type Refusal } from '../domain/payment.ts'
import { announce } from './announce.ts'
import type { Payments, Stored } from './ports.ts'

/**
 * Decides a command on a payment and saves what comes of it, with what is announced. Null where somebody else has
 * written the payment since it was read.
 */
export async function carryOut(
  payments: Payments,
  before: Stored,
  command: Command,
): Promise<Stored | Refusal | null> {
  const events = decide(command, before.payment)
  if ('code' in events) return events
  if (events.length === 0) return before
  let after = before.payment
  const announcements: Announcement[] = []
  for (const event of events) {
    after = evolve(after, event)
    announcements.push(...announce(event, after))
  }
  return payments.save(before, after, announcements)
}

/** Like `carryOut`, but reads the payment again and decides anew for as long as others write it in between. */
export async function insist(payments: Payments, found: Stored, command: Command): Promise<Stored | Refusal> {
  for (let before = found; ; ) {
    const after = await carryOut(payments, before, command)
    if (after) return after
    const again = await payments.byId(before.payment.id)
    if (!again) throw new Error(`payment ${before.payment.id} is gone`)
    before = again
  }
}
