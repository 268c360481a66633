import { join } from 'node:path'
import { random } from '../demo/random.ts'
import { check } from '../invariants/checks.ts'
import { understand } from '../invariants/client-log.ts'
import { readFacts } from '../invariants/facts.ts'
import type { Finding } from '../invariants/finding.ts'
import { createClients } from './client.ts'
import { type CrashPoint, crashAll, crashPairs, crashPoints } from './crash-points.ts'
import { type Group, plan } from './injections.ts'
import { injectAll } from './lanes.ts'
import { type Load, startLoad } from './load.ts'
import { createLog } from './log.ts'
import { quiet } from './quiescence.ts'
import { type Injected, type Report, type Row, summarise } from './report.ts'
import { openStage } from './stage.ts'

export type SuiteOptions = {
  dataDir: string
  minutes: number
  /** Of each random fault. */
  injections: number
  /** Intents to book: where the faults leave time, the load goes on without any until there are so many. */
  intents?: number
  workers: number
  seed: number
  /** Parts of names of faults or of their groups; `crash` and `pairs` are the crash points. */
  only?: readonly string[]
  /** The commit that older replicas run. */
  older?: string
  signal?: AbortSignal
  tell: (line: string) => void
}

const isNamed = (only: readonly string[] | undefined, ...names: string[]) =>
  !only || only.some((part) => names.some((name) => name.includes(part)))

/** Whether there is anything for the suite to run among what is asked for; all is where nothing is named. */
export const anyFaultNamed = (only?: readonly string[]) =>
  isNamed(
    only,
    ...['crash', 'pairs'],
    ...plan().flatMap(({ name, lanes }) => [name, ...lanes.flat().map((fault) => fault.name)]),
  )

const replicas = { book: 2, payment: 2, mypage: 2, room: 2 }
/** Shorter than in production, so that more can be tried in an hour. */
const env = { ATTEMPT_LEASE_MS: '4000', ATTEMPT_HOLD_MS: '15000' }
/** About how many seconds a crash point, or a pair of them, takes. */
const crashSeconds = { single: 2, pair: 6 }

type Work = { injected: Injected[]; wrong: string[] }

/** Puts the faults into one system, group by group; after each the system has to come to rest and be right. */
export async function runSuite(options: SuiteOptions): Promise<Report> {
  const { dataDir, seed, signal, tell, injections } = options
  const chosen = (...names: string[]) => isNamed(options.only, ...names)
  const began = Date.now()
  const until = began + options.minutes * 60_000
  const log = createLog(join(dataDir, 'client.jsonl'))
  const stage = await openStage({ dataDir, replicas, env, progress: tell })
  const clients = createClients(stage, log.write)
  const dice = random(seed)
  const rows: Row[] = []
  const leftOut: Report['leftOut'][number][] = []
  const cutShort: string[] = []
  let findings: Finding[] = []

  /** Does something, waits for rest and checks: a row of the report. */
  async function observe(name: string, work: () => Promise<Work>) {
    const from = Date.now()
    const { injected, wrong } = await work()
    const to = Date.now()
    const restless: string[] = []
    const quietAfter = await quiet(stage).catch((error: Error) => {
      restless.push(error.message)
      return Date.now() - to
    })
    await readFacts(stage.system.record).then(
      (facts) => {
        findings = check(facts, understand(log.lines))
      },
      (error: Error) => restless.push(`the facts cannot be read: ${error.message}`),
    )
    const known = new Set(rows.flatMap(({ violations }) => violations))
    const found = findings.flatMap(({ invariant, violations }) =>
      violations.map((violation) => `${invariant}: ${violation}`),
    )
    const violations = [...wrong, ...restless, ...found].filter((violation) => !known.has(violation))
    const row = { name, injected, ...summarise(log.lines, from, to), quietAfter, violations }
    rows.push(row)
    const verdict = violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS, ${violations[0]}`
    tell(`${name}: ${row.calls} calls, at rest after ${(quietAfter / 1000).toFixed(1)} s, ${verdict}`)
  }

  const crashes = (name: string, points: readonly (readonly CrashPoint[])[], inLanes: boolean, end: number) =>
    observe(name, async () => {
      const results = await crashAll(stage, clients, points, { tell, until: end, inLanes })
      // Of two points one may keep the booking from coming by the other.
      const missed = results.filter(({ hit, points }) => !hit && points.length === 1)
      const wrong = missed.map(
        ({ points: [point] }) => `nobody passed ${point?.subgraph} ${point?.failpoint}`,
      )
      if (results.length < points.length) cutShort.push(`${name}: ${results.length} of ${points.length}`)
      return { injected: [{ fault: name, count: results.length, of: points.length }], wrong }
    })

  async function faults({ name, isolated, workers, lanes }: Group, load: Load, end: number) {
    const possible = await Promise.all(
      lanes.map(async (lane) => {
        const reasons = await Promise.all(lane.map((fault) => fault.prepare?.(stage)))
        return lane.filter((fault, index) => {
          const reason = reasons[index]
          if (reason) leftOut.push({ fault: fault.name, reason })
          return !reason
        })
      }),
    )
    await observe(name, async () => {
      load.resume(workers)
      const from = Date.now()
      const done = await injectAll(stage, possible, { rounds: injections, until: end, dice, signal, tell })
      if (isolated) log.write({ operation: 'isolation', from, to: Date.now() })
      await load.pause()
      return done
    })
  }

  type Stretch = { name: string; seconds: number; run(end: number): Promise<void> }
  const single = crashPoints.map((point) => [point])
  const stretches: Stretch[] = []
  if (chosen('crash')) {
    const run = (end: number) => crashes('crash points, one by one', single, true, end)
    stretches.push({ name: 'crash points, one by one', seconds: single.length * crashSeconds.single, run })
  }
  if (chosen('pairs')) {
    const run = (end: number) => crashes('crash points, in pairs', crashPairs, false, end)
    stretches.push({ name: 'crash points, in pairs', seconds: crashPairs.length * crashSeconds.pair, run })
  }
  let load: Load | undefined
  for (const group of plan(options)) {
    const lanes = group.lanes
      .map((lane) => lane.filter((fault) => chosen(group.name, fault.name)))
      .filter((lane) => lane.length > 0)
    if (lanes.length === 0) continue
    const run = async (end: number) => {
      load ??= await startLoad(clients, options.workers, seed)
      await faults({ ...group, lanes }, load, end)
    }
    stretches.push({ name: group.name, seconds: injections * group.roundSeconds, run })
  }

  try {
    // Now all consumers are seen that have to be there later.
    await quiet(stage)
    for (const [index, { seconds, run }] of stretches.entries()) {
      if (signal?.aborted) {
        cutShort.push(...stretches.slice(index).map(({ name }) => `${name}: stopped before it began`))
        break
      }
      // Each has its share of what is left of the time; what it does not need is left to the others.
      const toCome = stretches.slice(index).reduce((sum, stretch) => sum + stretch.seconds, 0)
      await run(Date.now() + ((until - Date.now()) * seconds) / toCome)
    }
    const { intents = 0 } = options
    if (load && load.intents < intents && Date.now() < until) {
      await observe('nothing', async () => {
        load?.resume()
        await load?.reach(intents, until, signal)
        await load?.pause()
        return { injected: [], wrong: [] }
      })
    }
    await load?.stop()
  } finally {
    await stage.close()
  }
  const looks = load?.looks ?? { shown: 0, told: 0, missing: 0, unanswered: 0 }
  const minutes = (Date.now() - began) / 60_000
  return { seed, minutes, intents: load?.intents ?? 0, looks, rows, leftOut, cutShort, findings }
}
