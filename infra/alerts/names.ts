import { parser } from '@prometheus-io/lezer-promql'
import { readPanels } from './dashboards.ts'
import { readExpressions } from './rules.ts'

/**
 * The names of the figures that an expression of PromQL reads.
 * @throws where it is none
 */
export function namesIn(expression: string): string[] {
  const names: string[] = []
  parser.parse(expression).iterate({
    enter({ type, from, node }) {
      if (type.isError) throw new Error(`${expression} is no PromQL at ${from}`)
      if (type.name !== 'VectorSelector') return
      const name = node.getChild('Identifier')
      if (name) names.push(expression.slice(name.from, name.to))
    },
  })
  return [...new Set(names)]
}

/** The names of all figures that rules and dashboards read and that services tell. */
export async function namesRead(): Promise<string[]> {
  const { recorded, expressions } = await readExpressions()
  const panels = await readPanels()
  const made = new Set(['up', ...recorded])
  const read = [...expressions, ...panels.map(({ expr }) => expr)].flatMap(namesIn)
  return [...new Set(read)].filter((name) => !made.has(name)).sort()
}

/** Names that Prometheus makes of a histogram. */
const suffix = /_(bucket|count|sum)$/

/** Of these names, those that no answer to GET /metrics has. */
export function missingOf(names: readonly string[], answers: readonly string[]): string[] {
  const told = new Set(
    answers.flatMap((text) => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)),
  )
  return names.filter((name) => !told.has(name) && !told.has(name.replace(suffix, '')))
}
