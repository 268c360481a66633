import { tryBreaker } from '../breaker.ts'
import type { Proof } from '../proof.ts'

/** By MyHotel's own breakers alone. */
export const breaker: Proof = {
  name: 'breaker',
  claim:
    'Payment stopped, slow or failing, under siege: guests are told PaymentBusy at once, nothing is wrong, and it is soon over.',
  withinMs: 900_000,
  run: tryBreaker,
}
