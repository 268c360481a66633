import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The folder names the process that it belongs to, as nothing can be written by one that is killed. */
const NAME = /^myhotel-run-(\d+)-(\d+)$/

/**
 * Makes one folder for all that a command and what it starts put into the temporary folder, and removes those whose
 * command was killed. `close` removes it.
 */
export function openRunFolder() {
  const all = tmpdir()
  for (const name of readdirSync(all)) {
    const [, pid, started] = NAME.exec(name) ?? []
    if (pid && startOf(Number(pid)) !== started) remove(join(all, name))
  }
  const folder = join(all, `myhotel-run-${process.pid}-${startOf(process.pid) ?? 0}`)
  mkdirSync(folder, { mode: 0o700, recursive: true })
  return { folder, close: () => remove(folder) }
}

/**
 * When a process began, in a number that tells it from an earlier one under its process id; null when there is none.
 * Where only Linux can tell, 0: then what a killed command left stays until nobody has its process id.
 */
function startOf(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    } catch {
      return null
    }
  }
  try {
    process.kill(pid, 0)
    return '0'
  } catch (error) {
    return error.code === 'EPERM' ? '0' : null
  }
}

/** Removes a folder with what is mounted in it (disks of a killed fault suite). Not ours to remove: left. */
function remove(folder) {
  try {
    for (const at of mountsIn(folder)) spawnSync('umount', ['--lazy', at])
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  } catch {
    // Somebody else's, or still being written to: the next command tries again.
  }
}

/** The innermost first. */
function mountsIn(folder) {
  if (process.platform !== 'linux') return []
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const places = lines.map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
  return places.filter((place) => place.startsWith(`${folder}/`)).reverse()
}
