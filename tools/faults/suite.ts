import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { random } from '../demo/random.ts'
import { check } from '../invariants/checks.ts'
import { understand } from '../invariants/client-log.ts'
import { readFacts } from '../invariants/facts.ts'
import type { Finding } from '../invariants/finding.ts'
import { createClients } from './client.ts'
import { crashAll, crashPairs, crashPoints } from './crash-points.ts'
import { type Fault, faults } from './injections.ts'
import { startLoad } from './load.ts'
import { createLog } from './log.ts'
import { quiet } from './quiescence.ts'
import { type Report, type Row, summarise } from './report.ts'
import { openStage } from './stage.ts'

export type SuiteOptions = {
  dataDir: string
  minutes: number
  /** Of each random fault at most. */
  injections: number
  workers: number
  seed: number
  /** Parts of names of faults; `crash` and `pairs` are the crash points. */
  only?: readonly string[]
  /** Takes less time: crash points several at a time, and one look at the end of all faults. */
  short?: boolean
  env?: Record<string, string>
  signal?: AbortSignal
  tell: (line: string) => void
}

/** Whether there is anything for the suite to run among what is asked for; all is where nothing is named. */
export const anyFaultNamed = (only?: readonly string[]) =>
  !only ||
  ['crash', 'pairs', ...faults.map(({ name }) => name)].some((name) =>
    only.some((part) => name.includes(part)),
  )

const replicas = { book: 2, payment: 2, mypage: 2 }
/** Of two kinds of crash points and the random faults, each takes at most this share of what is left of the time. */
const crashShare = 0.35

/** Runs the faults one after the other against one system; after each the system has to come to rest and be right. */
export async function runSuite(options: SuiteOptions): Promise<Report> {
  const { dataDir, seed, signal, tell } = options
  const chosen = (name: string) => !options.only || options.only.some((part) => name.includes(part))
  const began = Date.now()
  const until = began + options.minutes * 60_000
  const log = createLog(join(dataDir, 'client.jsonl'))
  const stage = await openStage({ dataDir, replicas, env: options.env, progress: tell })
  const clients = createClients(stage, log.write)
  const dice = random(seed)
  const rows: Row[] = []
  let findings: Finding[] = []

  /** Does something, waits for rest and checks: a row of the report. */
  async function observe(fault: string, work: () => Promise<{ injections: number; wrong?: string[] }>) {
    const from = Date.now()
    const { injections, wrong = [] } = await work()
    const to = Date.now()
    const restless: string[] = []
    const quietAfter = await quiet(stage).catch((error: Error) => {
      restless.push(error.message)
      return Date.now() - to
    })
    findings = check(await readFacts(stage.system.record), understand(log.lines))
    const known = new Set(rows.flatMap(({ violations }) => violations))
    const found = findings.flatMap(({ invariant, violations }) =>
      violations.map((violation) => `${invariant}: ${violation}`),
    )
    const violations = [...wrong, ...restless, ...found].filter((violation) => !known.has(violation))
    rows.push({ fault, injections, ...summarise(log.lines, from, to), quietAfter, violations })
    const verdict = violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS, ${violations[0]}`
    tell(`${fault}: ${injections} injections, at rest after ${(quietAfter / 1000).toFixed(1)} s, ${verdict}`)
  }

  async function crashes(name: string, plan: Parameters<typeof crashAll>[2], share: number) {
    // Where nothing else is wanted, they have all the time.
    const onlyThese = options.short || options.only?.length === 1
    const end = Date.now() + (until - Date.now()) * (onlyThese ? 1 : share)
    await observe(name, async () => {
      const results = await crashAll(stage, clients, plan, {
        told: ({ points }) =>
          tell(
            `killed at ${points.map(({ subgraph, failpoint }) => `${subgraph} ${failpoint}`).join(' and ')}`,
          ),
        until: end,
        inLanes: options.short,
      })
      // Of two points one may keep the booking from coming by the other.
      const missed = results.filter(({ hit, points }) => !hit && points.length === 1)
      const wrong = missed.map(
        ({ points: [point] }) => `nobody passed ${point?.subgraph} ${point?.failpoint}`,
      )
      return { injections: results.length, wrong }
    })
  }

  const load = { intents: 0, looks: { shown: 0, told: 0, missing: 0, unanswered: 0 } }
  try {
    if (chosen('crash'))
      await crashes(
        'crash points, one by one',
        crashPoints.map((point) => [point]),
        crashShare,
      )
    if (chosen('pairs')) await crashes('crash points, in pairs', crashPairs, crashShare)
    const wanted = faults.filter(({ name }) => chosen(name))
    const running = wanted.length > 0 ? await startLoad(clients, options.workers, seed) : undefined
    // In one group the isolated ones come first: a breaker that is still open from another fault would be theirs.
    const byReach = wanted.toSorted((a, b) => Number(b.isolated ?? false) - Number(a.isolated ?? false))
    const groups = options.short ? [byReach] : wanted.map((fault) => [fault])
    for (const [index, group] of groups.entries()) {
      if (signal?.aborted || !running || Date.now() > until) break
      const end = Date.now() + (until - Date.now()) / (groups.length - index)
      await observe(group.map(({ name }) => name).join('; '), async () => {
        running.resume()
        await delay(500)
        let injections = 0
        for (const fault of group) injections += await injectUntil(fault, end)
        await running.pause()
        return { injections }
      })
    }
    await running?.stop()
    Object.assign(load, { intents: running?.intents ?? 0, looks: running?.looks ?? load.looks })
  } finally {
    await stage.close()
  }
  return { seed, minutes: (Date.now() - began) / 60_000, ...load, rows, findings }

  async function injectUntil(fault: Fault, end: number): Promise<number> {
    let injections = 0
    const from = Date.now()
    do {
      await fault.inject(stage, dice)
      injections += 1
      await delay(dice.next() * 1_000)
    } while (injections < options.injections && Date.now() < end && !signal?.aborted)
    if (fault.isolated) log.write({ operation: 'isolation', from, to: Date.now() })
    return injections
  }
}
