/** What must hold of bookings, whatever happens; see docs/reliability.md for what keeps it so. */
export const invariants = {
  I1: 'every booking has exactly one approved payment of its amount and currency, and the provider has the money',
  I2: 'no approved payment, and no money at the provider, lacks a booking',
  I3: 'no night of a room is taken twice',
  I4: 'an idempotency key has one effect',
  I5: 'what a client was told last agrees with the final state',
  I6: 'every cancellation has exactly its one refund',
  I7: 'My Page shows what the sources say',
  I8: 'what was announced is in the stream and was seen by every consumer, without gaps',
  I9: 'with NATS, Redis, notification, marketing and mypage down, no booking fails',
  I10: 'nothing stays under way',
} as const

/** What came of one invariant: what was compared, in numbers, and each violation in a sentence. */
export type Finding = {
  readonly invariant: keyof typeof invariants
  readonly compared: string
  readonly violations: readonly string[]
}

/** The violation, where something does not hold. */
export const unless = (holds: unknown, violation: string): string[] => (holds ? [] : [violation])
