import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * A process of the operating system that cannot be mistaken for another one: process ids are reused, a pair
 * of id and start time is not.
 */
export type ProcessIdentity = { readonly pid: number; readonly started: string }

/** The identity of a process that runs now, or null. A zombie has ended, it only waits to be collected. */
export function identify(pid: number): ProcessIdentity | null {
  const started = process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid)
  return started === null ? null : { pid, started }
}

function startOnLinux(pid: number): string | null {
  const fields = statOf(pid)
  return fields === null || fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
}

/** The fields of /proc/<pid>/stat from the state on; the name before them may hold blanks and brackets. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

function startElsewhere(pid: number): string | null {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
  const line = (stdout ?? '').trim()
  return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '')
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started
}

/** Sends a signal; false where there is nobody (any more) to receive it. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/**
 * Asks a process to end by `signal` and makes it end by SIGKILL after `withinMs`. SIGCONT follows the signal,
 * because a stopped process hears none but SIGKILL.
 *
 * @returns whether it ended without force
 */
export async function end(
  process: ProcessIdentity,
  signal: NodeJS.Signals,
  withinMs: number,
): Promise<boolean> {
  if (!isRunning(process)) return true
  send(process.pid, signal)
  send(process.pid, 'SIGCONT')
  if (await hasEnded(process, withinMs)) return true
  send(process.pid, 'SIGKILL')
  await hasEnded(process, 5_000)
  return false
}

async function hasEnded(process: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (isRunning(process)) {
    if (Date.now() > deadline) return false
    await delay(20)
  }
  return true
}

/**
 * Has a process that was just started stand back while others want the processor; `niceness` is 0 (nobody) to 19 (all).
 * Linux shares it among sessions first, of which each process of a system is one, and only then among processes.
 */
export function standBack(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness)
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/autogroup`, String(niceness))
  } catch {
    // It has ended, or this system does not share by sessions: nothing depends on it.
  }
}

/** Processes in whose environment stands `name=value`. Only Linux can tell; none elsewhere. */
export function withEnvironment(name: string, value: string): ProcessIdentity[] {
  if (process.platform !== 'linux') return []
  const wanted = `\0${name}=${value}\0`
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  return pids.flatMap((pid) => {
    try {
      if (!`\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(wanted)) return []
    } catch {
      return []
    }
    return identify(Number(pid)) ?? []
  })
}

/**
 * Those above this process up to the package manager that runs it, nearest first: what has to live for this
 * process to be wanted. Only the direct parent where the system does not tell more.
 */
export function callers(isLast: (commandName: string) => boolean): ProcessIdentity[] {
  const above: ProcessIdentity[] = []
  for (let pid = process.ppid; pid > 1 && above.length < 4; ) {
    const identity = identify(pid)
    if (!identity) break
    above.push(identity)
    const name = process.platform === 'linux' ? commandName(pid) : null
    if (name !== null && isLast(name)) return above
    pid = Number(statOf(pid)?.[1] ?? 0)
  }
  return above.slice(0, 1)
}

function commandName(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return null
  }
}
