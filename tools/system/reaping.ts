import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'

/** Sees to it that the system of a data directory ends with this process, however that ends. */
export function guardAgainstKill(dataDir: string, logFile: string): { dismiss(): void } {
  return afterDeath([join(import.meta.dirname, 'reaper.ts'), dataDir], logFile)
}

/**
 * Has a program of ours run when this process was killed: a shell in a session of its own waits on a pipe that only
 * this process holds. A line on it means that all is stopped and nothing is left to do; its end without one, that
 * this process was killed: then the shell becomes that program.
 */
export function afterDeath(program: readonly string[], logFile: string): { dismiss(): void } {
  let shell: ChildProcess
  let dismissed = false

  function watch(): void {
    const log = openSync(logFile, 'a', 0o600)
    const command = ['-c', 'read -r _ || exec "$@"', 'sh', process.execPath, ...program]
    shell = spawn('sh', command, {
      cwd: '/',
      detached: true,
      stdio: ['pipe', log, log],
    })
    closeSync(log)
    // Somebody killed the guard: post another one.
    shell.once('exit', () => {
      if (!dismissed) setTimeout(watch, 100).unref()
    })
    shell.stdin?.on('error', () => {})
    shell.unref()
  }

  watch()
  return {
    dismiss() {
      dismissed = true
      shell.stdin?.end('done\n')
    },
  }
}
