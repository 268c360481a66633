import { copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

/** A log may grow to this; then it becomes `<name>.log.1`, of which there is one. */
const LARGEST_BYTES = 64 << 20
const LOOK_EVERY_MS = 10_000

/**
 * Keeps the logs of a folder bounded until the returned function is called. Processes write to their logs by
 * themselves, appending, so a log is copied and emptied, not renamed.
 */
export function boundLogs(folder: string, largestBytes = LARGEST_BYTES): () => void {
  const look = () => {
    for (const name of readdirSync(folder)) {
      const file = join(folder, name)
      if (!name.endsWith('.log') || statSync(file).size <= largestBytes) continue
      copyFileSync(file, `${file}.1`)
      truncateSync(file)
    }
  }
  look()
  const timer = setInterval(look, LOOK_EVERY_MS).unref()
  return () => clearInterval(timer)
}
