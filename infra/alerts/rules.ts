import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ROOT } from '../../tools/system/client.ts'

/** Where the rules lie. */
export const RULES = join(ROOT, 'infra/observability/rules')

/** One alert of the rules. */
export type Alert = {
  readonly name: string
  readonly expr: string
  readonly severity: string
  readonly summary: string
  readonly runbook: string
}

type File = {
  groups: {
    rules: {
      alert?: string
      record?: string
      expr: string
      labels?: Record<string, string>
      annotations?: Record<string, string>
    }[]
  }[]
}

async function readRules() {
  const names = (await readdir(RULES)).filter((name) => name.endsWith('.yaml')).sort()
  const files = await Promise.all(names.map((name) => readFile(join(RULES, name), 'utf8')))
  return files.flatMap((text) => (parse(text) as File).groups.flatMap(({ rules }) => rules))
}

/** All alerts, in the order of the files. */
export async function readAlerts(): Promise<Alert[]> {
  return (await readRules()).flatMap(({ alert, expr, labels, annotations }) =>
    alert
      ? [
          {
            ...{ name: alert, expr, severity: labels?.severity ?? '' },
            ...{ summary: annotations?.summary ?? '', runbook: annotations?.runbook ?? '' },
          },
        ]
      : [],
  )
}

/** All expressions of the rules, with the names under which some of them are recorded. */
export async function readExpressions(): Promise<{ recorded: string[]; expressions: string[] }> {
  const rules = await readRules()
  return {
    recorded: rules.flatMap(({ record }) => record ?? []),
    expressions: rules.map(({ expr }) => expr),
  }
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }
/** So few points say something. */
const leastSeconds = 10

/**
 * The rules with all durations (`for`, and the ranges of expressions) divided: who tries each alert cannot wait for six hours.
 * What figures are compared with stays as it is.
 */
export const hastened = (text: string, by: number): string =>
  text.replace(/(\[|for: )(\d+)([smhd])\b/g, (_, before: string, count: string, unit: string) => {
    const seconds = (Number(count) * (secondsOf[unit] ?? 1)) / by
    return `${before}${Math.max(leastSeconds, Math.round(seconds))}s`
  })

/** Writes the rules, hastened, into a folder. */
export async function writeHastened(folder: string, by: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(RULES)) {
    await writeFile(join(folder, name), hastened(await readFile(join(RULES, name), 'utf8'), by))
  }
}
