import {
  everyBookingIsPaid,
  everyCancellationIsRefunded,
  everyPaymentHasItsBooking,
  noNightTwice,
  nothingLeftBehind,
  oneEffectPerKey,
} from './bookings.ts'
import type { Told } from './client-log.ts'
import { nothingMissed, pageEqualsSources } from './events.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'
import { everyAnswerIsTrue, noneFailedInIsolation } from './told.ts'

export type { Finding } from './finding.ts'

/** Checks all invariants on the facts of a system at rest, and on what its clients were told, where known. */
export function check(facts: Facts, told?: Told): Finding[] {
  return [
    everyBookingIsPaid(facts),
    everyPaymentHasItsBooking(facts),
    noNightTwice(facts),
    oneEffectPerKey(facts),
    ...(told ? [everyAnswerIsTrue(facts, told.answered)] : []),
    everyCancellationIsRefunded(facts),
    pageEqualsSources(facts),
    nothingMissed(facts),
    ...(told && told.isolation.windows > 0 ? [noneFailedInIsolation(told.isolation)] : []),
    nothingLeftBehind(facts),
  ]
}
