/** Amount in the currency's minor units; the code is ISO 4217. */
export type Money = { readonly amount: number; readonly currency: string }

/** Half-open range of calendar dates in the room's time zone: the night of `endDate` is not part of it. */
export type Stay = { readonly startDate: string; readonly endDate: string }

/** A business "no": something that the client can act on, not a fault. */
export type Refusal =
  | { readonly code: 'INVALID_INPUT'; readonly message: string; readonly field: string }
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
export const invalid = (field: string, message: string): RefusalOf<'INVALID_INPUT'> => ({
  code: 'INVALID_INPUT',
  message,
  field,
})

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
  /** Hundredths of a percent: 1000 is 10 %. */
  readonly taxBasisPoints: number
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

type StayRule = (
  offer: Offer,
  stay: Stay,
  guests: number,
  today: string,
) => RefusalOf<'INVALID_INPUT'> | undefined

/** What every stay must keep to; each rule answers with its refusal, or nothing. */
export const stayRules: readonly StayRule[] = [
  function endsAfterItStarts(_, stay) {
    if (stay.endDate <= stay.startDate) return invalid('endDate', 'a stay ends after it starts')
  },
  function startsTodayOrLater(_, stay, __, today) {
    if (stay.startDate < today)
      return invalid('startDate', `this day has passed: in the room's time zone it is ${today}`)
  },
  function startsWithinTheBookingWindow(offer, stay, _, today) {
    if (dayNumber(stay.startDate) - dayNumber(today) > offer.bookingWindowDays) {
      return invalid('startDate', `can be booked at most ${offer.bookingWindowDays} days ahead`)
    }
  },
  function hasAnAllowedLength(offer, stay) {
    const nights = nightsOf(stay)
    if (nights < offer.minNights) return invalid('endDate', `at least ${offer.minNights} nights`)
    if (nights > offer.maxNights) return invalid('endDate', `at most ${offer.maxNights} nights`)
  },
  function fitsTheRoom(offer, _, guests) {
    if (guests < 1) return invalid('guests', 'at least one guest')
    if (guests > offer.capacity) return invalid('guests', `the room holds ${offer.capacity}`)
  },
]

/** The first rule that a stay breaks, if any. `today` is the date in the room's time zone. */
export function refuseStay(
  offer: Offer,
  stay: Stay,
  guests: number,
  today: string,
): RefusalOf<'INVALID_INPUT'> | undefined {
  for (const rule of stayRules) {
    const refusal = rule(offer, stay, guests, today)
    if (refusal) return refusal
  }
}
