import { isDeepStrictEqual } from 'node:util'
import { queries, type Size, variablesOf } from './queries.ts'
import { ask, type Stage } from './stage.ts'

/** What one request of a size is, whoever answers it. */
export type Shape = { bytes: number; fetches: Record<string, number> }

/**
 * Compares what the contenders answer before anything is measured.
 * @throws where one gives errors, or other data than the first
 */
export async function compareAnswers(stage: Stage, size: Size): Promise<Shape> {
  const token = await stage.tokenOf('guest-of-comparison')
  const fetches: Record<string, number> = {}
  let bytes = 0
  for (const number of [7, 4_321]) {
    let expected: unknown
    for (const { name, url } of stage.contenders) {
      const before = await stage.fetches()
      const text = await ask(url, queries[size], variablesOf(size, number), token)
      fetches[name] = (await stage.fetches()) - before
      const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: unknown }
      if (errors || !data) throw new Error(`${name} answers ${size} with ${text.slice(0, 500)}`)
      expected ??= data
      bytes ||= text.length
      if (!isDeepStrictEqual(data, expected)) throw new Error(`${name} answers ${size} otherwise`)
    }
  }
  return { bytes, fetches }
}
