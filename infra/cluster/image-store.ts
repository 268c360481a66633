import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../tools/system/command.ts'
import { importArchive } from './images.ts'
import { type Machine, runIn, startIn, startMachine } from './machine.ts'
import { containerdConfig } from './node-config.ts'
import { CACHE, RUN } from './paths.ts'
import { patiently } from './patience.ts'
import { powerOff } from './stop.ts'
import { goPrograms } from './versions.ts'

const STORES = join(CACHE, 'stores')
const DISK_FOLDER = 'var/lib/containerd'

/**
 * The folder of a containerd that has the images of `archives`, unpacked: a node gets a copy, which takes a second
 * where importing takes twenty. It is made once, by a machine that does nothing else.
 */
export async function imageStore(archives: readonly string[], signal?: AbortSignal): Promise<string> {
  const recipe = [...archives, goPrograms.containerd.version].join('\n')
  const store = join(STORES, createHash('sha256').update(recipe).digest('hex').slice(0, 12))
  if (existsSync(store)) return store
  await rm(STORES, { recursive: true, force: true })
  await mkdir(STORES, { recursive: true })
  await configureContainerd('images')
  const machine = await startMachine('images')
  await startContainerd(machine)
  await patiently(() => runIn(machine, 'ctr', 'version'), signal)
  for (const archive of archives) {
    signal?.throwIfAborted()
    await importArchive(machine, archive)
  }
  await powerOff(machine)
  await rename(join(RUN, 'images', DISK_FOLDER), store)
  await rm(join(RUN, 'images'), { recursive: true })
  return store
}

/** Gives a node's disk the images of a store, unless it has been running already. */
export async function stock(node: string, store: string): Promise<void> {
  const folder = join(RUN, node, DISK_FOLDER)
  if (existsSync(folder)) return
  await mkdir(join(folder, '..'), { recursive: true })
  await runCommand('cp', ['--archive', '--reflink=auto', store, folder])
}

/** Writes the configuration of containerd to a machine's disk. */
export async function configureContainerd(machine: string): Promise<void> {
  await mkdir(join(RUN, machine, 'etc/myhotel'), { recursive: true })
  await writeFile(join(RUN, machine, 'etc/myhotel/containerd.toml'), containerdConfig())
}

export async function startContainerd(machine: Machine): Promise<void> {
  await startIn(machine, 'containerd', 'containerd', ['--config', '/etc/myhotel/containerd.toml'])
}
