/** A no of the domain: a value that the caller can act on, never an exception. `code` is stable. */
export type Refusal = InvalidInput | NotFound | Forbidden | UpcomingBookings | ServiceUnavailable

/** What was said cannot be accepted: every problem, under the field of the first one. */
export type InvalidInput = Readonly<{
  code: 'INVALID_INPUT'
  message: string
  field: string
  problems: readonly Problem[]
}>

/** One thing that is wrong: the field, a sentence that says what to do, and a stable code. */
export type Problem = Readonly<{ field: string; message: string; code: string }>

export type NotFound = Readonly<{ code: 'NOT_FOUND'; message: string }>
export type Forbidden = Readonly<{ code: 'FORBIDDEN'; message: string }>
export type UpcomingBookings = Readonly<{ code: 'UPCOMING_BOOKINGS'; message: string; count: number }>
export type ServiceUnavailable = Readonly<{
  code: 'SERVICE_UNAVAILABLE'
  message: string
  retryAfterSeconds: number
}>

export const isRefusal = (answer: unknown): answer is Refusal =>
  typeof answer === 'object' && answer !== null && 'code' in answer

export const noSuchRoom: NotFound = { code: 'NOT_FOUND', message: 'There is no such room.' }
export const notYourRoom: Forbidden = {
  code: 'FORBIDDEN',
  message: 'Only the host of this room may do that.',
}

/** Refuses an input for all that is wrong with it. */
export function refuseInput(problems: readonly [Problem, ...Problem[]]): InvalidInput {
  const message = problems.map((problem) => problem.message).join(' ')
  return { code: 'INVALID_INPUT', message, field: problems[0].field, problems }
}

export const upcomingBookings = (count: number): UpcomingBookings => ({
  code: 'UPCOMING_BOOKINGS',
  message: `This room has bookings to come (${count}). Say that they shall be cancelled and refunded to delete it all the same.`,
  count,
})
