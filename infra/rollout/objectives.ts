import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'

const objectives = z.array(z.strictObject({ name: z.string(), query: z.string(), most: z.number() })).min(1)

/** What a roll-out must not harm: a figure, and how much of it is borne. */
export type Objective = z.infer<typeof objectives>[number]

/** Tells which objectives are missed now, in sentences; none where all is well. */
export type Watch = () => Promise<string[]>

/** The objectives of a file. */
export const readObjectives = async (file: string): Promise<Objective[]> =>
  objectives.parse(parse(await readFile(file, 'utf8')))

const answer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })),
    }),
    z.object({ resultType: z.literal('scalar'), result: z.tuple([z.number(), z.string()]) }),
  ]),
})

const answersWithinMs = 10_000

/**
 * Watches objectives by a Prometheus. Where it gives no answer, nobody can say that all is well, which is told as if an
 * objective were missed; that a query finds nothing is no harm.
 */
export function watchBy(prometheus: string, objectives: readonly Objective[]): Watch {
  const missed = async ({ name, query, most }: Objective): Promise<string[]> => {
    try {
      const figures = await ask(prometheus, query)
      return figures
        .filter((figure) => figure > most)
        .map((figure) => `${name}: ${inWords(figure)}, at most ${most}`)
    } catch (error) {
      return [`${name}: not known, ${error instanceof Error ? error.message : String(error)}`]
    }
  }
  return async () => (await Promise.all(objectives.map(missed))).flat()
}

async function ask(prometheus: string, query: string): Promise<number[]> {
  const url = new URL('api/v1/query', prometheus.endsWith('/') ? prometheus : `${prometheus}/`)
  url.searchParams.set('query', query)
  const response = await fetch(url, { signal: AbortSignal.timeout(answersWithinMs) })
  if (!response.ok) throw new Error(`Prometheus answers ${response.status}`)
  const { data } = answer.parse(await response.json())
  const values = data.resultType === 'scalar' ? [data.result] : data.result.map(({ value }) => value)
  // Of no requests none has failed: 0 / 0 is no figure.
  return values.map(([, figure]) => Number(figure)).filter((figure) => !Number.isNaN(figure))
}

const inWords = (figure: number) => String(Number(figure.toPrecision(3)))
