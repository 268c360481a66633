import { chmodSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stopLeftovers } from './leftovers.ts'
import { LOCK_FILE, lock } from './lock.ts'
import { isRunning } from './os-process.ts'
import { readRecord } from './record.ts'

/** How long a system that is just being stopped may take before we give up waiting for it. */
const WAIT_FOR_OTHER_MS = 60_000

/** How long one that seems to run is looked at: a killed process needs a moment to be gone. */
const LOOK_AT_OTHER_MS = 1_000

/** A data directory that is ours until released. */
export type Claim = { dataDir: string; release(): void }

/**
 * Takes a data directory for a new system: waits for one that is just stopping, stops what a killed one left
 * behind, empties it if asked.
 *
 * @throws in a sentence when a system runs there, or when the folder has never been a data directory
 */
export async function claimDataDir(
  directory: string,
  { reset = false, log }: { reset?: boolean; log?: (line: string) => void },
): Promise<Claim> {
  mkdirSync(resolve(directory), { recursive: true, mode: 0o700 })
  const dataDir = realpathSync(resolve(directory))
  const content = readdirSync(dataDir)
  if (content.length > 0 && !content.includes(LOCK_FILE)) {
    throw new Error(`${dataDir} is not empty and not a data directory of MyHotel: choose another one.`)
  }
  const since = Date.now()
  let said = false
  const taken = await lock(dataDir, () => {
    const other = readRecord(dataDir)
    const waited = Date.now() - since
    if (other && other.state !== 'stopping' && isRunning(other.launcher)) return waited > LOOK_AT_OTHER_MS
    if (!said) log?.('waiting for the previous system to stop …')
    said = true
    return waited > WAIT_FOR_OTHER_MS
  })
  if (!taken) {
    const other = readRecord(dataDir)
    const whose = other ? ` (process ${other.launcher.pid}, router ${other.router || 'not yet up'})` : ''
    throw new Error(`A MyHotel runs already in ${dataDir}${whose}. Stop it, or choose another --data-dir.`)
  }
  try {
    const stopped = await stopLeftovers(dataDir)
    if (stopped.length > 0) log?.(`stopped what an earlier system had left running: ${stopped.join(', ')}`)
    closeToOthers(dataDir)
    if (reset) empty(dataDir)
    mkdirSync(join(dataDir, 'logs'), { recursive: true })
  } catch (error) {
    taken.release()
    throw error
  }
  return { dataDir, release: taken.release }
}

/** What the servers keep is for who started them; one that was made by an earlier version is open to others. */
function closeToOthers(dataDir: string): void {
  if (process.platform === 'win32' || (statSync(dataDir).mode & 0o077) === 0) return
  chmodSync(dataDir, 0o700)
  for (const entry of readdirSync(dataDir, { withFileTypes: true, recursive: true })) {
    // PostgreSQL sees to its own files, some of which belong to another user.
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !path.startsWith(join(dataDir, 'postgres/')))
      chmodSync(path, statSync(path).mode & 0o700)
  }
}

function empty(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (!name.startsWith(LOCK_FILE)) rmSync(join(dataDir, name), { recursive: true, force: true })
  }
}
