import type { Answered, Told } from './client-log.ts'
import type { Facts } from './facts.ts'
import { type Finding, unless } from './finding.ts'

type Of<Kind extends Answered['kind']> = Extract<Answered, { kind: Kind }>

/** I5: what clients were told last agrees with the final state. */
export function everyAnswerIsTrue({ attempts, bookings }: Facts, answered: readonly Answered[]): Finding {
  const byId = new Map(bookings.map((booking) => [booking.id, booking]))
  const attemptOf = new Map(attempts.map((attempt) => [attempt.id, attempt]))
  const byIntent = new Map(
    bookings.map((booking) => [`${booking.guest} ${attemptOf.get(booking.attempt)?.key}`, booking]),
  )
  const lies = {
    booked({ guest, key, bookingId }: Of<'booked'>) {
      const booking = byId.get(bookingId)
      const held = booking?.guest === guest && byIntent.get(`${guest} ${key}`) === booking
      return unless(booking && held, `${guest} was told of booking ${bookingId}, which is not there`)
    },
    refused: ({ guest, key, code }: Of<'refused'>) =>
      unless(!byIntent.has(`${guest} ${key}`), `${guest} was told "${code}" for key ${key}, which is booked`),
    canceled: ({ bookingId }: Of<'canceled'>) =>
      unless(
        byId.get(bookingId)?.status === 'CANCELED',
        `booking ${bookingId} was told to be cancelled and is not`,
      ),
  }
  const violations = answered.flatMap((answer) => (lies[answer.kind] as (of: Answered) => string[])(answer))
  return { invariant: 'I5', compared: `${answered.length} last answers`, violations }
}

/** I9: with nothing down but what bookings do not need, none failed. */
export function noneFailedInIsolation({ windows, calls, failed }: Told['isolation']): Finding {
  return {
    invariant: 'I9',
    compared: `${calls} calls of bookRoom in ${windows} times of isolation`,
    violations: failed.map(
      ({ guest, key, answer }) => `${guest}, key ${key}, was told ${answer ?? 'nothing'}`,
    ),
  }
}
