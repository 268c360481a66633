import type { ChildProcess } from 'node:child_process'
import { parseArgs } from 'node:util'
import { whenCallersGo } from './system/callers.ts'
import { end, withEnvironment } from './system/os-process.ts'
import { type PrivateServices, startPrivateServices } from './test/private-services.ts'
import { type Count, run, type Step, vitest } from './test/step.ts'

const CODE = ['subgraphs', 'router', 'packages', 'tools', 'infra', 'tests', 'bench'] as const

const STEPS: readonly Step[] = [
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'lint', command: ['biome', 'check', '--error-on-warnings', '--max-diagnostics=50'] },
  { name: 'boundaries', command: ['depcruise', '--config', '.dependency-cruiser.cjs', ...CODE] },
  { name: 'generated', command: ['node', 'tools/generate.ts', '--graphql', '--manifests', '--check'] },
  { name: 'supergraph', command: ['node', 'tools/generate.ts', '--supergraph', '--check'] },
  { name: 'contracts', command: ['node', 'tools/contracts/main.ts'] },
  { name: 'migrations', command: ['node', 'tools/migrate.ts', 'check'], needsServices: true },
  vitest('rules'),
  vitest('manifests'),
  vitest('unit'),
  vitest('adapters', true),
  vitest('system'),
  vitest('security'),
  vitest('faults'),
]

const NAMES = STEPS.map(({ name }) => name).join(', ')
const USAGE = `npm test [-- --only STEP[,STEP…]] [FILTER…]
  checks everything, or the steps named: ${NAMES}
  FILTER: of the tests, only those in files with this in their path`

/** How long a step may take to end after Ctrl-C, before it is killed. */
const END_WITHIN_MS = 20_000

/** In the environment of all that a run starts, so that what a failed test left behind can be found. */
const RUN = 'MYHOTEL_TEST_RUN'
const RUN_ID = `${process.pid}-${Date.now()}`

const aborted = new AbortController()
let running: ChildProcess | undefined

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => abort(signal))
whenCallersGo(() => abort('SIGTERM'))

/** Ctrl-C reaches the running step by itself, other signals do not; either way it is given time to tidy up. */
function abort(signal: NodeJS.Signals): void {
  if (aborted.signal.aborted) return
  aborted.abort()
  if (signal !== 'SIGINT' || !process.stdin.isTTY) running?.kill(signal)
  setTimeout(() => running?.kill('SIGKILL'), END_WITHIN_MS).unref()
}

async function main(args: string[]): Promise<number> {
  const steps = chosen(args)
  if (!steps) {
    console.error(USAGE)
    return 2
  }
  let services: PrivateServices | undefined
  try {
    if (steps.some(({ needsServices }) => needsServices)) {
      services = await startPrivateServices(['postgres', 'nats', 'redis'])
    }
    const total = await runAll(steps, { [RUN]: RUN_ID, ...(services ? variables(services) : {}) })
    await endLeftOver()
    if (aborted.signal.aborted) return 130
    if (total.failures.length > 0)
      console.log(`\nFailed:\n${total.failures.map((name) => `  ${name}`).join('\n')}`)
    console.log(`\n${total.passed} passed, ${total.failed} failed`)
    return total.failed === 0 && total.passed > 0 ? 0 : 1
  } finally {
    await services?.stop()
  }
}

async function endLeftOver(): Promise<void> {
  const left = withEnvironment(RUN, RUN_ID)
  if (left.length > 0)
    console.error(`ended what tests had left running: ${left.map(({ pid }) => pid).join(', ')}`)
  await Promise.all(left.map((process) => end(process, 'SIGTERM', END_WITHIN_MS)))
}

function chosen(args: string[]): Step[] | undefined {
  const { values, positionals } = parseArgs({
    args,
    options: { only: { type: 'string', multiple: true }, help: { type: 'boolean' } },
    allowPositionals: true,
  })
  const only = values.only?.flatMap((names) => names.split(','))
  if (values.help || only?.some((name) => !STEPS.some((step) => step.name === name))) return undefined
  const steps = only ? STEPS.filter(({ name }) => only.includes(name)) : [...STEPS]
  if (positionals.length === 0) return steps
  const filter = [...positionals, '--passWithNoTests']
  return steps.map((step) =>
    step.command[0] === 'vitest' ? { ...step, command: [...step.command, ...filter] } : step,
  )
}

function variables({ urls }: PrivateServices): Record<string, string> {
  return { TEST_POSTGRES_URL: urls.postgres, TEST_NATS_URL: urls.nats, TEST_REDIS_URL: urls.redis }
}

async function runAll(steps: readonly Step[], env: Record<string, string>): Promise<Count> {
  const total: Count = { passed: 0, failed: 0, failures: [] }
  const lines: string[] = []
  for (const [index, step] of steps.entries()) {
    if (aborted.signal.aborted) break
    process.stdout.write(`[${index + 1}/${steps.length}] ${step.name} …\n`)
    const since = Date.now()
    const count = await run(step, env, (child) => {
      running = child
    })
    const seconds = ((Date.now() - since) / 1000).toFixed(1)
    const verdict = count.failed === 0 ? 'ok' : 'FAILED'
    lines.push(`${verdict.padEnd(7)}${step.name.padEnd(12)}${seconds.padStart(7)} s  ${inWords(count)}`)
    console.log(lines.at(-1))
    total.passed += count.passed
    total.failed += count.failed
    total.failures.push(...count.failures)
  }
  console.log(`\n${lines.join('\n')}`)
  return total
}

const inWords = ({ passed, failed }: Count) =>
  passed + failed === 1 ? '' : `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
