/** Latencies of one kind of call, in milliseconds. */
export type Latencies = { calls: number; p50: number; p95: number; p99: number; longest: number }

/** Takes the time of calls, kind by kind, and counts what else is worth telling. */
export type Clocks = {
  time<Result>(kind: string, call: () => Promise<Result>): Promise<Result>
  count(what: string): void
  latencies(): Map<string, Latencies>
  counts(): Map<string, number>
}

export function createClocks(now: () => number = () => performance.now()): Clocks {
  const times = new Map<string, number[]>()
  const counts = new Map<string, number>()
  return {
    async time(kind, call) {
      const started = now()
      const result = await call()
      const ofKind = times.get(kind) ?? []
      times.set(kind, ofKind)
      ofKind.push(now() - started)
      return result
    },
    count: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    latencies: () => new Map([...times].map(([kind, taken]) => [kind, summary(taken)])),
    counts: () => counts,
  }
}

function summary(taken: readonly number[]): Latencies {
  const sorted = [...taken].sort((a, b) => a - b)
  const percentile = (percent: number) => sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0
  return {
    calls: sorted.length,
    p50: percentile(50),
    p95: percentile(95),
    p99: percentile(99),
    longest: percentile(100),
  }
}
