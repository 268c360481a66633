import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A stand-in running as its own process, for tests. */
export type SandboxProcess = {
  url: string
  /** The "listening" log line, with whatever else this stand-in tells in it. */
  listening: Record<string, unknown>
  /** Ends it with a signal (SIGTERM unless told) and resolves to its exit code, null when killed. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

/**
 * Starts `main` (a path to a stand-in's main.ts) on a free port and waits until it listens.
 * Throws with what it wrote to stderr when it exits before that.
 */
export async function startSandbox(main: string, env: Record<string, string>): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const listening = await firstListeningLine(child)
  return {
    url: String(listening.url),
    listening,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return exited
    },
  }
}

function firstListeningLine(child: ChildProcess): Promise<Record<string, unknown>> {
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('a sandbox process needs pipes')
  const complaints: string[] = []
  stderr.on('data', (chunk) => complaints.push(String(chunk)))
  return new Promise((resolve, reject) => {
    createInterface(stdout).on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>
      if (entry.msg === 'listening') resolve(entry)
    })
    child.once('close', (code) => reject(new Error(`exited with ${code}: ${complaints.join('')}`)))
  })
}
