/** A sample of an instant query. */
export type Sample = { readonly metric: Readonly<Record<string, string>>; readonly value: number }

/** One series of a query over time: pairs of seconds since 1970 and a value. */
export type Series = {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [at: number, value: number])[]
}

type Answer<Result> = { status: string; error?: string; data?: { result: Result } }

/** Prometheus' HTTP API at `url`. */
export function prometheusAt(url: string) {
  async function ask<Result>(path: string, parameters: Record<string, string>): Promise<Result> {
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      body: new URLSearchParams(parameters),
      signal: AbortSignal.timeout(20_000),
    })
    const answer = (await response.json()) as Answer<Result>
    if (!answer.data) throw new Error(`${answer.error}: ${parameters.query}`)
    return answer.data.result
  }

  return {
    async query(query: string): Promise<Sample[]> {
      type Result = { metric: Record<string, string>; value: [number, string] }[]
      const result = await ask<Result>('/api/v1/query', { query })
      return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }))
    },
    async queryRange(query: string, from: number, to: number, points = 300): Promise<Series[]> {
      type Result = { metric: Record<string, string>; values: [number, string][] }[]
      const step = String(Math.max(1, Math.round((to - from) / points)))
      const result = await ask<Result>('/api/v1/query_range', {
        ...{ query, step, start: String(from), end: String(to) },
      })
      return result.map(({ metric, values }) => ({
        metric,
        values: values.map(([at, value]) => [at, Number(value)] as const),
      }))
    },
  }
}

export type Prometheus = ReturnType<typeof prometheusAt>
