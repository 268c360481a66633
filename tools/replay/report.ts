import { decimalsOf, toDecimal } from '@myhotel/kit/currency'
import type { Clocks } from './clocks.ts'
import type { Look } from './compare.ts'
import type { History } from './history.ts'
import { currency } from './hotel.ts'
import type { Plan } from './plan.ts'
import type { Outcome } from './run.ts'

/** What there is to tell of a replay. Times in seconds. */
export type Replay = {
  history: History
  plan: Plan
  outcomes: readonly Outcome[]
  clocks: Clocks
  seconds: number
  catchUpSeconds: number
  comparison: Look
}

const mostDifferences = 20

/** The differences between what the file says and what was done or found. */
export function differencesIn({ outcomes, comparison }: Replay): string[] {
  const refused = outcomes.flatMap(({ refusal, booking }) =>
    refusal ? [`line ${booking.line} was refused: ${refusal}`] : [],
  )
  return [...refused, ...comparison.differences]
}

/** The report, for people to read. */
export function describe(replay: Replay): string {
  const differences = differencesIn(replay)
  const more = differences.length - mostDifferences
  const listed = differences.slice(0, mostDifferences).map((difference) => `  ${difference}`)
  return [
    ...whatWasDone(replay),
    '',
    ...howLongItTook(replay),
    '',
    ...whatWasFound(replay.comparison),
    '',
    differences.length === 0 ? 'No difference.' : `${count(differences.length)} differences:`,
    ...listed,
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
    '',
  ].join('\n')
}

function whatWasDone({ history, plan, outcomes }: Replay): string[] {
  const booked = outcomes.filter(({ bookingId }) => bookingId)
  const canceled = booked.filter(({ booking, refusal }) => booking.canceledOn !== null && !refusal)
  const refused = outcomes.flatMap(({ refusal }) => refusal ?? [])
  const reasons = Map.groupBy(refused, (reason) => reason)
  const nonsense = Object.entries(history.nonsense).filter(([, lines]) => lines.length > 0)
  return [
    row('rows', count(history.rows)),
    ...nonsense.map(([why, lines]) => row(`  ${why}`, `${count(lines.length)}   line ${some(lines)}`)),
    row('rooms', `${count(plan.rooms.length)}   ${roomsByType(plan)}`),
    row('booked', count(booked.length)),
    row('cancelled', count(canceled.length)),
    row('refused', count(refused.length)),
    ...[...reasons].map(([reason, of]) => row(`  ${reason}`, count(of.length))),
  ]
}

function howLongItTook({ clocks, outcomes, seconds, catchUpSeconds }: Replay): string[] {
  const ms = (value: number) => value.toFixed(0).padStart(7)
  const latencies = [...clocks.latencies()].map(
    ([kind, { calls, p50, p95, p99, longest }]) =>
      `${kind.padEnd(22)}${count(calls).padStart(8)}${ms(p50)}${ms(p95)}${ms(p99)}${ms(longest)}`,
  )
  const steps = outcomes.length / Math.max(seconds, 0.001)
  return [
    row('time', `${seconds.toFixed(1)} s, ${steps.toFixed(1)} rows a second`),
    row('caught up after', `${catchUpSeconds.toFixed(1)} s, the comparison included`),
    ...[...clocks.counts()].map(([what, times]) => row(what, `${count(times)} times`)),
    '',
    `${'latency in ms'.padEnd(22)}   calls    p50    p95    p99    max`,
    ...latencies,
  ]
}

function whatWasFound({ facts }: Look): string[] {
  return [
    `${''.padEnd(30)}${'the file says'.padStart(18)}${'found'.padStart(18)}`,
    ...facts.map(({ what, expected, found, unit }) => {
      const show = (value: number) => (unit === 'money' ? `${currency} ${money(value)}` : count(value))
      const mark = expected === found ? '' : '   differs'
      return `${what.padEnd(30)}${show(expected).padStart(18)}${show(found).padStart(18)}${mark}`
    }),
  ]
}

const row = (name: string, value: string) => `${name.padEnd(34)}${value}`

const count = (value: number) => value.toLocaleString('en')

/** Minor units as a decimal number, grouped; exact, since it is formatted from text. */
const money = (amount: number) => {
  const digits = decimalsOf(currency)
  const format = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return format.format(toDecimal(amount, currency) as Intl.StringNumericLiteral)
}

const some = (lines: readonly number[]) =>
  lines.length <= 12 ? lines.join(', ') : `${lines.slice(0, 12).join(', ')}, …`

function roomsByType({ rooms }: Plan): string {
  const byType = Map.groupBy(rooms, ({ roomType }) => roomType)
  return [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, of]) => `${type}: ${of.length}`)
    .join(', ')
}
