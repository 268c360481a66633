import type { LogLine } from './client/told.ts'

/** What guests who book were told while payment took nothing in, and after; times in milliseconds. */
export type BreakerTimes = {
  /** From the fault to the first of ten answers in a row that were PaymentBusy; null where there were none. */
  readonly opensAfter: number | null
  /** How long it took to be told PaymentBusy, of requests sent after that and answered before payment was put right. */
  readonly busy: readonly number[]
  /** From when payment could take bookings in again to the first that it took in; null where there was none. */
  readonly takenInAfter: number | null
}

/** Answers in a row: single ones are told PaymentBusy before a breaker opens, since nothing could be sent. */
const inARow = 10

/** Leaves out what was asked again, with the same key, to find out what had come of it. */
export function firstAnswers(lines: readonly LogLine[]): LogLine[] {
  const asked = new Set<string>()
  return lines.filter(({ key }) => !asked.has(key) && asked.add(key))
}

type Told = { readonly answer: string | null; readonly at: number; readonly end: number; readonly ms: number }

/** First answers in the order in which they came. */
const inOrder = (lines: readonly LogLine[]): Told[] =>
  firstAnswers(lines)
    .map(({ answer, at, ms }) => ({ answer, at, ms, end: at + ms }))
    .toSorted((one, other) => one.end - other.end)

const isBusy = ({ answer }: Told) => answer === 'PaymentBusy'

function openedAt(told: readonly Told[], hitAt: number): number | null {
  const since = told.filter(({ end }) => end >= hitAt)
  const first = since.findIndex((_, at) => {
    const row = since.slice(at, at + inARow)
    return row.length === inARow && row.every(isBusy)
  })
  return since[first]?.end ?? null
}

/** Milliseconds from the fault to the first of ten answers in a row that were PaymentBusy; null where there were none. */
export function openedAfter(lines: readonly LogLine[], hitAt: number): number | null {
  const opened = openedAt(inOrder(lines), hitAt)
  return opened === null ? null : opened - hitAt
}

/**
 * Reads the times of a breaker from what guests wrote down. The fault was from `hitAt` to `healingAt`, when somebody set
 * about putting it right; from `healedAt` on payment could take bookings in.
 */
export function breakerTimes(
  lines: readonly LogLine[],
  { hitAt, healingAt, healedAt }: { hitAt: number; healingAt: number; healedAt: number },
): BreakerTimes {
  const told = inOrder(lines)
  const opened = openedAt(told, hitAt)
  const booked = told.find(({ answer, end }) => answer === 'RoomBooked' && end >= healedAt)
  return {
    opensAfter: opened === null ? null : opened - hitAt,
    busy:
      opened === null
        ? []
        : told.filter((one) => isBusy(one) && one.at >= opened && one.end <= healingAt).map(({ ms }) => ms),
    takenInAfter: booked ? booked.end - healedAt : null,
  }
}

/**
 * What guests waited who were told so at the door. So many more may have been let in, to try whether payment is back; who of
 * all that was cannot be seen from outside, so the slowest are left out.
 */
export const withoutTrials = (busy: readonly number[], trials: number): number[] =>
  busy.toSorted((one, other) => one - other).slice(0, Math.max(0, busy.length - Math.ceil(trials)))

/** The value that this share of all is not above; null where there is none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null
}
