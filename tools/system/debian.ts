import { rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { runCommand } from './command.ts'

/** Long enough for dpkg to finish what it has begun, which apt-get does not break off when asked to end. */
const APT_GRACE_MS = 3_500

/**
 * Debian starts a server as soon as it is installed, on its standard port, and again at each boot. We want the
 * program only: policy-rc.d forbids the first, disabling the unit the second.
 *
 * @throws with what apt-get said
 */
export async function installByApt(
  apt: string,
  packages: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { signal, env, stopSignal: 'SIGINT', graceMs: APT_GRACE_MS } as const
  const wait = ['-o', 'DPkg::Lock::Timeout=120']
  const policy = '/usr/sbin/policy-rc.d'
  const ours = await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' }).then(
    () => true,
    () => false,
  )
  const removePolicy = () => ours && rmSync(policy, { force: true })
  process.once('exit', removePolicy)
  try {
    // An installation that was killed is completed first; nothing else can be installed before.
    await runCommand('dpkg', ['--configure', '-a'], options).catch(() => signal?.throwIfAborted())
    await runCommand(apt, [...wait, 'update', '-q'], options)
    await runCommand(apt, [...wait, 'install', '-y', '-q', '--no-install-recommends', ...packages], options)
    await runCommand('systemctl', ['disable', ...packages]).catch(() => {})
  } catch (error) {
    signal?.throwIfAborted()
    const { stderr = '' } = error as { stderr?: string }
    throw new Error(`apt-get could not install ${packages.join(' and ')}.\n${stderr.trim()}`, {
      cause: error,
    })
  } finally {
    removePolicy()
    process.off('exit', removePolicy)
  }
}
