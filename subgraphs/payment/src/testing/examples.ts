import { v7 } from 'uuid'
import type { Charge } from '../application/ports.ts'
import type { Intent, Pending, Tombstone } from '../domain/payment.ts'

/** What a guest is to pay, 123.00 EUR unless told. */
export function anIntent(changes: Partial<Intent> = {}): Intent {
  return {
    bookingId: v7(),
    guestId: 'guest1',
    hostId: 'host1',
    roomId: v7(),
    amount: { amount: 12_300, currency: 'EUR' },
    method: 'pm_card_visa',
    deadline: Date.now() + 20_000,
    ...changes,
  }
}

export function aPending(changes: Partial<Pending> = {}): Pending {
  const attempt = { id: v7(), attemptId: v7(), startedAt: Date.now(), version: 0, voided: false }
  return { ...attempt, state: 'PENDING', intent: anIntent(), ...changes }
}

export function aTombstone(attemptId: string): Tombstone {
  return {
    id: v7(),
    attemptId,
    startedAt: Date.now(),
    version: 0,
    voided: false,
    state: 'TOMBSTONED',
    intent: null,
  }
}

export function aCharge(changes: Partial<Charge> = {}): Charge {
  const { amount, method, bookingId } = anIntent()
  return {
    key: v7(),
    amount,
    method,
    reference: { paymentId: v7(), bookingId },
    startedAt: Date.now(),
    ...changes,
  }
}
