import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A program of this repository, running as its own process for a test. */
export type TestProcess = {
  readonly url: string
  /** Of /livez, /readyz and /metrics; empty where the program has no management port. */
  readonly managementUrl: string
  /** The "listening" log line, with whatever else the program tells in it. */
  readonly listening: Record<string, unknown>
  /** Sends a signal, SIGTERM unless told, and resolves to the exit code: null where the signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

const root = join(import.meta.dirname, '../../../..')

/**
 * Starts `main`, a path from the root of the repository, on a free port and waits until it listens.
 * @throws with its last words, in its log or on stderr, when it ends before that
 */
export async function startProcess(main: string, env: Record<string, string>): Promise<TestProcess> {
  const child = spawn(process.execPath, [join(root, main)], {
    env: { PORT: '0', MANAGEMENT_PORT: '0', ...ofThisRun(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const { listening, managementUrl } = await untilItListens(main, child)
  return {
    url: String(listening.url),
    managementUrl,
    listening,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return exited
    },
  }
}

type Listening = Pick<TestProcess, 'listening' | 'managementUrl'>

function untilItListens(main: string, child: ChildProcess): Promise<Listening> {
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('a process under test needs pipes')
  const complaints: string[] = []
  let managementUrl = ''
  stderr.on('data', (chunk) => complaints.push(String(chunk)))
  return new Promise((resolve, reject) => {
    createInterface(stdout).on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>
      if (entry.msg === 'management listening') managementUrl = String(entry.url)
      if (entry.msg === 'listening') resolve({ listening: entry, managementUrl })
      if (entry.level === 'fatal') complaints.push(String(entry.msg))
    })
    child.once('close', (code) => reject(new Error(`${main} exited with ${code}: ${complaints.join('')}`)))
  })
}

/** What `npm test` finds the processes of its run by, should a test that fails leave one behind. */
function ofThisRun(): Record<string, string> {
  const run = process.env.MYHOTEL_TEST_RUN
  return run ? { MYHOTEL_TEST_RUN: run } : {}
}
