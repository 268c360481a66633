import type { Panel } from './dashboards.ts'
import type { Alert } from './rules.ts'
import type { Trial } from './run.ts'
import { hastenedBy } from './stage.ts'

/** What a run has seen. */
export type Seen = {
  /** The day. */
  readonly at: string
  readonly versions: string
  readonly healthyMinutes: number
  /** Alerts that were told while all was well. */
  readonly falseAlarms: readonly string[]
  readonly panels: readonly { readonly panel: Panel; readonly samples: number }[]
  readonly trials: readonly Trial[]
}

/** Whether everything was seen that was to be seen. */
export const isWhole = ({ falseAlarms, panels, trials }: Seen): boolean =>
  falseAlarms.length === 0 && panels.every(({ samples }) => samples > 0) && areWhole(trials)

/** Whether each alert was told and taken back. */
export const areWhole = (trials: readonly Trial[]): boolean =>
  trials.every(({ firedAfter, resolvedAfter }) => firedAfter !== null && resolvedAfter !== null)

/** A run, with what a later one has seen of some of its alerts. */
export function withTrials(seen: Seen, { trials }: Pick<Seen, 'trials'>): Seen {
  const again = new Set(trials.map(({ alert }) => alert))
  return { ...seen, trials: [...seen.trials.filter(({ alert }) => !again.has(alert)), ...trials] }
}

/** infra/observability/ALERTS.md. */
export function toMarkdown(alerts: readonly Alert[], seen: Seen): string {
  const { at, versions, healthyMinutes, falseAlarms, panels, trials } = seen
  const rows = alerts.flatMap(({ name, severity }) => {
    const trial = trials.find(({ alert }) => alert === name)
    const link = `[${name}](../../docs/runbooks/${name}.md)`
    return trial
      ? [
          `| ${link} | ${severity} | ${trial.fault} | ${time(trial.firedAfter)} | ${time(trial.resolvedAfter)} |`,
        ]
      : []
  })
  const silent = falseAlarms.length === 0 ? 'no alert was told' : `these were told: ${falseAlarms.join(', ')}`
  const empty = panels
    .filter(({ samples }) => samples === 0)
    .map(({ panel }) => `${panel.dashboard}: ${panel.title}`)
  const data =
    empty.length === 0
      ? `all ${panels.length} queries of the dashboards return data`
      : `these queries of the dashboards return nothing: ${empty.join(', ')}`
  return `# Alerts, and the faults that fired them

Written by \`npm run alerts\` on ${at} (${versions}). A whole system with guests who search, book, cancel and look at
My Page; a real Prometheus and Alertmanager; each fault is a real one. "Told after" is from the fault to the webhook, "taken
back after" from its end. Durations of the rules (\`for\`, ranges of expressions) were divided by ${hastenedBy}, at least 10 s; what
figures are compared with (an age of 60 s, say) was not. So in earnest the former take up to ${hastenedBy} times as long, and the
others as long as here.

In ${healthyMinutes} healthy minutes before, ${silent}; ${data}.

| alert | severity | fault | told after | taken back after |
|---|---|---|---:|---:|
${rows.join('\n')}
`
}

const time = (seconds: number | null) => (seconds === null ? 'not at all' : `${seconds.toFixed(1)} s`)
