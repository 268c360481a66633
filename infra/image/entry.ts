import { runMain } from 'node:module'
import { join } from 'node:path'
import { programsOf } from './programs.ts'
import { variablesIn } from './secrets.ts'

/** `entry.ts NAME [ARGUMENT…]`: what the image starts. NAME becomes the program of this very process. */
const root = join(import.meta.dirname, '../..')
const programs = programsOf(root)
const [name = '', ...given] = process.argv.slice(2)
const program = Object.hasOwn(programs, name) ? programs[name] : undefined

if (program) {
  const { SECRETS_FOLDER } = process.env
  // What the environment says itself comes first.
  if (SECRETS_FOLDER) Object.assign(process.env, { ...variablesIn(SECRETS_FOLDER), ...process.env })
  process.argv.splice(1, Number.POSITIVE_INFINITY, join(root, program.file), ...program.args, ...given)
  // As `node FILE` itself does it: the program is the main one, and signals reach it, since there is no other process.
  runMain()
} else {
  process.stderr.write(
    `${name ? `There is no "${name}".` : 'Say what to run.'} There is: ${Object.keys(programs).join(', ')}\n`,
  )
  process.exitCode = 2
}
