import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { runCommand } from '../../tools/system/command.ts'
import { importArchive } from './images.ts'
import { type Machine, runIn, startIn, startMachine } from './machine.ts'
import { containerdConfig } from './node-config.ts'
import { CACHE, RUN } from './paths.ts'
import { patiently } from './patience.ts'
import { powerOff } from './stop.ts'
import { goPrograms } from './versions.ts'

const STORES = join(CACHE, 'stores')
/** The machine that makes them. */
const MAKER = 'images'
const DISK_FOLDER = 'var/lib/containerd'

/** How many are kept: that of the stand-ins, and the two last ones with the images of `npm run image`. */
const KEPT = 3

/**
 * The folder of a containerd that has the images of `archives`, unpacked, and those of the store `base`: a node gets a
 * copy, which takes a second where importing takes a minute. It is made once, by a machine that does nothing else.
 */
export async function imageStore(
  archives: readonly string[],
  { base, signal }: { base?: string; signal?: AbortSignal } = {},
): Promise<string> {
  if (base && archives.length === 0) return base
  const store = join(STORES, await keyOf(archives, base))
  if (existsSync(store)) {
    await utimes(store, new Date(), new Date())
    return store
  }
  if (base) await stock(MAKER, base)
  await configureContainerd(MAKER)
  const machine = await startMachine(MAKER)
  await startContainerd(machine, signal)
  for (const archive of archives) {
    signal?.throwIfAborted()
    await importArchive(machine, archive)
  }
  await powerOff(machine)
  await mkdir(STORES, { recursive: true })
  await rename(join(RUN, MAKER, DISK_FOLDER), store)
  await rm(join(RUN, MAKER), { recursive: true })
  await removeOldStores()
  return store
}

/** Changes with what is in the archives, and the containerd that reads them. */
async function keyOf(archives: readonly string[], base = ''): Promise<string> {
  const files = await Promise.all(
    archives.map(async (archive) => [archive, (await stat(archive)).size, (await stat(archive)).mtimeMs]),
  )
  const recipe = JSON.stringify([files, base, goPrograms.containerd.version])
  return createHash('sha256').update(recipe).digest('hex').slice(0, 12)
}

async function removeOldStores(): Promise<void> {
  const stores = (await readdir(STORES)).map((name) => join(STORES, name))
  const used = await Promise.all(stores.map(async (store) => ({ store, at: (await stat(store)).mtimeMs })))
  const old = used.sort((a, b) => b.at - a.at).slice(KEPT)
  await Promise.all(old.map(({ store }) => rm(store, { recursive: true, force: true })))
}

/**
 * Gives a machine's disk the images of a store, unless it has been running already. Layers are never written to, so
 * the files in them are shared; containerd's databases are not.
 */
export async function stock(machine: string, store: string): Promise<void> {
  const folder = join(RUN, machine, DISK_FOLDER)
  if (existsSync(folder)) return
  await mkdir(join(folder, '..'), { recursive: true })
  await runCommand('cp', ['--archive', '--link', store, folder])
  const plugins = (await readdir(store)).map((plugin) => join(store, plugin))
  for (const plugin of plugins)
    for (const file of await readdir(plugin)) {
      if (!file.endsWith('.db')) continue
      const copy = join(folder, basename(plugin), file)
      await rm(copy)
      await copyFile(join(plugin, file), copy)
    }
}

/** Writes the configuration of containerd to a machine's disk. */
export async function configureContainerd(machine: string): Promise<void> {
  await mkdir(join(RUN, machine, 'etc/myhotel'), { recursive: true })
  await writeFile(join(RUN, machine, 'etc/myhotel/containerd.toml'), containerdConfig())
}

/** Starts containerd on a machine and waits until it answers. */
export async function startContainerd(machine: Machine, signal?: AbortSignal): Promise<void> {
  await startIn(machine, 'containerd', 'containerd', ['--config', '/etc/myhotel/containerd.toml'])
  await patiently(() => runIn(machine, 'ctr', 'version'), signal)
}
