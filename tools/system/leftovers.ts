import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { end, identify, isRunning, type ProcessIdentity, withEnvironment } from './os-process.ts'
import { readRecord, removeRecord, STOP_ORDER } from './record.ts'

/** Set in the environment of all that the launcher starts, so that what it could not record is found too. */
export const OWNER_VARIABLE = 'MYHOTEL_DATA_DIR'

/**
 * Stops, in order, all processes of a system whose launcher is gone. To be called by who holds the lock.
 * Nothing is stopped that is not certainly ours: the start time of each must be the recorded one.
 *
 * @returns the names of those that were still there
 */
export async function stopLeftovers(dataDir: string, withinMs = 10_000): Promise<string[]> {
  const found: string[] = []
  const entries = readRecord(dataDir)?.processes ?? []
  for (const kind of STOP_ORDER) {
    const alive = entries.flatMap(({ name, kind: itsKind, pid, started, stopSignal }) => {
      const identity = pid !== null && started !== null ? { pid, started } : null
      return itsKind === kind && identity && isRunning(identity) ? { name, identity, stopSignal } : []
    })
    found.push(...alive.map(({ name }) => name))
    await Promise.all(
      alive.map(({ identity, stopSignal }) => end(identity, stopSignal ?? 'SIGTERM', withinMs)),
    )
  }
  const unrecorded = withEnvironment(OWNER_VARIABLE, dataDir)
  found.push(...unrecorded.map(({ pid }) => `process ${pid}`))
  await Promise.all(unrecorded.map((identity) => end(identity, 'SIGTERM', withinMs)))
  const postmaster = findPostmaster(dataDir)
  if (postmaster) {
    found.push(`postgres ${postmaster.pid}`)
    await end(postmaster, 'SIGINT', withinMs)
  }
  // Its process is gone. Left behind, its number may name somebody else by now and PostgreSQL would not start.
  rmSync(join(dataDir, 'postgres', 'postmaster.pid'), { force: true })
  removeRecord(dataDir)
  return found
}

/** The PostgreSQL that has this data directory open, by its own lock file. */
function findPostmaster(dataDir: string): ProcessIdentity | null {
  const directory = join(dataDir, 'postgres')
  try {
    const pid = Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n', 1)[0])
    const command = process.platform === 'linux' ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''
    return command.split('\0').includes(directory) ? identify(pid) : null
  } catch {
    return null
  }
}
