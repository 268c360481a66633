import { spawn } from 'node:child_process'
import { constants } from 'node:os'

export type CommandOptions = {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Gives up: asks the command and all that it started to end, kills them after `graceMs`, then rejects. */
  signal?: AbortSignal
  graceMs?: number
  /** What asks it to end; SIGTERM unless told. */
  stopSignal?: NodeJS.Signals
}

const GRACE_MS = 1_500

/**
 * Runs a command to its end, in a process group of its own: the terminal's Ctrl-C does not reach it, and when it is
 * given up nothing of it is left when this rejects.
 *
 * @throws with what it wrote to stderr when it fails, or the reason of `signal`
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, signal, graceMs = GRACE_MS, stopSignal = 'SIGTERM' }: CommandOptions = {},
): Promise<{ stdout: string }> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    let timer: NodeJS.Timeout | undefined
    const toGroup = (name: NodeJS.Signals) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name)
      } catch {
        // Nobody of it is left.
      }
    }
    const giveUp = () => {
      toGroup(stopSignal)
      timer = setTimeout(() => toGroup('SIGKILL'), graceMs)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    const finish = (error?: Error) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
      if (signal?.aborted) {
        toGroup('SIGKILL')
        reject(signal.reason)
      } else if (error) reject(error)
      else resolve({ stdout })
    }
    child.once('error', finish)
    child.once('close', (code, by) => {
      const ending = by ? `signal ${by} (${constants.signals[by]})` : `exit code ${code}`
      finish(
        code === 0
          ? undefined
          : Object.assign(new Error(`${command} ended with ${ending}\n${stderr}`), { stderr }),
      )
    })
  })
}
