import { tryLock } from '../../tools/system/lock.ts'
import { CACHE } from './paths.ts'
import { stopCluster } from './stop.ts'

/** What runs when the command that a cluster belonged to was killed. Whoever has the lock by now does this itself. */
const lock = tryLock(CACHE)
if (lock) {
  await stopCluster()
  lock.release()
}
