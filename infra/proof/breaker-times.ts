import type { LogLine } from './client/told.ts'

/** What guests who book were told while payment took nothing in, and after; times in milliseconds. */
export type BreakerTimes = {
  /** From the fault to the first PaymentBusy; null where nobody was told so. */
  readonly opensAfter: number | null
  /** How long it took to be told PaymentBusy, of requests sent after the first one was. */
  readonly busy: readonly number[]
  /** From when payment could take bookings in again to the first that it took in; null where there was none. */
  readonly takenInAfter: number | null
}

/** Leaves out what was asked again, with the same key, to find out what had come of it. */
export function firstAnswers(lines: readonly LogLine[]): LogLine[] {
  const asked = new Set<string>()
  return lines.filter(({ key }) => !asked.has(key) && asked.add(key))
}

/** Reads the times of a breaker from what guests wrote down, by a fault that lasted from `hitAt` to `healedAt`. */
export function breakerTimes(
  lines: readonly LogLine[],
  { hitAt, healedAt }: { hitAt: number; healedAt: number },
): BreakerTimes {
  const told = firstAnswers(lines)
    .map(({ answer, at, ms }) => ({ answer, at, ms, end: at + ms }))
    .toSorted((one, other) => one.end - other.end)
  const busy = told.filter(({ answer, end }) => answer === 'PaymentBusy' && end >= hitAt)
  const opened = busy[0]?.end
  const booked = told.find(({ answer, end }) => answer === 'RoomBooked' && end >= healedAt)
  return {
    opensAfter: opened === undefined ? null : opened - hitAt,
    busy: busy.filter(({ at, end }) => at >= (opened ?? 0) && end <= healedAt).map(({ ms }) => ms),
    takenInAfter: booked ? booked.end - healedAt : null,
  }
}

/** The value that this share of all is not above; null where there is none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null
}
