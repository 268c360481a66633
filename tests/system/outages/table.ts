import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../../tools/system/client.ts'
import type { Answer } from '../hotel.ts'

/** What becomes of an operation; the signs are those of the table in docs/reliability.md. */
export const signs = {
  /** All of it is answered. */
  whole: '●',
  /** What others contribute is null, with an error; the rest is answered. */
  partial: '◐',
  /** A refusal that says when to ask again: nothing was done, or the outcome is not known yet. */
  refused: '↻',
  /** An error with a code that says when to ask again. */
  unavailable: '–',
} as const

const passing = new Set(['SERVICE_UNAVAILABLE', 'GATEWAY_TIMEOUT', 'BAD_GATEWAY'])
const askAgain = new Set(['ServiceUnavailable', 'PaymentBusy', 'BookingInProgress'])

/** The sign of an answer, or, where it is none of the four, what it says. */
export function signOf({ status, data, errors = [] }: Answer): string {
  const codes = errors.map(({ extensions }) => String(extensions?.code))
  const strange = codes.filter((code) => !passing.has(code))
  if (strange.length > 0) return `${status} ${strange.join()}`
  const asked = data?.asked ?? null
  if (asked === null) return errors.length > 0 ? signs.unavailable : `${status} null without an error`
  if (askAgain.has(asked.__typename)) return errors.length > 0 ? 'refused with errors' : signs.refused
  if (asked.code) return `refused by ${asked.code}`
  return errors.length > 0 ? signs.partial : signs.whole
}

/** The table of docs/reliability.md: by part, by operation, the sign. */
export function readTable(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const text = readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8')
  const section = text.split(/^## What survives which outage$/m)[1]?.split(/^## /m)[0] ?? ''
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
  const [head = [], , ...body] = rows
  return new Map(
    head
      .slice(1)
      .map((part, column) => [
        part,
        new Map(body.map(([operation = '', ...cells]) => [operation, cells[column] ?? ''])),
      ]),
  )
}
