import type { Refusal } from '../domain/refusal.ts'

const typeNames = {
  INVALID_INPUT: 'InvalidInput',
  NOT_FOUND: 'NotFound',
  FORBIDDEN: 'Forbidden',
  UPCOMING_BOOKINGS: 'UpcomingBookings',
  SERVICE_UNAVAILABLE: 'ServiceUnavailable',
} as const satisfies Record<Refusal['code'], string>

type Told<Each> = Each extends Refusal ? Each & { __typename: (typeof typeNames)[Each['code']] } : never

/** A refusal as the API gives it: with the name of its type. */
export function told<Each extends Refusal>(refusal: Each): Told<Each> {
  return { ...refusal, __typename: typeNames[refusal.code] } as Told<Each>
}
