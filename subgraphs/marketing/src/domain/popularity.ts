/** A booking that was paid for. Each instant (ISO 8601) is set once and never taken back. */
export type PaidBooking = {
  readonly paymentId: string
  readonly bookingId: string
  readonly roomId: string
  /** Null while only the cancellation is known: the two are told apart from each other. */
  readonly paidAt: string | null
  readonly canceledAt: string | null
}

/** How many bookings of a room count. */
export type Popularity = {
  readonly roomId: string
  readonly count: number
  /** Raised by one whenever `count` changes. */
  readonly version: number
}

/** What became known of a booking: that it was paid, or that its payment was cancelled. */
export type Finding = PaidBooking

/** A booking counts while it is paid and not cancelled. */
export function isCounted(booking: PaidBooking | null): boolean {
  return booking !== null && booking.paidAt !== null && booking.canceledAt === null
}

/** What is known of a booking together with a finding: the same whichever came first, and however often. */
export function learn(known: PaidBooking | null, finding: Finding): PaidBooking {
  return {
    ...finding,
    paidAt: known?.paidAt ?? finding.paidAt,
    canceledAt: known?.canceledAt ?? finding.canceledAt,
  }
}

/** The popularity after one of its bookings changed; the same object where the change does not matter to it. */
export function recount(popularity: Popularity, before: PaidBooking | null, after: PaidBooking): Popularity {
  const change = Number(isCounted(after)) - Number(isCounted(before))
  if (change === 0) return popularity
  return { ...popularity, count: popularity.count + change, version: popularity.version + 1 }
}
