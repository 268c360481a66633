import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform } from 'node:os'
import { join } from 'node:path'
import { isPinned } from './measure/cores.ts'

/** What was measured side by side in one run, as a table; the first row is what the others are compared with. */
export type Scenario = {
  title: string
  /** What a reader has to know to judge the figures. */
  notes: readonly string[]
  columns: readonly string[]
  rows: readonly (readonly (string | number)[])[]
  /** All figures of all rounds. */
  details: unknown
}

type Stored = Scenario & { at: string; machine: string }

const machine = () =>
  `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ${platform()} ${arch()}, Node ${process.versions.node}, ` +
  (isPinned ? 'pinned' : 'not pinned')

/**
 * Keeps what was measured in <part>.json and, as tables, in <part>.md. Scenarios of the same name are replaced, the
 * others stay.
 */
export function createReport(part: string, folder: string) {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${part}.json`)
  return function store(name: string, scenario: Scenario): void {
    const stored: Record<string, Stored> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
    stored[name] = { ...scenario, at: new Date().toISOString(), machine: machine() }
    writeFileSync(file, `${JSON.stringify(stored, null, 2)}\n`)
    writeFileSync(join(folder, `${part}.md`), Object.values(stored).map(markdown).join('\n'))
    process.stdout.write(`\n${markdown(stored[name])}\n`)
  }
}

function markdown({ title, notes, columns, rows, at, machine }: Stored): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(cell).join(' | ')} |`
  return [
    `## ${title}`,
    '',
    ...notes.map((note) => `- ${note}`),
    `- ${at.slice(0, 16).replace('T', ' ')} UTC, ${machine}`,
    '',
    line(columns),
    `|${columns.map((_, index) => (index === 0 ? '---' : '---:')).join('|')}|`,
    ...rows.map(line),
    '',
  ].join('\n')
}

const cell = (value: string | number) => (typeof value === 'number' ? figure(value) : value)

/** As many digits as mean something: 12345, 123, 12.3, 1.23, 0.123. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  return size >= 100
    ? value.toFixed(0)
    : size >= 10
      ? value.toFixed(1)
      : size >= 1
        ? value.toFixed(2)
        : value.toFixed(3)
}
