import { stopLeftovers } from './leftovers.ts'
import { tryLock } from './lock.ts'

/**
 * What runs when the launcher has gone without a word (kill -9): a shell waits on a pipe from the launcher,
 * at the price of a megabyte, and becomes this when the pipe ends. If somebody else has the data directory
 * by now, a new launcher has taken over.
 */
const dataDir = process.argv[2]
if (!dataDir) throw new Error('usage: reaper.ts DATA_DIR')
const lock = tryLock(dataDir)
if (lock) {
  const stopped = await stopLeftovers(dataDir)
  process.stdout.write(`The launcher is gone; stopped ${stopped.join(', ') || 'nothing'}.\n`)
  lock.release()
}
