import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { end, type ProcessIdentity, withEnvironment } from '../../tools/system/os-process.ts'
import { removeCgroups } from './cgroups.ts'
import { type Machine, OWNER_VARIABLE } from './machine.ts'
import { CACHE, LAST_LOGS, LOGS, RUN } from './paths.ts'

/** Switches a machine off as a power failure does: the kernel ends all that is in it. */
export async function powerOff({ init }: Machine): Promise<void> {
  await kill(init)
}

/**
 * Takes down whatever there is of a cluster, be it whole, half started or left by a command that was killed. To be
 * called by who holds the lock.
 *
 * @returns whether there was anything
 */
export async function stopCluster(): Promise<boolean> {
  const found = await powerOffAll()
  const existed = found || existsSync(RUN)
  await removeCgroups()
  if (existsSync(LOGS)) {
    await rm(LAST_LOGS, { recursive: true, force: true })
    await rename(LOGS, LAST_LOGS)
  }
  await rm(RUN, { recursive: true, force: true, maxRetries: 5 })
  return existed
}

/** Switches off all machines, whoever started them. @returns whether there was one */
export async function powerOffAll(): Promise<boolean> {
  let found = false
  // A second look finds what was being started during the first.
  for (let look = 0; look < 2; look += 1) {
    const ours = withEnvironment(OWNER_VARIABLE, CACHE).filter(({ pid }) => pid !== process.pid)
    found ||= ours.length > 0
    await Promise.all(ours.map(kill))
  }
  return found
}

async function kill(process: ProcessIdentity): Promise<void> {
  await end(process, 'SIGKILL', 30_000)
}
