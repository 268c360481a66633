import { appendFileSync } from 'node:fs'
import type { LogLine } from '../invariants/client-log.ts'

/** The client log: kept for the report, and written to a file for the checker. */
export type ClientLog = { readonly lines: readonly LogLine[]; write(line: LogLine): void }

export function createLog(file: string): ClientLog {
  const lines: LogLine[] = []
  return {
    lines,
    write(line) {
      lines.push(line)
      appendFileSync(file, `${JSON.stringify(line)}\n`)
    },
  }
}
