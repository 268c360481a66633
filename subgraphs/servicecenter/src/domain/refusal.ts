/** A no of the domain: a value that the caller can act on, never an exception. `code` is stable. */
export type Refusal =
  | { readonly code: 'INVALID_INPUT'; readonly message: string; readonly field: string }
  | { readonly code: 'NOT_FOUND'; readonly message: string }
  | { readonly code: 'FORBIDDEN'; readonly message: string }
  | { readonly code: 'NOT_CANCELABLE'; readonly message: string }
  | { readonly code: 'UPCOMING_BOOKINGS'; readonly message: string; readonly count: number }
  | { readonly code: 'SERVICE_UNAVAILABLE'; readonly message: string; readonly retryAfterSeconds: number }

/** The refusals of these codes: what one use case may answer. */
export type RefusalOf<Code extends Refusal['code']> = Extract<Refusal, { code: Code }>

/** Whether an answer is a no. */
export const isRefusal = <Answer extends object>(answer: Answer): answer is Extract<Answer, Refusal> =>
  'code' in answer && 'message' in answer

/** Refuses one field of what was asked. */
export const invalid = (field: string, message: string): RefusalOf<'INVALID_INPUT'> => ({
  code: 'INVALID_INPUT',
  message: `${field} ${message}`,
  field,
})

/** There is nothing of this kind and id. */
export const noSuch = (kind: 'booking' | 'room' | 'complaint'): RefusalOf<'NOT_FOUND'> => ({
  code: 'NOT_FOUND',
  message: `there is no such ${kind}`,
})
