import type { Refusal } from '../domain/stay.ts'

const typeNames = {
  INVALID_INPUT: 'InvalidInput',
  PRICE_CHANGED: 'PriceChanged',
  PAYMENT_DECLINED: 'PaymentDeclined',
  PAYMENT_BUSY: 'PaymentBusy',
  NOT_FOUND: 'NotFound',
  FORBIDDEN: 'Forbidden',
  ROOM_NOT_AVAILABLE: 'RoomNotAvailable',
  NOT_CANCELABLE: 'NotCancelable',
  IDEMPOTENCY_KEY_REUSED: 'IdempotencyKeyReused',
} as const satisfies Record<Refusal['code'], string>

type Told<Each> = Each extends Refusal ? Each & { __typename: (typeof typeNames)[Each['code']] } : never

/** A refusal as the API gives it: with the name of its type. */
export function told<Each extends Refusal>(refusal: Each): Told<Each> {
  return { ...refusal, __typename: typeNames[refusal.code] } as Told<Each>
}
