import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

export const LOCK_FILE = 'launcher.lock'

export type Lock = { release(): void }

/**
 * Takes the data directory for this process, or gives null when another one has it. The lock is an exclusive
 * transaction on an empty SQLite file: the one lock in Node that the kernel gives back when its holder dies,
 * however it dies.
 */
export function tryLock(dataDir: string): Lock | null {
  mkdirSync(dataDir, { recursive: true })
  const file = new DatabaseSync(join(dataDir, LOCK_FILE))
  try {
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return { release: () => file.close() }
  } catch (error) {
    file.close()
    const SQLITE_BUSY = 5
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return null
    throw error
  }
}

/** Tries until `giveUp` says so (then null) or the lock is ours. */
export async function lock(dataDir: string, giveUp: () => boolean): Promise<Lock | null> {
  for (;;) {
    const taken = tryLock(dataDir)
    if (taken || giveUp()) return taken
    await delay(100)
  }
}
