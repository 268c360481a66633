import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const node24 = join(root, 'node_modules', 'node', 'bin', 'node')

/** How long what runs in a group of its own may tidy up before it is killed. */
const TIDY_WITHIN_MS = 2_500
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The first signal that asked this process to stop; from then on nothing new is started. */
let first = null
/** What passes a signal on to the running child. */
let pass = () => {}

for (const signal of SIGNALS) process.on(signal, stop)
// Whoever was to read this is gone (a closed terminal): that is no reason not to tidy up.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
// Who started us may be killed without passing that on.
const parent = process.ppid
setInterval(() => process.ppid !== parent && first === null && stop('SIGHUP'), 500).unref()

function stop(signal) {
  first ??= signal
  pass(signal)
}

/** Ends this process by the signal that stopped it, which tells npm and shells more than an exit code. */
export function endAsStopped() {
  for (const signal of SIGNALS) process.removeListener(signal, stop)
  process.kill(process.pid, first)
}

/** The exit code that shells have for the signal that stopped this process; null while none did. */
export const stoppedWith = () => (first === null ? null : 128 + constants.signals[first])

/**
 * Runs a program to its end.
 *
 * @param options `env`: added to the environment. `ownGroup`: for programs that start others and do not end them: the
 *   terminal's signals do not reach them, ours reach all of them, and none is left behind. `worthSeeing`: only
 *   such lines of its output are shown, unless it fails by itself: then all of it
 * @returns its exit code, 128 + n for signal n as shells have it, and whether a signal ended it
 */
export function run(program, args, { env = {}, ownGroup = false, worthSeeing } = {}) {
  if (first !== null) return Promise.resolve({ code: stoppedWith(), killed: true })
  const inherited = {
    ...process.env,
    MYHOTEL_BOOTSTRAP: '1',
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile'),
  }
  return new Promise((done) => {
    const stdio = worthSeeing ? ['ignore', 'pipe', 'pipe'] : 'inherit'
    const child = spawn(program, args, {
      cwd: root,
      stdio,
      detached: ownGroup,
      env: { ...inherited, ...env },
    })
    pass = ownGroup ? (signal) => endGroup(child, signal) : (signal) => child.kill(signal)
    const said = []
    for (const stream of worthSeeing ? [child.stdout, child.stderr] : []) {
      createInterface(stream).on('line', (line) => {
        said.push(line)
        if (worthSeeing.test(line) && first === null) process.stdout.write(`      ${line}\n`)
      })
    }
    const finish = (outcome) => {
      pass = () => {}
      if (ownGroup && first !== null) sendToGroup(child, 'SIGKILL')
      done(outcome)
    }
    child.once('error', (error) => finish({ code: complain(error.message), killed: false }))
    child.once('close', (code, signal) => {
      if (code !== 0 && first === null) process.stderr.write(said.map((line) => `${line}\n`).join(''))
      finish({ code: code ?? 128 + constants.signals[signal], killed: code === null })
    })
  })
}

/** Asks a child and all that it started to end, and makes them after a while. */
function endGroup(child, signal) {
  sendToGroup(child, signal)
  setTimeout(() => sendToGroup(child, 'SIGKILL'), TIDY_WITHIN_MS).unref()
}

function sendToGroup(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch {
    // Nobody of it is left.
  }
}

export function complain(sentence) {
  process.stderr.write(`${sentence}\n`)
  return 1
}
