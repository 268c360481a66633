import { parseArgs } from 'node:util'
import type { Requests } from '../measure/load-types.ts'
import { alternate, type Round, summary } from '../measure/rounds.ts'
import type { BenchOptions } from '../options.ts'
import { createReport } from '../report.ts'
import { type GatewayName, gateways } from './contenders.ts'
import { compareAnswers, type Shape } from './equal.ts'
import { queries, type Size, variablesOf } from './queries.ts'
import { openStage, type Stage } from './stage.ts'

const connections = 50
/** So many users take turns: each token is checked once, as those of users who send more than one request are. */
const users = 1_000
const differentRequests = 100_000

const kinds = {
  personalised: 'no two requests alike: another id and another user each time',
  identical: 'always the same request',
} as const
type Kind = keyof typeof kinds

/** Measures the router against other gateways: sizes and kinds of query one after the other. */
export async function router(options: BenchOptions): Promise<void> {
  const { values } = parseArgs({
    args: options.rest,
    options: {
      against: { type: 'string', default: 'stock,hive,hive-rust' },
      sizes: { type: 'string', default: Object.keys(queries).join() },
      kinds: { type: 'string', default: Object.keys(kinds).join() },
      profile: { type: 'string' },
    },
  })
  const names = ['myhotel' as const, ...chosen(values.against, gateways)]
  const sizes = chosen(values.sizes, queries)
  const { tell } = options
  const store = createReport('router', options.results)
  for (const size of sizes) {
    // Started anew, so that what one size leaves in memory does not weigh on the next.
    const stage = await openStage(names, tell, values.profile)
    try {
      await measure(stage, size)
    } finally {
      await stage.stop()
    }
  }

  async function measure(stage: Stage, size: Size) {
    const shape = await compareAnswers(stage, size)
    tell(`${size}: the answers are equal, ${shape.bytes} bytes, fetches ${JSON.stringify(shape.fetches)}`)
    for (const kind of chosen(values.kinds, kinds)) {
      tell(`${size}, ${kind}`)
      const requests = await requestsOf(stage, size, kind)
      const rounds = await alternate(stage.contenders, () => requests, {
        tool: options.tool,
        connections,
        seconds: options.seconds,
        rounds: options.rounds,
        warmUpSeconds: options.seconds,
        tell,
      })
      const medians = stage.contenders.map(({ name }) => summary(rounds.get(name) ?? []))
      const [first] = medians
      const rows = stage.contenders.map(({ name }, index) => {
        const of = medians[index] ?? summary([])
        return [...row(name, of, shape), ...ratios(of, first ?? of)]
      })
      store(`${size}-${kind}`, {
        title: `Router: ${size}, ${kind}`,
        notes: [
          `${kinds[kind]}; ${shape.bytes} bytes an answer, the answers compared and equal`,
          `${options.tool}, ${connections} connections, ${options.rounds} rounds of ${options.seconds} s each in turn, medians`,
        ],
        columns: [...columns, 'requests/s, ratio', 'CPU, ratio'],
        rows,
        details: { shape, rounds: Object.fromEntries(rounds) },
      })
    }
  }
}

const columns = [
  'gateway',
  'requests/s',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'errors',
  'CPU s / 1,000',
  'peak MiB',
  'fetches',
]

function row(name: string, figures: ReturnType<typeof summary>, shape: Shape): (string | number)[] {
  const { perSecond, p50, p95, p99, errors, cpuSecondsPer1000, peakMemoryMiB } = figures
  return [
    gateways[name as GatewayName].title,
    ...[perSecond, p50, p95, p99],
    String(errors),
    cpuSecondsPer1000.gateway ?? 0,
    String(peakMemoryMiB.gateway ?? 0),
    String(shape.fetches[name] ?? 0),
  ]
}

/** A round with fewer answers was cut off by its end more than it was measured. */
const fewestAnswers = 100

/** How many times as fast, and with what part of the processor time, the first is; nothing where it cannot be told. */
function ratios(of: Round, first: Round): string[] {
  if (of === first) return ['', '']
  if (Math.min(of.answered, first.answered) < fewestAnswers) return ['too few answers', '']
  const cpu = (round: Round) => round.cpuSecondsPer1000.gateway ?? Number.NaN
  return [(first.perSecond / of.perSecond).toFixed(2), (cpu(first) / cpu(of)).toFixed(2)]
}

async function requestsOf(stage: Stage, size: Size, kind: Kind): Promise<Requests> {
  const documents = [queries[size]]
  if (kind === 'identical') {
    const tokens = [await stage.tokenOf('guest1')]
    return { documents, tokens, requests: [{ token: 0, variables: variablesOf(size, 1) }] }
  }
  const tokens = await Promise.all(
    Array.from({ length: users }, (_, number) => stage.tokenOf(`guest${number}`)),
  )
  const requests = Array.from({ length: differentRequests }, (_, number) => ({
    token: number % users,
    // Far from each other, so that requests of one moment share no object.
    variables: variablesOf(size, 1 + ((number * 7_919) % 1_000_000)),
  }))
  return { documents, tokens, requests }
}

function chosen<Name extends string>(list: string, among: Readonly<Record<Name, unknown>>): Name[] {
  return list.split(',').map((name) => {
    if (name in among) return name as Name
    throw new Error(`there is no ${name}; there are ${Object.keys(among).join(', ')}`)
  })
}
