import { idOrNone } from '@myhotel/kit/ids'
import type { BookingRequest } from '../domain/attempt.ts'
import { invalid, type Problem, type RefusalOf } from '../domain/stay.ts'
import type { BookRoomInput } from './graphql.generated.ts'

const longestReason = 2_000

/** A reason as it is stored, null where nothing is said; or why it is none. */
export function asReason(reason: string | null | undefined): string | null | RefusalOf<'INVALID_INPUT'> {
  if (!reason?.trim()) return null
  if (reason.length > longestReason && [...reason].length > longestReason)
    return invalid('reason', `The reason must have at most ${longestReason} characters.`, 'TOO_LONG')
  return reason
}

/** The input of bookRoom as the application takes it, and what is wrong with it whatever the room. */
export function asIntent(
  guestId: string,
  input: BookRoomInput,
): { intent: BookingRequest; problems: readonly Problem[] } {
  const { idempotencyKey, paymentMethod, startDate, endDate } = input
  const intent: BookingRequest = {
    ...{ guestId, idempotencyKey, paymentMethod, roomId: idOrNone(input.roomId) },
    stay: { startDate, endDate },
    guests: input.guests ?? 1,
    expectedTotal: input.expectedTotal ?? null,
  }
  return { intent, problems: [...problemsOfKey(idempotencyKey), ...problemsOfMethod(paymentMethod)] }
}

function problemsOfKey(key: string): Problem[] {
  if (/^[\x20-\x7e]{1,200}$/.test(key)) return []
  const message = 'The idempotency key must have 1 to 200 printable ASCII characters.'
  return [{ field: 'idempotencyKey', message, code: 'MALFORMED' }]
}

function problemsOfMethod(method: string): Problem[] {
  if (/^[\w.:-]{1,255}$/.test(method) && !/^[\d\s-]{12,}$/.test(method)) return []
  const message = 'The payment method must be a token of the payment provider, never a card number.'
  return [{ field: 'paymentMethod', message, code: 'MALFORMED' }]
}
