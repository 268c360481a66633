import { canonicalId } from '@myhotel/kit/ids'
import type { BookingRequest } from '../domain/attempt.ts'
import { invalid, type RefusalOf } from '../domain/stay.ts'
import type { BookRoomInput } from './graphql.generated.ts'

const longestReason = 2_000

/** A reason as it is stored, null where nothing is said; or why it is none. */
export function asReason(reason: string | null | undefined): string | null | RefusalOf<'INVALID_INPUT'> {
  if (!reason?.trim()) return null
  if (reason.length > longestReason && [...reason].length > longestReason)
    return invalid('reason', `at most ${longestReason} characters`)
  return reason
}

/** The input of bookRoom as the application takes it, or what is wrong with it whatever the room. */
export function asIntent(
  guestId: string,
  input: BookRoomInput,
): BookingRequest | RefusalOf<'INVALID_INPUT' | 'NOT_FOUND'> {
  const { idempotencyKey, paymentMethod, startDate, endDate } = input
  if (!/^[\x20-\x7e]{1,200}$/.test(idempotencyKey)) {
    return invalid('idempotencyKey', 'one to 200 printable ASCII characters')
  }
  if (/^[\d\s-]{12,}$/.test(paymentMethod)) {
    return invalid('paymentMethod', 'a token of the payment provider, never a card number')
  }
  if (!/^[\w.:-]{1,255}$/.test(paymentMethod)) {
    return invalid('paymentMethod', 'not a token of the payment provider')
  }
  const roomId = canonicalId(input.roomId)
  if (!roomId) return { code: 'NOT_FOUND', message: 'no such room' }
  return {
    ...{ guestId, idempotencyKey, paymentMethod, roomId },
    stay: { startDate, endDate },
    guests: input.guests ?? 1,
    expectedTotal: input.expectedTotal ?? null,
  }
}
