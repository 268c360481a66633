import type { LogLine } from '../invariants/client-log.ts'
import type { Finding } from '../invariants/finding.ts'
import type { Looks } from './load.ts'

/** How often a fault was injected, and how often it was to be. */
export type Injected = { readonly fault: string; readonly count: number; readonly of: number }

/** What came of the faults of a group. */
export type Row = {
  readonly name: string
  readonly injected: readonly Injected[]
  readonly calls: number
  /** Calls by what they were answered; `none` where there was no answer. */
  readonly answers: Readonly<Record<string, number>>
  /** Milliseconds. */
  readonly longestWithoutBooking: number
  /** Milliseconds from the first answer that told no outcome to the one that did, 99th percentile. */
  readonly resolvedWithin: number
  readonly quietAfter: number
  readonly violations: readonly string[]
}

export type Report = {
  readonly seed: number
  readonly minutes: number
  readonly intents: number
  readonly looks: Looks
  readonly rows: readonly Row[]
  /** What this machine cannot do. */
  readonly leftOut: readonly { fault: string; reason: string }[]
  /** What the time did not suffice for, or what was stopped before. */
  readonly cutShort: readonly string[]
  readonly findings: readonly Finding[]
}

type Calls = readonly Exclude<LogLine, { operation: 'isolation' }>[]

/** What clients saw between two moments. */
export function summarise(lines: readonly LogLine[], from: number, to: number) {
  const all = lines.filter((line) => line.operation !== 'isolation')
  const calls = all.filter(({ at = 0 }) => at >= from && at <= to)
  const answers: Record<string, number> = {}
  for (const { answer } of calls) answers[answer ?? 'none'] = (answers[answer ?? 'none'] ?? 0) + 1
  return {
    calls: calls.length,
    answers,
    longestWithoutBooking: longestGap(calls, from, to),
    resolvedWithin: resolution(calls),
  }
}

function longestGap(calls: Calls, from: number, to: number): number {
  const booked = calls.filter(({ answer }) => answer === 'RoomBooked').map(({ at = 0, ms = 0 }) => at + ms)
  const moments = [from, ...booked.sort((a, b) => a - b), to]
  return Math.max(...moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment)))
}

function resolution(calls: Calls): number {
  const unknownSince = new Map<string, number>()
  const took: number[] = []
  for (const { operation, guest, key, answer, at = 0, ms = 0 } of calls) {
    if (operation !== 'bookRoom') continue
    const intent = `${guest} ${key}`
    const since = unknownSince.get(intent)
    if (answer === null || answer === 'BookingInProgress') unknownSince.set(intent, since ?? at)
    else if (since !== undefined) {
      took.push(at + ms - since)
      unknownSince.delete(intent)
    }
  }
  const sorted = took.sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0
}

const seconds = (ms: number) => (ms / 1000).toFixed(1)
const line = (cells: readonly unknown[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly unknown[])[]) =>
  [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
const list = (entries: readonly string[]) => entries.map((entry) => `- ${entry}`).join('\n')

/** The report as Markdown. */
export function toMarkdown({
  seed,
  minutes,
  intents,
  looks,
  rows,
  leftOut,
  cutShort,
  findings,
}: Report): string {
  const kinds = [...new Set(rows.flatMap(({ answers }) => Object.keys(answers)))].sort()
  const head = ['hit', 'injections', 'calls', ...kinds, 'longest s without a booking']
  head.push('unknown outcome resolved, p99 s', 'quiet after s', 'violations')
  const injections = ({ injected }: Row) => injected.reduce((total, { count }) => total + count, 0)
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0)
  const groups = rows.map((row) => {
    const answers = kinds.map((kind) => row.answers[kind] ?? 0)
    const times = [row.longestWithoutBooking, row.resolvedWithin, row.quietAfter].map(seconds)
    return [row.name, injections(row), row.calls, ...answers, ...times, row.violations.length]
  })
  const faults = rows.flatMap(({ name, injected }) =>
    injected.map(({ fault, count, of }) => [name, fault, count, of]),
  )
  return `# Faults

Seed ${seed}, ${minutes.toFixed(1)} minutes, ${intents} intents to book, ${sum((row) => row.calls)} calls, ${sum(injections)} injections.
My Page right after a booking: shown ${looks.shown}, said that it is behind ${looks.told}, neither ${looks.missing}, not answered ${looks.unanswered}.

${table(head, groups)}

${table(['hit', 'fault', 'injections', 'of'], faults)}

${list([
  ...leftOut.map(({ fault, reason }) => `left out: ${fault}: ${reason}`),
  ...cutShort.map((what) => `not done in the time: ${what}`),
])}
${list(findings.map(({ invariant, compared, violations }) => `**${invariant}** ${violations.length} violations; compared ${compared}`))}
${list(rows.flatMap(({ name, violations }) => violations.slice(0, 10).map((violation) => `${name}: ${violation}`)))}
`
}
