import { load } from './load.ts'
import type { LoadOptions, LoadResult, Requests } from './load-types.ts'
import { usageOf } from './processes.ts'

/** Somebody who answers requests, with the processes that it takes. */
export type Contender = {
  name: string
  url: string
  /** Whose use of processor and memory is told, by name. */
  pids: Readonly<Record<string, readonly number[]>>
}

export type Round = Omit<LoadResult, 'examples'> & {
  examples?: string[]
  /** Seconds of processor time for a thousand answers, of each process. */
  cpuSecondsPer1000: Record<string, number>
  peakMemoryMiB: Record<string, number>
}

/** One round: load, and what it cost each process. */
export async function round(
  contender: Contender,
  requests: Requests,
  options: Omit<LoadOptions, 'url'>,
): Promise<Round> {
  const before = usageOf(contender.pids)
  const { examples, ...result } = await load(requests, { ...options, url: contender.url })
  const after = usageOf(contender.pids)
  const perThousand = (seconds: number) => (seconds / Math.max(1, result.answered)) * 1000
  const names = Object.keys(after)
  return {
    ...result,
    ...(examples.length > 0 ? { examples } : {}),
    cpuSecondsPer1000: Object.fromEntries(
      names.map((name) => [
        name,
        perThousand((after[name]?.cpuSeconds ?? 0) - (before[name]?.cpuSeconds ?? 0)),
      ]),
    ),
    peakMemoryMiB: Object.fromEntries(names.map((name) => [name, after[name]?.peakMemoryMiB ?? 0])),
  }
}

export type RoundsOptions = Omit<LoadOptions, 'url' | 'from'> & {
  rounds: number
  warmUpSeconds: number
  tell: (line: string) => void
}

/** Answers after which the code that gives them has been compiled. */
const enoughToBeWarm = 500

/**
 * Rounds of each contender in turn, so that what else happens on the machine meets all of them alike. Who begins
 * changes with each round.
 */
export async function alternate(
  contenders: readonly Contender[],
  requestsOf: (contender: Contender) => Requests | Promise<Requests>,
  { rounds, warmUpSeconds, tell, ...options }: RoundsOptions,
): Promise<Map<string, Round[]>> {
  const results = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]))
  let from = 0
  for (const contender of contenders) {
    const requests = await requestsOf(contender)
    // A slow machine takes longer to have everything compiled.
    for (let turn = 0, answers = 0; turn < 5 && answers < enoughToBeWarm; turn += 1) {
      const { answered } = await load(requests, {
        ...options,
        seconds: warmUpSeconds,
        url: contender.url,
        from,
      })
      from += answered
      answers += answered
    }
  }
  for (let number = 0; number < rounds; number += 1) {
    const first = number % contenders.length
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const measured = await round(contender, await requestsOf(contender), { ...options, from })
      from += measured.answered + options.connections
      results.get(contender.name)?.push(measured)
      const errors = measured.errors > 0 ? `, ${measured.errors} errors: ${measured.examples?.[0] ?? ''}` : ''
      tell(
        `round ${number + 1}: ${contender.name} ${Math.round(measured.perSecond)}/s, p99 ${measured.p99.toFixed(1)} ms${errors}`,
      )
    }
  }
  return results
}

/** The round as it is quoted: of each figure the median; errors are added up. */
export function summary(rounds: readonly Round[]): Round {
  const [first] = rounds
  if (!first) throw new Error('no round was measured')
  const over = (figure: (round: Round) => number) => median(rounds.map(figure))
  const perName = (figures: (round: Round) => Record<string, number>) =>
    Object.fromEntries(
      Object.keys(figures(first)).map((name) => [name, over((round) => figures(round)[name] ?? 0)]),
    )
  return {
    tool: first.tool,
    seconds: over(({ seconds }) => seconds),
    answered: over(({ answered }) => answered),
    perSecond: over(({ perSecond }) => perSecond),
    p50: over(({ p50 }) => p50),
    p95: over(({ p95 }) => p95),
    p99: over(({ p99 }) => p99),
    max: over(({ max }) => max),
    errors: rounds.reduce((total, { errors }) => total + errors, 0),
    cpuSecondsPer1000: perName(({ cpuSecondsPer1000 }) => cpuSecondsPer1000),
    peakMemoryMiB: perName(({ peakMemoryMiB }) => peakMemoryMiB),
  }
}

/** What each process took of the processor, the hungriest first. */
export const cpuOf = ({ cpuSecondsPer1000 }: Pick<Round, 'cpuSecondsPer1000'>) =>
  Object.entries(cpuSecondsPer1000)
    .sort(([, a], [, b]) => b - a)
    .map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`)
    .join(', ')

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[middle]]
  return (low + high) / 2
}
