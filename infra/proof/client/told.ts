import { createInterface } from 'node:readline'

/** One answer to one intent, as the invariants' checker reads it (tools/invariants/client-log.ts). */
export type LogLine = {
  readonly operation: 'bookRoom'
  readonly guest: string
  readonly key: string
  readonly answer: string | null
  readonly bookingId?: string
  readonly at: number
  readonly ms: number
}

/**
 * What a client of a proof prints, a JSON object a line: that it has begun, how it goes, what guests were told, and its
 * report at the end.
 */
export type Line =
  | { readonly begun: true }
  | { readonly so: string }
  | { readonly log: LogLine }
  | { readonly report: unknown }

export const print = (line: Line) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** Calls `stop` when whoever started this client says "stop" or is gone, and on signals. */
export function whenToldToStop(stop: () => void): void {
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => line.trim() === 'stop' && stop())
  lines.on('close', stop)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
}
