import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../../tools/system/client.ts'
import { readPanels } from './dashboards.ts'
import { phases } from './faults/index.ts'
import { drawDashboards } from './pictures.ts'
import { areWhole, isWhole, type Seen, toMarkdown, withTrials } from './report.ts'
import { readAlerts } from './rules.ts'
import { type Trial, tryFaults, watchHealthy } from './run.ts'
import { openWatched, type Watched } from './stage.ts'

const USAGE = `npm run alerts [-- options]

Starts a system with Prometheus and Alertmanager (Debian's packages), watches it while all is well, then fires each alert by its
real fault and sees it taken back. Writes infra/observability/ALERTS.md, and pictures of the dashboards into docs/pictures. About 35 minutes. Exits 1
where an alert was not told, was not taken back, or was told without a fault.

  --minutes N   how long it is watched before (10)
  --only NAME   only faults that fire this alert, in place of what the run before saw of them; may be given several times
`

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    only: { type: 'string', multiple: true },
    help: { type: 'boolean', default: false },
  },
})

const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort())

async function main(): Promise<number> {
  const since = Date.now()
  const tell = (line: string) =>
    process.stdout.write(`${String(Math.round((Date.now() - since) / 1_000)).padStart(5)} s  ${line}\n`)
  const minutes = Number(values.minutes)
  const watched = await openWatched(tell, stopped.signal)
  const begun = Date.now()
  try {
    tell(`watching for ${minutes} minutes`)
    const falseAlarms = await watchHealthy(watched, minutes, stopped.signal)
    tell(falseAlarms.length > 0 ? `told without a fault: ${falseAlarms.join(', ')}` : 'no alert was told')
    const panels = await askPanels(watched)
    for (const { panel, samples } of panels) {
      if (samples === 0) tell(`no data: ${panel.dashboard}, ${panel.title}: ${panel.expr}`)
    }
    const trials = await tryAll(watched, tell)
    const at = new Date().toISOString().slice(0, 10)
    const seen: Seen = { at, versions: versions(), healthyMinutes: minutes, falseAlarms, panels, trials }
    if (values.only) {
      await writeReport(withTrials(await readSeen(), seen))
      return areWhole(trials) ? 0 : 1
    }
    await writeReport(seen)
    await drawDashboards(watched.prometheus, begun / 1_000, Date.now() / 1_000)
    return isWhole(seen) ? 0 : 1
  } finally {
    await watched.stop()
  }
}

async function askPanels({ prometheus }: Watched): Promise<Seen['panels']> {
  const panels = await readPanels()
  return Promise.all(
    panels.map(async (panel) => ({ panel, samples: (await prometheus.query(panel.expr)).length })),
  )
}

async function tryAll(watched: Watched, tell: (line: string) => void): Promise<Trial[]> {
  const trials: Trial[] = []
  const isWanted = (alerts: readonly string[]) =>
    !values.only || alerts.some((alert) => values.only?.includes(alert))
  for (const faults of phases) {
    const wanted = faults.filter(({ alerts }) => isWanted(alerts))
    if (wanted.length === 0) continue
    for (const trial of await tryFaults(watched, wanted, tell, stopped.signal)) {
      tell(`${trial.alert}: told after ${trial.firedAfter} s, taken back after ${trial.resolvedAfter} s`)
      trials.push(trial)
    }
  }
  return trials
}

const REPORT = join(ROOT, 'infra/observability/ALERTS.md')
const SEEN = join(ROOT, 'infra/observability/alerts.json')

async function readSeen(): Promise<Seen> {
  return JSON.parse(await readFile(SEEN, 'utf8'))
}

async function writeReport(seen: Seen) {
  await writeFile(SEEN, `${JSON.stringify(seen, null, 2)}\n`)
  await writeFile(REPORT, toMarkdown(await readAlerts(), seen))
}

const versions = () =>
  ['prometheus', 'prometheus-alertmanager']
    .map((name) => execFileSync(name, ['--version'], { encoding: 'utf8' }))
    .map((text) => /^(\w+), version (\S+)/.exec(text)?.slice(1).join(' ') ?? '')
    .join(', ')

if (values.help) process.stdout.write(USAGE)
else {
  process.exitCode = await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  })
}
