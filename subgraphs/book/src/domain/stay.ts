/** Amount in the currency's minor units; the code is ISO 4217. */
export type Money = { readonly amount: number; readonly currency: string }

/** Half-open range of calendar dates in the room's time zone: the night of `endDate` is not part of it. */
export type Stay = { readonly startDate: string; readonly endDate: string }

/** One thing that is wrong with an input: the field, a sentence for the guest, and a stable code. */
export type Problem = { readonly field: string; readonly message: string; readonly code: string }

/** A business "no": something that the client can act on, not a fault. */
export type Refusal =
  | ({ readonly code: 'INVALID_INPUT'; readonly problems: readonly Problem[] } & Pick<
      Problem,
      'field' | 'message'
    >)
  | { readonly code: 'PRICE_CHANGED'; readonly message: string; readonly total: Money }
  | { readonly code: 'PAYMENT_DECLINED'; readonly message: string; readonly declineCode: string }
  | { readonly code: 'PAYMENT_BUSY'; readonly message: string; readonly retryAfterSeconds: number }
  | { readonly code: 'NOT_FOUND'; readonly message: string }
  | { readonly code: 'FORBIDDEN'; readonly message: string }
  | { readonly code: 'ROOM_NOT_AVAILABLE'; readonly message: string }
  | { readonly code: 'NOT_CANCELABLE'; readonly message: string }
  | { readonly code: 'IDEMPOTENCY_KEY_REUSED'; readonly message: string }

/** The refusals of these codes: what one use case may answer. */
export type RefusalOf<Code extends Refusal['code']> = Extract<Refusal, { code: Code }>

/** Whether a value of a result union is a "no". */
export const isRefusal = <Value extends object>(value: Value): value is Extract<Value, Refusal> =>
  'code' in value && 'message' in value

/** Refuses one field of the input. */
export const invalid = (field: string, message: string, code = 'INVALID'): RefusalOf<'INVALID_INPUT'> => ({
  code: 'INVALID_INPUT',
  field,
  message,
  problems: [{ field, message, code }],
})

/** Refuses an input for all that is wrong with it, under the field of the first problem. */
export function refuseInput(problems: readonly Problem[]): RefusalOf<'INVALID_INPUT'> {
  const message = problems.map((problem) => problem.message).join(' ')
  return { code: 'INVALID_INPUT', field: problems[0]?.field ?? '', message, problems }
}

/** As `refuseInput`; undefined where nothing is wrong. */
export const refuseFor = (problems: readonly Problem[]) =>
  problems.length > 0 ? refuseInput(problems) : undefined

/** A room as its host offers it, in book's own words: the entry of the catalogue. */
export type Listing = {
  readonly roomId: string
  /** Version of the room that this entry shows. */
  readonly version: number
  readonly deleted: boolean
  readonly offer: Offer
}

/** What a host offers and on which terms. */
export type Offer = {
  readonly hostId: string
  readonly name: string
  readonly city: string
  readonly country: string
  /** IANA name of the zone in which the dates of a stay are meant. */
  readonly timeZone: string
  readonly pricePerNight: Money
  readonly cleaningFee: Money
  /** 88,750 is 8.875 %. */
  readonly taxPartsPerMillion: number
  readonly capacity: number
  readonly minNights: number
  readonly maxNights: number
  /** How many days ahead of today a stay may start. */
  readonly bookingWindowDays: number
  /** Wall-clock time in the room's zone, `15:00`. */
  readonly checkInTime: string
  readonly checkOutTime: string
  readonly cancellationPolicy: CancellationPolicy
}

export type CancellationPolicy = 'FLEXIBLE' | 'MODERATE' | 'STRICT'

const dayMs = 24 * 60 * 60 * 1000
const dayNumber = (date: string) => Date.parse(`${date}T00:00:00Z`) / dayMs

/** Number of nights of a stay. */
export const nightsOf = (stay: Stay) => dayNumber(stay.endDate) - dayNumber(stay.startDate)

/** A stay is over on the day of departure: its last night has passed. */
export const isOver = (stay: Stay, today: string) => stay.endDate <= today

/** The date so many days after another. */
const after = (date: string, days: number) =>
  new Date((dayNumber(date) + days) * dayMs).toISOString().slice(0, 10)

const counted = (count: number, unit: 'night' | 'guest') => `${count} ${unit}${count === 1 ? '' : 's'}`

/** Refuses a first day that has passed. `today` is the date in the room's time zone. */
export const startsInThePast = (startDate: string, today: string): Problem | undefined =>
  startDate < today
    ? {
        field: 'startDate',
        message: `This day has passed: at the room it is ${today}. Choose that day or a later one.`,
        code: 'IN_THE_PAST',
      }
    : undefined

/** Refuses a range of days that does not end after it starts. */
export const endsTooEarly = ({ startDate, endDate }: Stay): Problem | undefined =>
  endDate <= startDate
    ? { field: 'endDate', message: 'The end date must be after the start date.', code: 'END_NOT_AFTER_START' }
    : undefined

type StayRule = (offer: Offer, stay: Stay, guests: number, today: string) => Problem | undefined

/** What every stay must keep to; each rule answers with what is wrong, or nothing. */
export const stayRules: readonly StayRule[] = [
  (_, stay) => endsTooEarly(stay),
  (_, stay, __, today) => startsInThePast(stay.startDate, today),
  function startsWithinTheBookingWindow({ bookingWindowDays: days }, { startDate }, _, today) {
    if (dayNumber(startDate) - dayNumber(today) <= days) return
    const message = `This room can be booked at most ${days === 1 ? '1 day' : `${days} days`} ahead. The latest day of arrival is ${after(today, days)}.`
    return { field: 'startDate', message, code: 'BOOKING_WINDOW' }
  },
  function isLongEnough({ minNights }, stay) {
    const nights = nightsOf(stay)
    if (nights < 1 || nights >= minNights) return
    const message = `This room is booked for at least ${counted(minNights, 'night')}.`
    return { field: 'endDate', message, code: 'MIN_NIGHTS' }
  },
  function isShortEnough({ maxNights }, stay) {
    if (nightsOf(stay) <= maxNights) return
    const message = `This room is booked for at most ${counted(maxNights, 'night')}.`
    return { field: 'endDate', message, code: 'MAX_NIGHTS' }
  },
  function isForSomebody(_, __, guests) {
    if (guests >= 1) return
    return { field: 'guests', message: 'A stay is for at least 1 guest.', code: 'MIN_GUESTS' }
  },
  function fitsTheRoom({ capacity }, _, guests) {
    if (guests <= capacity) return
    const message = `This room is for at most ${counted(capacity, 'guest')}.`
    return { field: 'guests', message, code: 'MAX_GUESTS' }
  },
]

/** Refuses a stay for every rule that it breaks. `today` is the date in the room's time zone. */
export const refuseStay = (
  offer: Offer,
  stay: Stay,
  guests: number,
  today: string,
): RefusalOf<'INVALID_INPUT'> | undefined =>
  refuseFor(stayRules.flatMap((rule) => rule(offer, stay, guests, today) ?? []))
