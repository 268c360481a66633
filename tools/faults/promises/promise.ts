import type { LogLine } from '../../invariants/client-log.ts'
import type { Stage } from '../stage.ts'
import type { Guests } from './guests.ts'

/** What was measured of a promise, in words, and whether it was kept. */
export type Measured = {
  readonly promise: string
  readonly measured: string
  readonly limit: string
  readonly holds: boolean
}

/** What a promise is tried on: a system with one process of each kind, and guests. */
export type Trial = {
  readonly stage: Stage
  readonly guests: Guests
  /** How many bookings are looked at where a share of them is promised; other numbers keep its proportion. */
  readonly count: number
  readonly lines: readonly LogLine[]
  tell(line: string): void
}

/** A promise that can be tried; `name` begins with "promises: ", by which all of them can be named. */
export type Promised = {
  readonly name: `promises: ${string}`
  tryIt(trial: Trial): Promise<readonly Measured[]>
}

/** Milliseconds as seconds. */
export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** The value that this share of all is not above; 0 where there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
