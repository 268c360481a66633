// Runs a command of tools/ or bench/ on a machine that has nothing but Node 20 and npm: gets the dependencies (Node 24
// among them) and the generated code where the command needs them, then hands over to Node 24.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { misplacedOptions } from './options.mjs'
import { isPrepared, prepare } from './prepare.mjs'
import { complain, endAsStopped, node24, root, run, stoppedWith } from './run.mjs'
import { openRunFolder } from './run-folder.mjs'

/** Commands that may be the first one after a clone, with the number of steps that they show. */
const FIRST_COMMANDS = { start: 7, test: 2, setup: 2 }

/** Runs a command to its end, and has this process end as it did. */
export async function main(command, args) {
  process.exitCode = await perform(command, args)
  if (stoppedWith() !== null && process.exitCode !== 0) endAsStopped()
}

async function perform(command, args) {
  const program = programOf(command)
  if (!program && command !== 'setup') return complain(`There is no command "${command}".`)
  const script = process.env.npm_lifecycle_event ?? command
  const misplaced = program && misplacedOptions(program, script, args)
  if (misplaced) return complain(misplaced)
  const steps = FIRST_COMMANDS[command]
  if (!steps && !isPrepared()) {
    return complain(
      'The dependencies are not installed yet. Type: npm run setup (npm start and npm test do it, too).',
    )
  }
  const code = steps ? await prepare(steps) : 0
  if (stoppedWith() !== null) return saidToBeStopped(command)
  if (code !== 0 || !program) return code
  const { folder, close } = openRunFolder()
  try {
    const outcome = await run(node24, [program, ...args], { env: { TMPDIR: folder } })
    return outcome.killed && stoppedWith() !== null ? saidToBeStopped(command) : outcome.code
  } finally {
    close()
  }
}

function programOf(command) {
  if (!/^[a-z-]+$/.test(command)) return undefined
  const files = [
    `tools/${command}.ts`,
    `tools/${command}/main.ts`,
    `${command}/main.ts`,
    `infra/${command}/main.ts`,
    `bench/${command}.ts`,
  ]
  return files.map((file) => join(root, file)).find(existsSync)
}

/** What a command that did not live to say it, or never began, would have said. */
function saidToBeStopped(command) {
  if (command === 'start')
    process.stdout.write('Stopped before MyHotel was ready; nothing is left running.\n')
  else if (command in FIRST_COMMANDS) process.stdout.write('Stopped; nothing is left running.\n')
  return stoppedWith()
}
