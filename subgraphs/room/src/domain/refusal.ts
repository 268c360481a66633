/** A no of the domain: a value that the caller can act on, never an exception. `code` is stable. */
export type Refusal = InvalidInput | NotFound | Forbidden | UpcomingBookings | ServiceUnavailable

export type InvalidInput = Readonly<{ code: 'INVALID_INPUT'; message: string; field: string }>
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

export const noSuchRoom: NotFound = { code: 'NOT_FOUND', message: 'there is no such room' }
export const notYourRoom: Forbidden = { code: 'FORBIDDEN', message: 'only the host of a room may do that' }

export const invalid = (field: string, message: string): InvalidInput => ({
  code: 'INVALID_INPUT',
  message: `${field} ${message}`,
  field,
})

export const upcomingBookings = (count: number): UpcomingBookings => ({
  code: 'UPCOMING_BOOKINGS',
  message: `there are bookings to come (${count}): delete with cancelUpcomingBookings to cancel and refund them`,
  count,
})
