import { join, resolve } from 'node:path'
import { bookings } from './hotel/bookings.ts'
import { events } from './hotel/events.ts'
import { idle } from './hotel/idle.ts'
import { mix } from './hotel/mix.ts'
import { mypage } from './hotel/mypage.ts'
import { search } from './hotel/search.ts'
import { telemetry } from './hotel/telemetry.ts'
import { hasProgram } from './measure/install.ts'
import type { BenchOptions } from './options.ts'
import { router } from './router/main.ts'

const parts: Record<string, (options: BenchOptions) => Promise<void>> = {
  router,
  bookings,
  mypage,
  search,
  mix,
  events,
  idle,
  telemetry,
}

const USAGE = `npm run bench -- PART [options]      PART: ${Object.keys(parts).join(', ')}

  --seconds N      how long each round takes (5)
  --rounds N       how many rounds each contender has (3)
  --load node      the load comes from Node, not from wrk, which is installed where that is possible
  --results DIR    where results are kept (bench/results)
`

async function main([part = '', ...args]: string[]): Promise<number> {
  const run = parts[part]
  if (!run || args.includes('--help')) {
    process.stderr.write(USAGE)
    return run ? 0 : 2
  }
  const since = Date.now()
  const { values, rest } = split(args, ['seconds', 'rounds', 'results', 'load'])
  const tell = (line: string) =>
    process.stderr.write(`${String(Math.round((Date.now() - since) / 1000)).padStart(5)} s  ${line}\n`)
  const tool = values.load !== 'node' && hasProgram('wrk', tell) ? 'wrk' : 'node'
  if (tool === 'node') tell('the load comes from Node and takes part of what is measured')
  await run({
    tool,
    seconds: number(values.seconds ?? '5'),
    rounds: number(values.rounds ?? '3'),
    results: values.results
      ? resolve(process.env.INIT_CWD ?? '.', values.results)
      : join(import.meta.dirname, 'results'),
    rest,
    tell,
  })
  return 0
}

/** Options that all parts have, and what is left for the part itself. */
function split(args: string[], names: string[]) {
  const values: Record<string, string> = {}
  const rest: string[] = []
  for (let index = 0; index < args.length; index += 1) {
    const [, name = '', given] = /^--([a-z-]+)(?:=(.*))?$/.exec(args[index] ?? '') ?? []
    if (names.includes(name)) values[name] = given ?? args[++index] ?? ''
    else rest.push(args[index] ?? '')
  }
  return { values, rest }
}

function number(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${text} is no number above 0`)
  return value
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
})
