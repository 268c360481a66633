/** What people do all the time, each counted by itself. */
export type Kind = 'booking' | 'search' | 'page'

/**
 * What came of one request. `ok`: the whole answer, without errors. `later`: a true answer that asks to come again
 * (PaymentBusy, BookingInProgress). `failed`: no answer, or errors. `wrong`: an answer that must not be.
 */
export type Outcome =
  | { readonly is: 'ok' }
  | { readonly is: 'later' | 'failed' | 'wrong'; readonly cause: string }

/** A time, in milliseconds since 1970, in which no request of a kind had its whole answer. */
export type Gap = { readonly from: number; readonly to: number }

/** The counts of one kind, as a client reports them. */
export type Counts = {
  readonly ok: number
  readonly later: number
  readonly failed: number
  readonly wrong: number
  /** How often each cause was seen, of all that was not ok. */
  readonly causes: Readonly<Record<string, number>>
  /** The first few that were not ok: when they were sent, and what was said. */
  readonly examples: readonly { at: number; ms: number; cause: string }[]
  /** Milliseconds. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number }
  /** Those of a second and more, in order. */
  readonly gaps: readonly Gap[]
}

const examplesKept = 20
const gapMs = 1_000

/** Counts the outcomes of one kind of request. */
export function createTally(since: number) {
  const causes: Record<string, number> = {}
  const examples: { at: number; ms: number; cause: string }[] = []
  const gaps: Gap[] = []
  const took: number[] = []
  const count = { ok: 0, later: 0, failed: 0, wrong: 0 }
  let lastOk = since

  function endGap(at: number) {
    if (at - lastOk >= gapMs) gaps.push({ from: Math.round(lastOk), to: Math.round(at) })
    lastOk = at
  }

  return {
    /** @param at when it was sent; `ms` how long it took */
    add(outcome: Outcome, at: number, ms: number) {
      count[outcome.is] += 1
      took.push(ms)
      if (outcome.is === 'ok') return endGap(at + ms)
      causes[outcome.cause] = (causes[outcome.cause] ?? 0) + 1
      if (examples.length < examplesKept) examples.push({ at, ms, cause: outcome.cause })
    },
    get count(): Readonly<typeof count> {
      return count
    },
    /** The counts up to now; the time since the last success is a gap as well. */
    report(now: number): Counts {
      endGap(now)
      const sorted = Float64Array.from(took).sort()
      const at = (share: number) => round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
      return {
        ...count,
        causes,
        examples,
        latency: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
        gaps,
      }
    },
  }
}

const round = (ms: number) => Math.round(ms * 10) / 10
