import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { render } from '../k8s/rules/kubectl.ts'
import { createKubectl } from '../proof/kubectl.ts'
import { readObjectives, watchBy } from './objectives.ts'
import { planOf } from './plan.ts'
import { rollOut } from './roll-out.ts'

const OBJECTIVES = join(import.meta.dirname, 'objectives.yaml')

const USAGE = `npm run rollout -- OVERLAY (--prometheus URL | --unwatched) [--step SECONDS] [--settle SECONDS] [--plan]

Brings what OVERLAY (infra/k8s/overlays/staging) renders to into the cluster that KUBECONFIG names: migrations, then
subgraphs by rank, the supporting ones first, then routers; a pod at a time. While it does, it watches the objectives of
infra/rollout/objectives.yaml. Where one is missed, or pods do not become ready, the version before is put back, and it
exits 1. To roll back a version that is there: roll out the one before.

  --prometheus URL   who is asked: the Prometheus that scrapes this cluster
  --unwatched        nobody is: only whether pods become ready is looked at
  --step SECONDS     how long each new pod is looked at before the next is replaced; 30
  --settle SECONDS   how long each stage is looked at before the next begins; 120
  --plan             prints the order of things and changes nothing
`

const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort())

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      prometheus: { type: 'string' },
      unwatched: { type: 'boolean', default: false },
      step: { type: 'string', default: '30' },
      settle: { type: 'string', default: '120' },
      plan: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [overlay, ...more] = positionals
  const isToldWhoWatches = (values.prometheus !== undefined) !== values.unwatched
  if (values.help || !overlay || more.length > 0 || (!values.plan && !isToldWhoWatches)) {
    process.stdout.write(USAGE)
    return values.help ? 0 : 2
  }
  const plan = planOf(await render(resolve(process.env.INIT_CWD ?? '.', overlay)))
  const since = Date.now()
  const tell = (line: string) =>
    process.stdout.write(`${String(Math.round((Date.now() - since) / 1_000)).padStart(5)} s  ${line}\n`)
  if (values.plan) {
    for (const { kind, metadata } of plan.first)
      process.stdout.write(`first       ${kind} ${metadata.name}\n`)
    for (const { name, also, deployments } of plan.stages)
      for (const { kind, metadata } of [...also, ...deployments])
        process.stdout.write(`${name.padEnd(12)}${kind} ${metadata.name}\n`)
    return 0
  }
  const done = await rollOut({
    kubectl: createKubectl({}),
    plan,
    ...(values.prometheus && { watch: watchBy(values.prometheus, await readObjectives(OBJECTIVES)) }),
    tell,
    signal: stopped.signal,
    stepSeconds: seconds(values.step),
    settleMs: seconds(values.settle) * 1_000,
    everyMs: 5_000,
    patience: 3,
    migratedWithinMs: 900_000,
  })
  tell(done ? 'the version is there' : 'the version before serves')
  return done ? 0 : 1
}

/** Deployments give up what makes no progress for 300 s (infra/k8s/base/pods.yaml). */
const longestSeconds = 240

function seconds(value: string): number {
  const number = Number(value)
  if (!(number >= 0 && number <= longestSeconds))
    throw new Error(`${value} is not 0 to ${longestSeconds} seconds`)
  return number
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  return 1
})
