import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CACHE } from './paths.ts'

const MOUNT = '/sys/fs/cgroup'
/** Of its own for each cache, so that clusters of two of them do not meet. */
const OURS = `myhotel-cluster-${createHash('sha256').update(CACHE).digest('hex').slice(0, 8)}`

/** The cgroup under which all containers of a node are. */
export const cgroupOf = (node: string): string => `/${OURS}/${node}`

/** Each controller has a tree of its own (version 1), or one tree has all (version 2). */
async function trees(): Promise<string[]> {
  if (existsSync(join(MOUNT, 'cgroup.controllers'))) return [MOUNT]
  const entries = await readdir(MOUNT, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(MOUNT, name))
}

export async function createCgroup(node: string): Promise<void> {
  for (const tree of await trees()) {
    if (existsSync(join(tree, 'cgroup.controllers')) && tree !== MOUNT) continue
    for (const path of [join(tree, OURS), join(tree, OURS, node)]) {
      await mkdir(path, { recursive: true })
      // Empty at first in version 1, and nothing may run in it until it is filled.
      for (const file of ['cpuset.cpus', 'cpuset.mems'])
        if (existsSync(join(path, file))) await writeFile(join(path, file), await readFile(join(tree, file)))
      // Each process outside weighs 1024: beside a build, pods with the weight of one would fail every probe.
      const shares = join(path, 'cpu.shares')
      if (existsSync(shares)) await writeFile(shares, String(10 * 1024 * availableParallelism()))
    }
  }
}

/** Those of the cluster that exist. */
export async function existingCgroups(): Promise<string[]> {
  return (await trees()).map((tree) => join(tree, OURS)).filter((path) => existsSync(path))
}

/** Removes the cgroups of a node, or all of the cluster's, whose processes have ended or are about to. */
export async function removeCgroups(node = ''): Promise<void> {
  for (const tree of await trees()) await removeTree(join(tree, OURS, node))
}

/** The kernel keeps a cgroup for a moment after its last process has ended. */
async function removeTree(path: string, attempts = 100): Promise<void> {
  if (!existsSync(path)) return
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isDirectory()) await removeTree(join(path, entry.name))
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rmdir(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      if (attempt === attempts) throw error
      await delay(50)
    }
  }
}
