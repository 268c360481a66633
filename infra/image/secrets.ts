import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** The form of names of environment variables; other files are for somebody else. */
const isVariable = /^[A-Z][A-Z0-9_]*$/

/**
 * The variables that are kept in files below a folder, each in one of its name: for runtimes that mount secrets and cannot
 * make variables of them.
 */
export function variablesIn(folder: string): Record<string, string> {
  const files = globSync('**/*', { cwd: folder }).filter((file) => isVariable.test(basename(file)))
  return Object.fromEntries(
    files.map((file) => [basename(file), readFileSync(join(folder, file), 'utf8').trimEnd()]),
  )
}
